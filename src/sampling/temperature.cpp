#include "sampling/temperature.h"

#include <algorithm>

#include "sampling/portable_math.h"

namespace freshet {
namespace {

void divide_logits(Candidates& candidates, double divisor) {
  for (Candidate& candidate : candidates.items()) candidate.logit /= divisor;
}

}  // namespace

void apply_temperature(Candidates& candidates, float temperature) {
  if (temperature != 1.0f) divide_logits(candidates, static_cast<double>(temperature));
}

void apply_dynamic_temperature(Candidates& candidates, float temperature, float range,
                               float exponent) {
  if (candidates.size() < 2) return;
  candidates.normalise();
  const double uniform = portable_log(static_cast<double>(candidates.size()));
  const double openness = std::min(1.0, candidates.entropy() / uniform);
  const double shape =
      openness > 0.0 ? portable_exp(static_cast<double>(exponent) * portable_log(openness)) : 0.0;
  const double low = static_cast<double>(std::max(0.0f, temperature - range));
  const double high = static_cast<double>(temperature) + static_cast<double>(range);
  const double chosen = low + (high - low) * shape;
  // Colder than this is greedy in all but name, and dividing by it would overflow.
  constexpr double kColdest = 1e-30;
  if (chosen > kColdest) {
    divide_logits(candidates, chosen);
  } else {
    candidates.keep_most_likely(1);
  }
}

}  // namespace freshet
