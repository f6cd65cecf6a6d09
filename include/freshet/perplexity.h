// How well a model predicts a text, and how far its predictions are from another's.
#pragma once

#include <freshet/engine.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace freshet {

struct PerplexityOptions {
  int64_t window = 512;      ///< tokens read at once, as a sequence of their own
  int64_t most_windows = 0;  ///< of the text; 0: all
  bool overwrite = false;    ///< replace a file that is there
  /// Called with the tokens read and to be read.
  std::function<void(int64_t done, int64_t total)> progress = {};
  const std::atomic<bool>* cancel = nullptr;
};

/// Kullback-Leibler divergence of this model's predictions from the base's, in nats per token: what
/// is lost by using the one for the other. 0 for the same model.
struct DivergenceReport {
  double mean, standard_error;
  double median, percentile_99, most;
  double same_top,
      same_top_error;      ///< share of positions where both think the same token likeliest
  double base_perplexity;  ///< of the base, on the same tokens
};

struct PerplexityReport {
  int64_t window, n_windows;
  int64_t first_scored;     ///< within a window: tokens from here on are predicted and scored
  int64_t n_scored;         ///< tokens scored, of all windows
  double mean_loss;         ///< nats per token
  double standard_error;    ///< of mean_loss, as if tokens were independent
  double perplexity;        ///< exp(mean_loss)
  double perplexity_error;  ///< perplexity * standard_error
  std::optional<DivergenceReport> divergence = {};
};

/// Reads `tokens` in windows, each by itself, its first token replaced by the beginning of sequence
/// if the vocabulary asks for one; the second half of each window is scored, from token window / 2
/// to the last, so that everything scored has at least half a window before it. `save` names a file
/// for the predictions, for compare_perplexity(): 2 bytes per scored token and row of the
/// vocabulary, 33 MB for a window of 512 of a vocabulary of 65,536; it appears under its name when
/// it is complete. Empty: nothing is kept. Throws Error{kBadRequest} if the text fills no window or
/// the window does not fit the context, {kUsage} if `save` exists without `overwrite`, {kResources}
/// if it cannot be written, {kCancelled}.
[[nodiscard]] PerplexityReport measure_perplexity(Engine& engine, std::vector<TokenId> tokens,
                                                  const std::string& save,
                                                  const PerplexityOptions& options = {});

/// Reads the windows that the file `base` has and tells the divergence too; the options' window and
/// most_windows are not looked at. If `tokens` are given they must be those of the file. Throws
/// Error{kBadFile} if `base` is damaged, or of another vocabulary or text.
[[nodiscard]] PerplexityReport compare_perplexity(Engine& engine, const std::string& base,
                                                  const std::vector<TokenId>& tokens,
                                                  const PerplexityOptions& options = {});

}  // namespace freshet
