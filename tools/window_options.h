// A model read over a text in windows: the flags of `perplexity` and `imatrix`.
#pragma once

#include <cstdint>

#include "tools/cli_fwd.h"
#include "tools/model_options.h"
#include "tools/prompt_input.h"

namespace freshet {

/// Tokens in a window where no flag says otherwise.
inline constexpr int64_t kDefaultWindow = 512;

/// The model's flags, where -c is the window, the text's, and --windows.
void add_window_options(CLI::App& app, ModelOptions& model, PromptInput& text,
                        int64_t& most_windows);

}  // namespace freshet
