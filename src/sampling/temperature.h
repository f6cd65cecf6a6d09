// The stage that sharpens or flattens the distribution.
#pragma once

#include "sampling/candidates.h"

namespace freshet {

/// Divides the logits by `temperature` > 0. Ackley, Hinton and Sejnowski, "A learning algorithm for
/// Boltzmann machines", Cognitive Science 9 (1985).
void apply_temperature(Candidates& candidates, float temperature);

/// Temperature that follows the entropy H of the n candidates in play:
///   T = low + (high - low) * (H / ln n) ^ exponent,
///   low = max(0, temperature - range), high = temperature + range.
/// Sure steps are taken cold and open ones warm. T = 0 leaves the most likely alone. From
/// kalomaze's "entropy sampling" (ggml-org/llama.cpp pull request 4972).
void apply_dynamic_temperature(Candidates& candidates, float temperature, float range,
                               float exponent);

}  // namespace freshet
