// Sampler: a seeded function from logits to a token.
//
//   Sampler sampler(options, vocab_size, end_tokens);
//   sampler.accept_prompt(prompt);
//   TokenId next = sampler.sample(logits);   // as often as wanted: the answer is the same
//   sampler.accept(next);                    // now the next step begins
//
// The chain: logit bias, banned tokens and the mask while the logits are read; then the stages of
// options.order; then one draw. It is a function of the options, the seed, the tokens accepted and
// the logits, the same on every platform. A copy of a sampler is a fork of it.
#pragma once

#include <freshet/sampling.h>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sampling/candidates.h"
#include "sampling/dry.h"
#include "sampling/mirostat.h"
#include "sampling/penalties.h"
#include "sampling/token_mask.h"

namespace freshet {

class Sampler {
 public:
  /// Throws Error{kBadRequest} where options are out of bounds or name a token outside the
  /// vocabulary. `end_tokens` are the ids that end a text, which ignore_eos and min_tokens hold
  /// back.
  Sampler(const SamplingOptions& options, size_t vocab_size,
          std::span<const TokenId> end_tokens = {});

  /// The next token. logits: (vocabulary), numbers or -infinity; a token is chosen only where
  /// `mask` allows it, if there is one. Throws Error{kBadFile} for NaN or +infinity, and
  /// Error{kBadRequest} where no token is left to choose from.
  TokenId sample(std::span<const float> logits, const TokenMask* mask = nullptr);

  /// What sample() draws from: each token left, with a probability above or equal to 0, summing to
  /// 1, in no particular order. Valid until the next call that is not const.
  std::span<const Candidate> distribution(std::span<const float> logits,
                                          const TokenMask* mask = nullptr);

  /// Makes a generated token part of the text and moves on a step. Throws Error{kBadRequest} where
  /// the token is outside the vocabulary.
  void accept(TokenId id);

  /// Makes the prompt part of what penalties look back on. Same error.
  void accept_prompt(std::span<const TokenId> ids);

  /// The seed in use: pass it as options.seed to have the same choices again.
  [[nodiscard]] uint64_t seed() const { return seed_; }

 private:
  using Edits = std::vector<std::pair<TokenId, float>>;

  template <class Visit>
  void visit_possible(std::span<const float> logits, const TokenMask* mask, Visit visit) const;
  void load(std::span<const float> logits, const TokenMask* mask);
  TokenId choose_greedily(std::span<const float> logits, const TokenMask* mask);
  void run_chain();
  void run_stage(SamplerStage stage);
  void remember(TokenId id);
  [[nodiscard]] bool has_stage(SamplerStage stage) const;
  [[noreturn]] void refuse_empty(const TokenMask* mask) const;

  SamplingOptions options_;
  size_t vocab_size_;
  uint64_t seed_;
  Edits bias_;             ///< by id, one entry per token
  Edits bias_and_no_end_;  ///< the same with the end tokens banned
  Penalties penalties_;
  Dry dry_;
  std::optional<Mirostat> mirostat_;
  Candidates candidates_;
  uint64_t step_ = 0;     ///< tokens generated
  bool sampled_ = false;  ///< candidates_ holds this step's distribution
};

}  // namespace freshet
