// DRY ("don't repeat yourself"): a penalty on the token that would continue a repeated passage.
#pragma once

#include <freshet/sampling.h>

#include <cstdint>
#include <vector>

#include "sampling/candidates.h"

namespace freshet {

/// Where the text so far ends in a passage of n tokens that occurred before, followed then by token
/// t, the logit of t loses  multiplier * base ^ (n - allowed_length),  for n >= allowed_length and
/// the longest such n. No passage extends across a breaker. From p-e-w's
/// oobabooga/text-generation-webui pull request 5677.
///
///   ... A B C x ... A B C |  ->  x is punished with n = 3
class Dry {
 public:
  Dry(const SamplingOptions& options, size_t vocab_size);

  /// False where nothing can ever change: then neither method below need be called.
  [[nodiscard]] bool active() const { return !longest_.empty(); }

  /// Appends one token, which must be within the vocabulary.
  void accept(TokenId id);

  /// Linear in the window and in the candidates.
  void apply(Candidates& candidates);

 private:
  void find_repeats();

  double multiplier_;
  double base_;
  int32_t allowed_length_;
  int32_t window_;                   ///< tokens searched; -1 = all
  std::vector<TokenId> breakers_;    ///< sorted
  std::vector<TokenId> history_;     ///< oldest first; at most twice window_
  std::vector<int32_t> common_;      ///< scratch of find_repeats()
  std::vector<int32_t> longest_;     ///< (vocabulary): longest passage each token would continue
  std::vector<TokenId> continuing_;  ///< the tokens whose longest_ is not 0
};

}  // namespace freshet
