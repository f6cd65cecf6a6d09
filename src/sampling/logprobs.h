// Log-probabilities of the model's own distribution, as APIs report them.
#pragma once

#include <freshet/sampling.h>

#include <cstddef>
#include <span>

namespace freshet {

/// The chosen token and the `top_n` most likely ones under softmax(logits). logits: (vocabulary).
/// Throws Error{kBadFile} where a logit is NaN or +infinity.
TokenLogprobs token_logprobs(std::span<const float> logits, TokenId chosen, size_t top_n);

}  // namespace freshet
