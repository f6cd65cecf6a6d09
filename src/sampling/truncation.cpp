#include "sampling/truncation.h"

#include <cmath>
#include <limits>

#include "sampling/portable_math.h"

namespace freshet {

void keep_top_k(Candidates& candidates, int32_t k) {
  if (k <= 0 || static_cast<size_t>(k) >= candidates.size()) return;
  candidates.keep_most_likely(static_cast<size_t>(k));
}

void keep_top_p(Candidates& candidates, float p) {
  if (p >= 1.0f) return;
  candidates.normalise();
  candidates.keep_mass(static_cast<double>(p), more_likely);
}

// p_i >= min_p * p_best  <=>  logit_i >= logit_best + ln(min_p): no softmax needed.
void keep_min_p(Candidates& candidates, float min_p) {
  if (min_p < std::numeric_limits<float>::min()) return;
  const double lowest = candidates.best().logit + portable_log(static_cast<double>(min_p));
  candidates.keep_if([&](const Candidate& candidate) { return candidate.logit >= lowest; });
}

void keep_typical(Candidates& candidates, float p) {
  if (p >= 1.0f) return;
  candidates.normalise();
  const double entropy = candidates.entropy();
  // ln(sum of e^logit), from any one candidate: surprise_i = offset - logit_i.
  const Candidate& best = candidates.best();
  const double offset = best.logit - portable_log(static_cast<double>(best.probability));
  const auto distance = [&](const Candidate& candidate) {
    return std::abs(offset - candidate.logit - entropy);
  };
  candidates.keep_mass(static_cast<double>(p), [&](const Candidate& a, const Candidate& b) {
    const double da = distance(a);
    const double db = distance(b);
    return da != db ? da < db : more_likely(a, b);
  });
}

void keep_top_n_sigma(Candidates& candidates, float n) {
  if (n <= 0.0f) return;
  const double count = static_cast<double>(candidates.size());
  double sum = 0.0;
  for (const Candidate& candidate : candidates.items()) sum += candidate.logit;
  const double mean = sum / count;
  double squares = 0.0;
  for (const Candidate& candidate : candidates.items()) {
    squares += (candidate.logit - mean) * (candidate.logit - mean);
  }
  const double sigma = std::sqrt(squares / count);
  const double lowest = candidates.best().logit - static_cast<double>(n) * sigma;
  candidates.keep_if([&](const Candidate& candidate) { return candidate.logit >= lowest; });
}

void exclude_top_choices(Candidates& candidates, float threshold) {
  candidates.normalise();
  const Candidate* last = nullptr;
  for (const Candidate& candidate : candidates.items()) {
    if (candidate.probability < threshold) continue;
    if (last == nullptr || more_likely(*last, candidate)) last = &candidate;
  }
  if (last == nullptr) return;
  const TokenId stays = last->id;
  candidates.keep_if([&](const Candidate& candidate) {
    return candidate.probability < threshold || candidate.id == stays;
  });
}

}  // namespace freshet
