// The tokens still in play for one step: what every stage of the sampler reads and narrows.
#pragma once

#include <freshet/types.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace freshet {

/// A token in play. Logits are doubles, so that no temperature or penalty within its bounds can
/// overflow them.
struct Candidate {
  double logit = 0.0;
  TokenId id = 0;
  float probability = 0.0f;  ///< valid after Candidates::normalise(), until logits change
};

/// A logit is a number or -infinity (impossible). NaN and +infinity come from damaged weights.
inline bool is_valid_logit(float logit) {
  return logit < std::numeric_limits<float>::infinity();  // false for NaN
}

/// Throws Error{kBadFile} about a logit that is not valid.
[[noreturn]] void refuse_logit(TokenId id, float logit);

/// The order of likelihood: strict and total, so that every sorted or truncated set is unique.
inline bool more_likely(const Candidate& a, const Candidate& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
}

/// A list of candidates, never empty once loaded. Storage is kept from step to step.
class Candidates {
 public:
  /// Starts a step, keeping the storage for `capacity` tokens.
  void clear(size_t capacity);
  void add(TokenId id, double logit) { items_.push_back({logit, id, 0.0f}); }

  [[nodiscard]] std::span<Candidate> items() { return items_; }
  [[nodiscard]] std::span<const Candidate> items() const { return items_; }
  [[nodiscard]] size_t size() const { return items_.size(); }

  /// The most likely one; the lowest id on ties.
  [[nodiscard]] const Candidate& best() const;

  /// Keeps the `count` most likely, sorted. Linear in size() for small counts.
  void keep_most_likely(size_t count);

  /// Keeps those for which `keep(candidate)` holds, in their order; at least one must.
  template <class Keep>
  void keep_if(Keep keep) {
    const auto end = std::remove_if(items_.begin(), items_.end(),
                                    [&](const Candidate& candidate) { return !keep(candidate); });
    items_.erase(end, items_.end());
  }

  /// Keeps the shortest prefix, in the order of `before`, whose probability reaches `mass`, and at
  /// least one. Sorts only about as many as stay. `before` must be a strict total order;
  /// probabilities must be valid, and stay what they were.
  template <class Before>
  void keep_mass(double mass, Before before);

  /// Sets probabilities to the softmax of the logits, in the present order.
  void normalise();

  /// Entropy of the probabilities, in nats.
  [[nodiscard]] double entropy() const;

 private:
  std::vector<Candidate> items_;
};

template <class Before>
void Candidates::keep_mass(double mass, Before before) {
  constexpr size_t kFirstSorted = 64;
  constexpr size_t kGrowth = 8;
  double reached = 0.0;
  size_t kept = 0;
  size_t sorted = 0;
  const auto at = [&](size_t index) { return items_.begin() + static_cast<std::ptrdiff_t>(index); };
  while (kept < items_.size()) {
    if (kept == sorted) {
      sorted = std::min(items_.size(), std::max(kFirstSorted, sorted * kGrowth));
      if (sorted < items_.size()) std::nth_element(at(kept), at(sorted), items_.end(), before);
      std::sort(at(kept), at(sorted), before);
    }
    reached += static_cast<double>(items_[kept].probability);
    ++kept;
    if (reached >= mass) break;
  }
  items_.resize(kept);
}

}  // namespace freshet
