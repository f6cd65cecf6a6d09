#include "sampling/logprobs.h"

#include <algorithm>

#include "base/check.h"
#include "sampling/candidates.h"
#include "sampling/portable_math.h"

namespace freshet {
namespace {

bool above(const TokenLogprob& a, const TokenLogprob& b) {
  return a.logprob != b.logprob ? a.logprob > b.logprob : a.id < b.id;
}

// The n highest logits, best first, by a heap with the worst of them on top.
std::vector<TokenLogprob> highest(std::span<const float> logits, size_t n) {
  std::vector<TokenLogprob> top;
  top.reserve(n);
  for (size_t i = 0; n > 0 && i < logits.size(); ++i) {
    const TokenLogprob entry = {static_cast<TokenId>(i), logits[i]};
    if (top.size() == n) {
      if (!above(entry, top.front())) continue;
      std::pop_heap(top.begin(), top.end(), above);
      top.pop_back();
    }
    top.push_back(entry);
    std::push_heap(top.begin(), top.end(), above);
  }
  std::sort_heap(top.begin(), top.end(), above);
  return top;
}

}  // namespace

TokenLogprobs token_logprobs(std::span<const float> logits, TokenId chosen, size_t top_n) {
  FRESHET_CHECK(chosen >= 0 && static_cast<size_t>(chosen) < logits.size());
  float best = -std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < logits.size(); ++i) {
    if (!is_valid_logit(logits[i])) refuse_logit(static_cast<TokenId>(i), logits[i]);
    best = std::max(best, logits[i]);
  }
  TokenLogprobs result;
  result.chosen.id = chosen;
  result.top = highest(logits, std::min(top_n, logits.size()));
  if (!(best > -std::numeric_limits<float>::infinity())) return result;  // nothing is possible

  double total = 0.0;
  for (const float logit : logits) {
    total += portable_exp(static_cast<double>(logit) - static_cast<double>(best));
  }
  const double offset = static_cast<double>(best) + portable_log(total);
  result.chosen.logprob =
      static_cast<float>(static_cast<double>(logits[static_cast<size_t>(chosen)]) - offset);
  for (TokenLogprob& entry : result.top) {
    entry.logprob = static_cast<float>(static_cast<double>(entry.logprob) - offset);
  }
  return result;
}

}  // namespace freshet
