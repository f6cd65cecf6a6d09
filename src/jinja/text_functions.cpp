#include "jinja/text_functions.h"

#include <algorithm>
#include <charconv>

#include "jinja/unicode.h"

namespace freshet::jinja {
namespace {

/// The digits and signs of a number in ASCII, without white space and the underscores that Python
/// allows between digits; nothing if it has other characters.
std::optional<std::string> number_text(TextView text) {
  constexpr size_t kLongest = 4096;
  text = strip(text);
  if (text.empty() || text.size() > kLongest) return std::nullopt;
  std::string ascii;
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t c = code_of(text[i]);
    if (c >= 0x80) return std::nullopt;
    if (c != '_') {
      ascii += static_cast<char>(c);
      continue;
    }
    const bool between = i > 0 && i + 1 < text.size() && code_of(text[i - 1]) < 0x80 &&
                         std::isalnum(static_cast<int>(code_of(text[i - 1]))) != 0 &&
                         code_of(text[i + 1]) < 0x80 &&
                         std::isalnum(static_cast<int>(code_of(text[i + 1]))) != 0;
    if (!between) return std::nullopt;
  }
  return ascii;
}

/// Takes 0x, 0o or 0b away, where the base allows it.
int take_prefix(std::string& digits, int base) {
  if (digits.size() < 2 || digits[0] != '0') return base == 0 ? 10 : base;
  const char mark = static_cast<char>(std::tolower(digits[1]));
  const int marked = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
  if (marked == 0 || (base != 0 && base != marked)) return base == 0 ? 10 : base;
  digits.erase(0, 2);
  return marked;
}

}  // namespace

Text replace_text(Runtime& runtime, TextView text, TextView old, TextView with, size_t limit) {
  runtime.budget.spend_on(text.size() + old.size());
  Text result;
  const auto add = [&](TextView part) {
    runtime.budget.spend_on(part.size());
    result += part;
    runtime.budget.require(result.size() * sizeof(char32_t));
  };
  if (old.empty()) {  // before every character, and at the end
    for (size_t i = 0; i <= text.size(); ++i) {
      if (i < limit) add(with);
      add(text.substr(i, 1));
    }
    return result;
  }
  size_t begin = 0;
  for (const size_t at : find_all(text, old, limit)) {
    add(text.substr(begin, at - begin));
    add(with);
    begin = at + old.size();
  }
  add(text.substr(begin));
  return result;
}

Text pad_text(Runtime& runtime, TextView text, int64_t width, char32_t fill, PadSides sides) {
  const auto size = static_cast<int64_t>(text.size());
  const int64_t missing = std::max(width - size, int64_t{0});
  constexpr int64_t kMost = int64_t{1} << 40;
  runtime.budget.require(static_cast<uint64_t>(std::min(missing, kMost)) * sizeof(char32_t));
  // The odd one of both sides goes where Python puts it.
  const int64_t left = !sides.left    ? 0
                       : !sides.right ? missing
                                      : missing / 2 + (missing & width & 1);
  return Text(static_cast<size_t>(left), fill) + Text(text) +
         Text(static_cast<size_t>(missing - left), fill);
}

Text title_case(TextView text) {
  Text result;
  bool in_word = false;
  for (size_t i = 0; i < text.size(); ++i) {
    result += in_word ? lower_at(text, i) : capitalize(text.substr(i, 1));
    in_word = is_upper(code_of(text[i])) || is_lower(code_of(text[i]));
  }
  return result;
}

bool all_cased(TextView text, bool upper) {
  bool any = false;
  for (const char32_t character : text) {
    const char32_t c = code_of(character);
    if (upper ? is_lower(c) : is_upper(c)) return false;
    any = any || (upper ? is_upper(c) : is_lower(c));
  }
  return any;
}

std::optional<Value> parse_integer(TextView text, int base) {
  auto digits = number_text(text);
  if (!digits) return std::nullopt;
  const bool is_signed = digits->starts_with('-') || digits->starts_with('+');
  const bool is_negative = digits->starts_with('-');
  if (is_signed) digits->erase(0, 1);
  const int actual = take_prefix(*digits, base);
  if (digits->empty() || std::isalnum(static_cast<unsigned char>((*digits)[0])) == 0) {
    return std::nullopt;
  }
  if (is_negative) digits->insert(digits->begin(), '-');
  int64_t number = 0;
  const char* const end = digits->data() + digits->size();
  const auto [at, error] = std::from_chars(digits->data(), end, number, actual);
  if (at != end) return std::nullopt;
  if (error == std::errc()) return Value(number);
  if (actual != 10) return std::nullopt;
  const size_t first = digits->find_first_not_of("-0");
  return Value(std::make_shared<const BigInteger>(
      BigInteger{formatted("{}{}", is_negative ? "-" : "", digits->substr(first))}));
}

std::optional<double> parse_float(TextView text) {
  auto digits = number_text(text);
  if (!digits) return std::nullopt;
  if (digits->starts_with('+') && !digits->starts_with("+-")) digits->erase(0, 1);
  const size_t first = digits->find_first_not_of("-");
  const bool hexadecimal = first != std::string::npos && digits->substr(first).starts_with("0x");
  double number = 0;
  const char* const end = digits->data() + digits->size();
  const auto [at, error] = std::from_chars(digits->data(), end, number);
  if (hexadecimal || at != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::strtod(digits->c_str(), nullptr);
  return number;
}

}  // namespace freshet::jinja
