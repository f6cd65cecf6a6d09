#include "jinja/format_spec.h"

#include <algorithm>
#include <cmath>

#include "jinja/operations.h"
#include "jinja/printing.h"
#include "jinja/text_functions.h"

namespace freshet::jinja {
namespace {

std::string integer_digits(uint64_t magnitude, const FormatSpec& spec) {
  switch (spec.type) {
    case 'x':
      return formatted("{}{:x}", spec.alternate ? "0x" : "", magnitude);
    case 'X':
      return formatted("{}{:X}", spec.alternate ? "0X" : "", magnitude);
    case 'o':
      return formatted("{}{:o}", spec.alternate ? "0o" : "", magnitude);
    case 'b':
      return formatted("{}{:b}", spec.alternate ? "0b" : "", magnitude);
    default:
      return formatted("{}", magnitude);
  }
}

std::string float_digits(double magnitude, const FormatSpec& spec) {
  const bool is_upper = spec.type == 'F' || spec.type == 'E' || spec.type == 'G';
  if (std::isnan(magnitude)) return is_upper ? "NAN" : "nan";
  if (std::isinf(magnitude)) return is_upper ? "INF" : "inf";
  const int precision = spec.precision < 0 ? 6 : spec.precision;
  switch (spec.type) {
    case 'f':
    case 'F':
      return formatted("{:.{}f}", magnitude, precision);
    case 'e':
      return formatted("{:.{}e}", magnitude, precision);
    case 'E':
      return formatted("{:.{}E}", magnitude, precision);
    case 'g':
    case 'G':
      return is_upper ? formatted("{:.{}G}", magnitude, precision)
                      : formatted("{:.{}g}", magnitude, precision);
    case '%':
      return formatted("{:.{}f}%", magnitude * 100, precision);
    default:
      return spec.precision < 0 ? print_float(magnitude)
                                : formatted("{:.{}g}", magnitude, spec.precision);
  }
}

void group_thousands(std::string& digits, char separator) {
  size_t end = std::min(digits.find_first_not_of("0123456789"), digits.size());
  while (end > 3) {
    end -= 3;
    digits.insert(end, 1, separator);
  }
}

std::string_view sign_of(bool is_negative, const FormatSpec& spec) {
  if (is_negative) return "-";
  return spec.sign == '+' ? "+" : spec.sign == ' ' ? " " : "";
}

/// Sign and digits; with '=' the fill goes between them.
Text laid_out(Runtime& runtime, std::string_view sign, std::string_view digits,
              const FormatSpec& spec) {
  const Text head(sign.begin(), sign.end());
  const Text body(digits.begin(), digits.end());
  const auto n = static_cast<int64_t>(head.size());
  if (spec.align == '=') {
    return head +
           pad_text(runtime, body, spec.width - n, spec.fill, {.left = true, .right = false});
  }
  const bool left = spec.align != '<';
  const bool right = spec.align == '<' || spec.align == '^';
  return pad_text(runtime, head + body, spec.width, spec.fill, {left, right});
}

Text format_text(Runtime& runtime, Text text, const FormatSpec& spec) {
  if (spec.precision >= 0) text = text.substr(0, static_cast<size_t>(spec.precision));
  const bool left = spec.align == '>' || spec.align == '^';
  const bool right = spec.align != '>';
  return pad_text(runtime, text, spec.width, spec.fill, {left, right});
}

bool is_one_of(char type, std::string_view types) {
  return type != 0 && types.find(type) != std::string_view::npos;
}

/// The character of a number from a message must not become part of a control token.
Text format_character(Runtime& runtime, int64_t code, const FormatSpec& spec) {
  if (code < 0 || code > 0x10FFFF) fault("%c needs a code point below 0x110000");
  return format_text(runtime, Text(1, static_cast<char32_t>(code) | kForeign), spec);
}

}  // namespace

Text format_value(Runtime& runtime, const Value& value, const FormatSpec& spec) {
  const auto whole = value.integer();
  const bool is_plain_bool = value.is<bool>() && spec.type == 0;
  if (spec.type == 'c' && whole) return format_character(runtime, *whole, spec);
  if (whole && !is_plain_bool && (spec.type == 0 || is_one_of(spec.type, "dxXob"))) {
    const bool is_negative = *whole < 0;
    const uint64_t magnitude =
        is_negative ? uint64_t{0} - static_cast<uint64_t>(*whole) : static_cast<uint64_t>(*whole);
    std::string digits = integer_digits(magnitude, spec);
    if (spec.grouping != 0) group_thousands(digits, spec.grouping);
    return laid_out(runtime, sign_of(is_negative, spec), digits, spec);
  }
  const auto number = value.number();
  if (number && (is_one_of(spec.type, "fFeEgG%") || value.is<double>())) {
    if (spec.type == 'd') {
      return format_value(runtime, Value(static_cast<int64_t>(std::clamp(*number, -9e18, 9e18))),
                          spec);
    }
    std::string digits = float_digits(std::fabs(*number), spec);
    if (spec.grouping != 0) group_thousands(digits, spec.grouping);
    return laid_out(runtime, sign_of(std::signbit(*number), spec), digits, spec);
  }
  if (spec.type != 0 && spec.type != 's') {
    refuse_undefined(value);
    fault("the format '{}' does not go with {}", spec.type, type_name(value));
  }
  return format_text(runtime, print_value(runtime, value), spec);
}

}  // namespace freshet::jinja
