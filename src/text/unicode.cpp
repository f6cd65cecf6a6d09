#include "text/unicode.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace freshet {
namespace {

constexpr std::array<CharClass, 128> ascii_classes() {
  std::array<CharClass, 128> classes{};  // kOther
  for (char32_t c = '0'; c <= '9'; ++c) classes[c] = CharClass::kNumber;
  for (char32_t c = 'A'; c <= 'Z'; ++c) classes[c] = CharClass::kLetter;
  for (char32_t c = 'a'; c <= 'z'; ++c) classes[c] = CharClass::kLetter;
  for (const char32_t c : {U' ', U'\t', U'\v', U'\f'}) classes[c] = CharClass::kSpace;
  classes['\n'] = classes['\r'] = CharClass::kNewline;
  return classes;
}

constexpr std::array<CharClass, 128> kAscii = ascii_classes();

}  // namespace

CharClass char_class(char32_t code_point) noexcept {
  if (code_point < kAscii.size()) return kAscii[code_point];
  const auto ranges = char_ranges();
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), code_point,
                       [](char32_t c, const CharRange& range) { return c < range.first; });
  if (after == ranges.begin()) return CharClass::kOther;
  const CharRange& range = *std::prev(after);
  return code_point <= range.last ? range.cls : CharClass::kOther;
}

}  // namespace freshet
