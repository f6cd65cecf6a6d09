// freshet imatrix: which columns of the weights matter, for quantising.
#include <freshet/imatrix.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/format.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/interrupt.h"
#include "tools/terminal.h"
#include "tools/window_options.h"

namespace freshet {
namespace {

struct ImatrixFlags {
  ModelOptions model;
  PromptInput text;
  ImatrixOptions options;
  std::string out = "imatrix.gguf";
};

int run(ImatrixFlags flags) {
  const Console console(flags.model.verbose);
  InterruptGuard interrupt;
  if (flags.model.context == 0) flags.model.context = kDefaultWindow;
  flags.options.engine = engine_options(flags.model);
  flags.options.window = flags.model.context;
  flags.options.cancel = &interrupt.flag();
  const std::string path = resolve_model_path(flags.model);
  if (path.empty()) console.warn("no model given (-m FILE): using the small one in the box");
  const std::string text = read_prompt_input(flags.text, false);
  const std::string dataset = flags.text.file.empty() ? "text" : flags.text.file;
  ImatrixReport report;
  {
    ProgressBar bar("gathering");
    flags.options.progress = [&](int64_t done, int64_t total) { bar.update(done, total); };
    report = gather_imatrix(path, text, dataset, flags.out, flags.options);
  }
  console.note(formatted("{}: {} matrices from {} windows of {} tokens", flags.out,
                         report.n_matrices, report.n_windows, report.window));
  if (report.n_unseen > 0) {
    console.warn(formatted("warning: {} experts were not used by any token; give a longer text",
                           report.n_unseen));
  }
  return kExitOk;
}

}  // namespace

Command add_imatrix_command(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("imatrix", "find which columns of the weights matter on a text");
  app->footer(
      "The result is for freshet quantize --imatrix; it is laid out as llama.cpp's files are.\n\n"
      "  freshet imatrix -m model-bf16.gguf -f text.txt -o model.imatrix\n"
      "  freshet quantize --imatrix model.imatrix model-bf16.gguf model-q4_k_m.gguf q4_k_m");
  const auto flags = std::make_shared<ImatrixFlags>();
  add_window_options(*app, flags->model, flags->text, flags->options.most_windows);
  app->add_option("-o,--output", flags->out, "where to write; default imatrix.gguf")
      ->option_text("FILE")
      ->group("Output");
  app->add_flag("--force", flags->options.overwrite, "replace the file if it is there")
      ->group("Output");
  return {app, [flags] { return run(*flags); }};
}

}  // namespace freshet
