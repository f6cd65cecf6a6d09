#include "sampling/dry.h"

#include <algorithm>
#include <cmath>

namespace freshet {
namespace {

constexpr double kMaxPenalty = 1e30;

// base^exponent by repeated squaring: exactly the same on every platform.
double power(double base, int32_t exponent) {
  double result = 1.0;
  for (double square = base; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = std::min(kMaxPenalty, result * square);
    square = std::min(kMaxPenalty, square * square);
  }
  return result;
}

}  // namespace

Dry::Dry(const SamplingOptions& options, size_t vocab_size)
    : multiplier_(static_cast<double>(options.dry_multiplier)),
      base_(static_cast<double>(options.dry_base)),
      allowed_length_(options.dry_allowed_length),
      window_(options.dry_penalty_last_n),
      breakers_(options.dry_breakers) {
  std::sort(breakers_.begin(), breakers_.end());
  if (multiplier_ > 0.0 && window_ != 0) longest_.resize(vocab_size);
}

void Dry::accept(TokenId id) {
  if (window_ > 0 && history_.size() >= 2 * static_cast<size_t>(window_)) {
    history_.erase(history_.begin(), history_.end() - window_);
  }
  history_.push_back(id);
}

// The Z algorithm (Gusfield, "Algorithms on strings, trees and sequences", 1.4) on the history read
// backwards: common_[i] is how many tokens before (and with) backwards position i equal those at
// the end. The token that followed that passage stands at backwards position i - 1.
void Dry::find_repeats() {
  const size_t count =
      window_ < 0 ? history_.size() : std::min(history_.size(), static_cast<size_t>(window_));
  const auto back = [&](size_t i) { return history_[history_.size() - 1 - i]; };
  const auto is_breaker = [&](size_t i) {
    return std::binary_search(breakers_.begin(), breakers_.end(), back(i));
  };
  size_t unbroken = 0;
  while (unbroken < count && !is_breaker(unbroken)) ++unbroken;

  // Each entry is written before it is read; growth by doubling, as the text grows by one a step.
  if (common_.size() < count) common_.resize(2 * count);
  size_t left = 0;  // [left, right) is the rightmost stretch known to equal the start
  size_t right = 0;
  for (size_t i = 1; i < count; ++i) {
    size_t length =
        i < right ? std::min(right - i, static_cast<size_t>(common_[i - left])) : size_t{0};
    while (i + length < count && back(length) == back(i + length)) ++length;
    if (i + length > right) {
      left = i;
      right = i + length;
    }
    common_[i] = static_cast<int32_t>(length);
    const int32_t passage = static_cast<int32_t>(std::min(length, unbroken));
    if (passage < allowed_length_) continue;
    const TokenId next = back(i - 1);
    int32_t& longest = longest_[static_cast<size_t>(next)];
    if (longest == 0) continuing_.push_back(next);
    longest = std::max(longest, passage);
  }
}

void Dry::apply(Candidates& candidates) {
  find_repeats();
  if (continuing_.empty()) return;
  for (Candidate& candidate : candidates.items()) {
    const int32_t passage = longest_[static_cast<size_t>(candidate.id)];
    if (passage > 0) candidate.logit -= multiplier_ * power(base_, passage - allowed_length_);
  }
  for (const TokenId id : continuing_) longest_[static_cast<size_t>(id)] = 0;
  continuing_.clear();
}

}  // namespace freshet
