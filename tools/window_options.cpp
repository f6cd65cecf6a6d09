#include "tools/window_options.h"

#include <CLI/CLI.hpp>

#include "base/format.h"

namespace freshet {

void add_window_options(CLI::App& app, ModelOptions& model, PromptInput& text,
                        int64_t& most_windows) {
  add_model_options(app, model);
  app.get_option("--ctx-size")
      ->description(formatted("tokens in a window; default {}", kDefaultWindow));
  add_prompt_options(app, text);
  app.add_option("--windows,--chunks", most_windows, "most windows of the text; default: all")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 40))
      ->option_text("N")
      ->group("Prompt");
}

}  // namespace freshet
