// Numbers: JSON's, and Python's with leading zeros, underscores, signs and other bases.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "chat/tool_call_literal.h"
#include "chat/tool_call_string.h"

namespace freshet {
namespace {

bool is_digit_of(int base, char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0' < base;
  const char lower = static_cast<char>(c | 0x20);
  return base == 16 && lower >= 'a' && lower <= 'f';
}

int base_of(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] != '0') return 10;
  switch (text[1] | 0x20) {
    case 'x':
      return 16;
    case 'o':
      return 8;
    case 'b':
      return 2;
    default:
      return 10;
  }
}

/// The digits at the front of `text`, single underscores between them left out; they are consumed.
std::string take_digits(std::string_view& text, int base) {
  std::string digits;
  while (!text.empty()) {
    const bool joins =
        text[0] == '_' && !digits.empty() && text.size() > 1 && is_digit_of(base, text[1]);
    if (!joins && !is_digit_of(base, text[0])) break;
    if (!joins) digits += text[0];
    text.remove_prefix(1);
  }
  return digits;
}

/// Kept to the last digit; nothing beyond what a double holds, which readers of JSON refuse.
std::optional<Json> beyond_64_bits(const std::string& digits, bool negative) {
  Json value = big_integer(digits, negative);
  return std::isfinite(as_double(value)) ? std::optional(std::move(value)) : std::nullopt;
}

/// Beyond 64 bits only in base 10.
std::optional<Json> integer(const std::string& digits, int base, bool negative) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  const bool is_big = error == std::errc::result_out_of_range;
  if (is_big && base == 10) return beyond_64_bits(digits, negative);
  if (error != std::errc()) return std::nullopt;
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!negative) return value <= kMost ? Json(static_cast<std::int64_t>(value)) : Json(value);
  if (value > kMost + 1) return base == 10 ? beyond_64_bits(digits, true) : std::nullopt;
  return Json(static_cast<std::int64_t>(0 - value));
}

std::optional<Json> real(const std::string& text, bool negative) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // What is too large has no number in JSON; what is too small is zero.
  if (error == std::errc::result_out_of_range && text.find("e-") != std::string::npos)
    value = 0;
  else if (error != std::errc() || !std::isfinite(value))
    return std::nullopt;
  return Json(negative ? -value : value);
}

/// What follows the sign, in base 10; consumed.
std::optional<Json> decimal(std::string_view& text, bool negative) {
  std::string number = take_digits(text, 10);
  const bool has_whole = !number.empty();
  bool is_real = false;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    const std::string fraction = take_digits(text, 10);
    if (!has_whole && fraction.empty()) return std::nullopt;
    number = (has_whole ? number : "0") + "." + (fraction.empty() ? "0" : fraction);
    is_real = true;
  } else if (!has_whole) {
    return std::nullopt;
  }
  if (!text.empty() && (text[0] | 0x20) == 'e') {
    text.remove_prefix(1);
    number += 'e';
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
      if (text[0] == '-') number += '-';
      text.remove_prefix(1);
    }
    const std::string exponent = take_digits(text, 10);
    if (exponent.empty()) return std::nullopt;
    number += exponent;
    is_real = true;
  }
  return is_real ? real(number, negative) : integer(number, 10, negative);
}

}  // namespace

std::optional<Json> LiteralReader::read_number() {
  std::string_view rest = text_.substr(at_);
  bool negative = false;
  while (!rest.empty() && (rest[0] == '-' || rest[0] == '+' || is_space(rest[0]))) {
    negative ^= rest[0] == '-';
    rest.remove_prefix(1);
  }
  std::optional<Json> value;
  if (const int base = base_of(rest); base != 10) {
    rest.remove_prefix(2);
    value = integer(take_digits(rest, base), base, negative);
  } else {
    value = decimal(rest, negative);
  }
  if (!value || (!rest.empty() && (is_name_char(rest[0]) && rest[0] != ':'))) return std::nullopt;
  at_ = text_.size() - rest.size();
  return value;
}

std::optional<Json> read_number_literal(std::string_view text) {
  std::optional<Json> value = read_literal(text);
  return value && is_number(*value) ? value : std::nullopt;
}

}  // namespace freshet
