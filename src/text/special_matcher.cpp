#include "text/special_matcher.h"

#include <algorithm>
#include <utility>

namespace freshet {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) noexcept {
  return static_cast<unsigned char>(text[i]);
}

}  // namespace

SpecialMatcher::SpecialMatcher(const Vocabulary& vocabulary, std::vector<TokenId> ids)
    : vocabulary_(vocabulary), sorted_(std::move(ids)) {
  std::sort(sorted_.begin(), sorted_.end(),
            [this](TokenId a, TokenId b) { return vocabulary_.piece(a) < vocabulary_.piece(b); });
  for (const TokenId id : sorted_) ++first_[byte_at(vocabulary_.piece(id), 0) + 1];
  for (std::size_t b = 0; b < 256; ++b) first_[b + 1] += first_[b];
}

std::optional<SpecialMatcher::Match> SpecialMatcher::find(std::string_view text,
                                                          std::size_t from) const noexcept {
  if (sorted_.empty()) return std::nullopt;
  for (std::size_t begin = from; begin < text.size(); ++begin) {
    const unsigned b = byte_at(text, begin);
    if (first_[b] == first_[b + 1]) continue;
    if (const auto match = match_at(text, begin)) return match;
  }
  return std::nullopt;
}

// Narrows the range of tokens that agree with the text, a byte at a time. Inside the range the
// shortest stands first, so that a token ends exactly when it is the front.
std::optional<SpecialMatcher::Match> SpecialMatcher::match_at(std::string_view text,
                                                              std::size_t begin) const noexcept {
  const unsigned first = byte_at(text, begin);
  auto low = sorted_.begin() + first_[first];
  auto high = sorted_.begin() + first_[first + 1];
  const std::string_view rest = text.substr(begin);
  std::optional<Match> best;
  for (std::size_t depth = 1; low != high; ++depth) {
    if (high - low == 1) {
      const std::string_view only = vocabulary_.piece(*low);
      if (rest.starts_with(only)) best = Match{begin, begin + only.size(), *low};
      break;
    }
    if (vocabulary_.piece(*low).size() == depth) {
      best = Match{begin, begin + depth, *low};
      ++low;
    }
    if (depth == rest.size()) break;
    const unsigned wanted = byte_at(rest, depth);
    low = std::partition_point(
        low, high, [&](TokenId id) { return byte_at(vocabulary_.piece(id), depth) < wanted; });
    high = std::partition_point(
        low, high, [&](TokenId id) { return byte_at(vocabulary_.piece(id), depth) == wanted; });
  }
  return best;
}

}  // namespace freshet
