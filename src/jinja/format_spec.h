// The little language of widths, precisions and types that both ways of formatting share.
#pragma once

#include "jinja/runtime.h"

namespace freshet::jinja {

struct FormatSpec {
  char32_t fill = U' ';
  char align = 0;   ///< '<' '>' '^' '=', or 0: as the value's type has it
  char sign = '-';  ///< '-' only the minus, '+' always one, ' ' a space for the plus
  bool alternate = false;
  char grouping = 0;  ///< ',' or '_' between thousands
  int64_t width = 0;
  int precision = -1;
  char type = 0;  ///< s d x X o b f F e E g G % c, or 0
};

inline constexpr int kMaxPrecision = 200;

/// Throws a Fault where the type does not go with the value.
[[nodiscard]] Text format_value(Runtime& runtime, const Value& value, const FormatSpec& spec);

}  // namespace freshet::jinja
