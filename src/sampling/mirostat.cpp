#include "sampling/mirostat.h"

#include "sampling/portable_math.h"

namespace freshet {

void Mirostat::truncate(Candidates& candidates) const {
  candidates.normalise();
  const TokenId best = candidates.best().id;
  candidates.keep_if([&](const Candidate& candidate) {
    if (candidate.id == best) return true;
    const double p = static_cast<double>(candidate.probability);
    return p > 0.0 && -portable_log2(p) <= mu_;
  });
}

void Mirostat::observe(float probability) {
  const double surprise = -portable_log2(static_cast<double>(probability));
  mu_ -= eta_ * (surprise - tau_);
}

}  // namespace freshet
