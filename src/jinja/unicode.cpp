#include "jinja/unicode.h"

#include <algorithm>

#include "jinja/unicode_tables.h"

namespace freshet::jinja {
namespace {

bool within(std::span<const CodeRange> ranges, char32_t c) {
  const auto after = std::ranges::upper_bound(ranges, c, {}, &CodeRange::first);
  return after != ranges.begin() && c <= std::prev(after)->last;
}

const CaseTable& table_of(Case to) {
  switch (to) {
    case Case::kUpper:
      return kUpperTable;
    case Case::kLower:
      return kLowerTable;
    case Case::kTitle:
      break;
  }
  return kTitleTable;
}

}  // namespace

bool is_space(char32_t c) noexcept {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

bool is_line_end(char32_t c) noexcept {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

bool is_printable(char32_t c) noexcept { return c < 0x7F ? c >= 0x20 : !within(kHiddenRanges, c); }
bool is_alpha(char32_t c) noexcept { return within(kAlphaRanges, c); }
bool is_decimal(char32_t c) noexcept { return within(kDecimalRanges, c); }
bool is_digit(char32_t c) noexcept { return within(kDigitRanges, c); }
bool is_numeric(char32_t c) noexcept { return within(kNumericRanges, c); }
bool is_upper(char32_t c) noexcept { return within(kUpperRanges, c); }
bool is_lower(char32_t c) noexcept { return within(kLowerRanges, c); }

Mapped map_case(char32_t c, Case to) noexcept {
  const CaseTable& table = table_of(to);
  const auto longer = std::ranges::lower_bound(table.longer, c, {}, &LongCase::from);
  if (longer != table.longer.end() && longer->from == c) {
    return {{longer->to[0], longer->to[1], longer->to[2]}, longer->to[2] == 0 ? 2 : 3};
  }
  const auto after = std::ranges::upper_bound(table.shifts, c, {}, &CaseShift::first);
  if (after == table.shifts.begin()) return {{c}, 1};
  const CaseShift& run = *std::prev(after);
  const bool mapped = c <= run.last && (c - run.first) % static_cast<char32_t>(run.step) == 0;
  return {{mapped ? c + static_cast<char32_t>(run.shift) : c}, 1};
}

}  // namespace freshet::jinja
