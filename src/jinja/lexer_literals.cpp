#include "jinja/lexer_literals.h"

#include <algorithm>
#include <optional>

#include "jinja/text_functions.h"

namespace freshet::jinja {
namespace {

int digit_of(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A') + 10;
  return 99;
}

/// The code that up to `most` digits at `at` spell, and how many they are.
struct Code {
  char32_t code;
  size_t n_digits;
};

Code read_code(TextView text, size_t at, size_t most, int base) {
  Code result{0, 0};
  while (result.n_digits < most && at + result.n_digits < text.size() &&
         digit_of(text[at + result.n_digits]) < base) {
    result.code = result.code * static_cast<char32_t>(base) +
                  static_cast<char32_t>(digit_of(text[at + result.n_digits]));
    ++result.n_digits;
  }
  return result;
}

std::optional<char32_t> simple_escape(char32_t c) {
  constexpr TextView kNames = U"\\'\"abfnrtv";
  constexpr TextView kMeanings = U"\\'\"\a\b\f\n\r\t\v";
  const size_t at = kNames.find(c);
  return at == TextView::npos ? std::nullopt : std::optional(kMeanings[at]);
}

/// Reads the escape whose backslash stands at `at` and appends what it means; returns what follows
/// it, or 0 if it is cut short. A backslash before any other character stays.
size_t append_escape(Text& out, TextView text, size_t at) {
  const char32_t c = text[at + 1];
  if (const auto meaning = simple_escape(c)) {
    out += *meaning;
    return at + 2;
  }
  if (c == '\n') return at + 2;
  if (c >= '0' && c <= '7') {
    const Code octal = read_code(text, at + 1, 3, 8);
    out += octal.code;
    return at + 1 + octal.n_digits;
  }
  const size_t n_digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  if (n_digits == 0) {
    out += U'\\';
    return at + 1;
  }
  const Code code = read_code(text, at + 2, n_digits, 16);
  if (code.n_digits < n_digits || code.code > 0x10FFFF) return 0;
  out += code.code;
  return at + 2 + n_digits;
}

size_t skip_digits(TextView text, size_t at, int base) {
  const auto is_digit = [&](size_t i) { return i < text.size() && digit_of(text[i]) < base; };
  while (is_digit(at) || (at < text.size() && text[at] == '_' && is_digit(at + 1))) ++at;
  return at;
}

/// Past the fraction and exponent of a float whose whole part ends at `at`; `at` if it is none.
size_t skip_fraction(TextView text, size_t at) {
  const auto is_digit = [&](size_t i) { return i < text.size() && digit_of(text[i]) < 10; };
  size_t end = at;
  if (end < text.size() && text[end] == '.' && is_digit(end + 1)) {
    end = skip_digits(text, end + 1, 10);
  }
  if (end >= text.size() || (text[end] != 'e' && text[end] != 'E')) return end;
  const bool is_signed = end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-');
  const size_t digits = end + (is_signed ? 2 : 1);
  return is_digit(digits) ? skip_digits(text, digits, 10) : end;
}

}  // namespace

Literal read_string(TextView text, size_t at) {
  const char32_t quote = text[at];
  Text value;
  for (size_t i = at + 1; i < text.size();) {
    if (text[i] == quote) return {.value = make_text(std::move(value)), .end = i + 1};
    if (text[i] != '\\') {
      value += text[i++];
      continue;
    }
    if (i + 1 == text.size()) break;
    i = append_escape(value, text, i);
    if (i == 0) return {.problem = "the string has an escape that is cut short or too large"};
  }
  return {.problem = "the string has no end"};
}

Literal read_number(TextView text, size_t at) {
  const char32_t mark = at + 1 < text.size() ? text[at + 1] : 0;
  const int base = text[at] != '0'              ? 10
                   : mark == 'x' || mark == 'X' ? 16
                   : mark == 'o' || mark == 'O' ? 8
                   : mark == 'b' || mark == 'B' ? 2
                                                : 10;
  const size_t whole = skip_digits(text, base == 10 ? at : at + 2, base);
  const bool after_dot = at > 0 && text[at - 1] == '.';
  const size_t end = base == 10 && !after_dot ? skip_fraction(text, whole) : whole;
  const TextView digits = text.substr(at, end - at);
  const auto value = end > whole ? std::optional<Value>() : parse_integer(digits, base);
  if (value) return {.value = *value, .end = end};
  const auto number = end > whole ? parse_float(digits) : std::nullopt;
  if (!number) return {.problem = "the number is not one that can be read"};
  return {.value = Value(*number), .end = end};
}

}  // namespace freshet::jinja
