#include "sampling/candidates.h"

#include "base/check.h"
#include "base/error.h"
#include "sampling/portable_math.h"

namespace freshet {

void refuse_logit(TokenId id, float logit) {
  fail(ErrorKind::kBadFile,
       "the logit of token {} is {}, expected a number: the model's weights are damaged or outside "
       "its numeric range; check the file",
       id, logit);
}

void Candidates::clear(size_t capacity) {
  items_.clear();
  items_.reserve(capacity);
}

const Candidate& Candidates::best() const {
  FRESHET_CHECK(!items_.empty());
  return *std::min_element(items_.begin(), items_.end(), more_likely);
}

void Candidates::keep_most_likely(size_t count) {
  count = std::min(count, items_.size());
  const auto end = items_.begin() + static_cast<std::ptrdiff_t>(count);
  // partial_sort keeps a heap of `count`: nearly every other candidate costs it one comparison.
  constexpr size_t kHeapPays = 32;
  if (count < items_.size() / kHeapPays) {
    std::partial_sort(items_.begin(), end, items_.end(), more_likely);
  } else {
    if (end != items_.end()) {
      std::nth_element(items_.begin(), end, items_.end(), more_likely);
    }
    std::sort(items_.begin(), end, more_likely);
  }
  items_.resize(count);
}

void Candidates::normalise() {
  const double highest = best().logit;
  double total = 0.0;
  for (Candidate& candidate : items_) {
    const double weight = portable_exp(candidate.logit - highest);
    candidate.probability = static_cast<float>(weight);
    total += weight;
  }
  for (Candidate& candidate : items_) {
    candidate.probability = static_cast<float>(static_cast<double>(candidate.probability) / total);
  }
}

double Candidates::entropy() const {
  double sum = 0.0;
  for (const Candidate& candidate : items_) {
    const double p = static_cast<double>(candidate.probability);
    if (p > 0.0) sum -= p * portable_log(p);
  }
  return sum;
}

}  // namespace freshet
