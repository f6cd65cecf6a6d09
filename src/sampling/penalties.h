// Penalties on tokens that occurred lately.
#pragma once

#include <freshet/sampling.h>

#include <cstdint>
#include <vector>

#include "sampling/candidates.h"

namespace freshet {

/// For a token that occurs c > 0 times among the last repeat_last_n tokens:
///   logit = logit > 0 ? logit / repeat_penalty : logit * repeat_penalty
/// (Keskar et al., "CTRL: a conditional transformer language model for controllable generation",
/// arXiv:1909.05858, with the sign rule that makes it a penalty for negative logits too), and then
///   logit -= presence_penalty + c * frequency_penalty
/// (the two of OpenAI's API reference).
class Penalties {
 public:
  Penalties(const SamplingOptions& options, size_t vocab_size);

  /// False where nothing can ever change: then neither method below need be called.
  [[nodiscard]] bool active() const { return !counts_.empty(); }

  /// Moves the window over one more token, which must be within the vocabulary.
  void accept(TokenId id);
  void apply(Candidates& candidates) const;

 private:
  double repeat_;
  double presence_;
  double frequency_;
  int32_t window_;                ///< tokens looked back on; -1 = all
  std::vector<uint32_t> counts_;  ///< (vocabulary): occurrences in the window; empty when inactive
  std::vector<TokenId> recent_;   ///< ring of at most window_ tokens; unused when window_ is -1
  size_t oldest_ = 0;             ///< index into recent_ once it is full
};

}  // namespace freshet
