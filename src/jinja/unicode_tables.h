// The tables behind unicode.h.
#pragma once

#include <cstdint>
#include <span>

namespace freshet::jinja {

struct CodeRange {
  char32_t first, last;
};

/// Every `step`-th character of [first, last] becomes the one `shift` further.
struct CaseShift {
  char32_t first, last;
  int32_t step, shift;
};

/// A character that becomes several, zeros after them.
struct LongCase {
  char32_t from;
  char32_t to[3];
};

struct CaseTable {
  std::span<const CaseShift> shifts;
  std::span<const LongCase> longer;
};

// All ascending.
extern const std::span<const CodeRange> kHiddenRanges, kAlphaRanges, kDecimalRanges, kDigitRanges,
    kNumericRanges, kUpperRanges, kLowerRanges;
extern const CaseTable kUpperTable, kLowerTable, kTitleTable;

}  // namespace freshet::jinja
