#include "sampling/penalties.h"

namespace freshet {

Penalties::Penalties(const SamplingOptions& options, size_t vocab_size)
    : repeat_(static_cast<double>(options.repeat_penalty)),
      presence_(static_cast<double>(options.presence_penalty)),
      frequency_(static_cast<double>(options.frequency_penalty)),
      window_(options.repeat_last_n) {
  const bool neutral = options.repeat_penalty == 1.0f && options.presence_penalty == 0.0f &&
                       options.frequency_penalty == 0.0f;
  if (!neutral && window_ != 0) counts_.resize(vocab_size);
}

void Penalties::accept(TokenId id) {
  ++counts_[static_cast<size_t>(id)];
  if (window_ < 0) return;
  if (recent_.size() < static_cast<size_t>(window_)) {
    recent_.push_back(id);
    return;
  }
  --counts_[static_cast<size_t>(recent_[oldest_])];
  recent_[oldest_] = id;
  oldest_ = (oldest_ + 1) % recent_.size();
}

void Penalties::apply(Candidates& candidates) const {
  for (Candidate& candidate : candidates.items()) {
    const uint32_t count = counts_[static_cast<size_t>(candidate.id)];
    if (count == 0) continue;
    candidate.logit = candidate.logit > 0.0 ? candidate.logit / repeat_ : candidate.logit * repeat_;
    candidate.logit -= presence_ + count * frequency_;
  }
}

}  // namespace freshet
