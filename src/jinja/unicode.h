// What Python's str knows of a character, as tables of Unicode 14 (Python 3.11's version).
#pragma once

#include <cstdint>
#include <string_view>

namespace freshet::jinja {

/// str.isspace; what str.strip removes.
[[nodiscard]] bool is_space(char32_t c) noexcept;
/// Where str.splitlines cuts.
[[nodiscard]] bool is_line_end(char32_t c) noexcept;
/// str.isprintable; repr() escapes the others.
[[nodiscard]] bool is_printable(char32_t c) noexcept;
[[nodiscard]] bool is_alpha(char32_t c) noexcept;
/// str.isdecimal: a digit that int() reads.
[[nodiscard]] bool is_decimal(char32_t c) noexcept;
/// str.isdigit: decimals and superscripts; str.isnumeric: fractions, Roman numerals, ... too.
[[nodiscard]] bool is_digit(char32_t c) noexcept;
[[nodiscard]] bool is_numeric(char32_t c) noexcept;
[[nodiscard]] bool is_upper(char32_t c) noexcept;
[[nodiscard]] bool is_lower(char32_t c) noexcept;

enum class Case { kUpper, kLower, kTitle };

/// What the character becomes: one to three characters, in `to`, which the call fills.
struct Mapped {
  char32_t to[3];
  int count;
};
[[nodiscard]] Mapped map_case(char32_t c, Case to) noexcept;

}  // namespace freshet::jinja
