// Importance: for each column of each matrix, the mean square of what it is multiplied with on a
// text. Where it is known, quantising keeps more of the columns that matter (quantize.h).
#pragma once

#include <freshet/engine.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace freshet {

struct ImatrixOptions {
  EngineOptions engine = {};
  int64_t window = 512;      ///< tokens read at once, as a sequence of their own
  int64_t most_windows = 0;  ///< of the text; 0: all
  bool overwrite = false;    ///< replace a file that is there
  /// Called with the tokens read and to be read.
  std::function<void(int64_t done, int64_t total)> progress = {};
  const std::atomic<bool>* cancel = nullptr;
};

struct ImatrixReport {
  int64_t n_windows = 0, window = 0, n_tokens = 0;
  int64_t n_matrices = 0;  ///< an expert's counts as one
  int64_t n_unseen = 0;    ///< experts that no token of the text went to, counted per layer
};

/// Reads `text` with the model and writes what was seen to `out`, a GGUF file laid out as
/// llama.cpp's and that appears under its name when it is complete; an empty `model` is the one in
/// the box. `dataset` is noted in it. Throws Error like Engine::open and Engine::step,
/// {kBadRequest} if the text fills no window, {kUsage} if `out` exists without `overwrite` or
/// cannot be made, {kCancelled}.
ImatrixReport gather_imatrix(const std::string& model, std::string_view text,
                             const std::string& dataset, const std::string& out,
                             const ImatrixOptions& options = {});

}  // namespace freshet
