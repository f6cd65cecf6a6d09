#include "grammar/json_input.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "grammar/limits.h"

namespace freshet {
namespace {

namespace limits = grammar_limits;

/// The end of the string that begins at `begin`, or of the text.
size_t end_of_string(std::string_view text, size_t begin) {
  size_t i = begin + 1;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

/// Brackets open at once, strings left out. The parser does not recurse, but what comes after does.
size_t nesting_of(std::string_view text) {
  size_t depth = 0;
  size_t deepest = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      i = end_of_string(text, i) - 1;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

bool fits_64_bits(std::string_view digits) {
  int64_t negative = 0;
  uint64_t positive = 0;
  const char* end = digits.data() + digits.size();
  return std::from_chars(digits.data(), end, negative).ec == std::errc() ||
         std::from_chars(digits.data(), end, positive).ec == std::errc();
}

/// The first whole number beyond 64 bits, which the parser would round; empty if there is none.
std::string_view rounded_number(std::string_view text) {
  constexpr std::string_view kOfNumbers = "+-.0123456789Ee";
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      i = end_of_string(text, i) - 1;
    } else if (text[i] == '-' || (text[i] >= '0' && text[i] <= '9')) {
      const size_t end = std::min(text.find_first_not_of(kOfNumbers, i), text.size());
      const std::string_view number = text.substr(i, end - i);
      const bool is_whole = number.find_first_of(".eE") == number.npos;
      if (is_whole && number != "-" && !fits_64_bits(number)) return number;
      i = end - 1;
    }
  }
  return {};
}

}  // namespace

Json read_json(std::string_view text, std::string_view what) {
  if (text.size() > limits::kTextBytes) {
    fail(ErrorKind::kUnsupported, "{}: {} bytes, at most {} can be read", what, text.size(),
         limits::kTextBytes);
  }
  if (nesting_of(text) > limits::kNesting) {
    fail(ErrorKind::kUnsupported, "{}: nested deeper than {}", what, limits::kNesting);
  }
  if (const std::string_view number = rounded_number(text); !number.empty()) {
    fail(ErrorKind::kUnsupported, "{}: the whole number {}{} is beyond 64 bits; use a smaller one",
         what, number.substr(0, 40), number.size() > 40 ? "..." : "");
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    fail(ErrorKind::kBadRequest, "{}: not JSON: byte {} is not what may stand there", what,
         error.byte);
  } catch (const Json::exception&) {
    fail(ErrorKind::kBadRequest, "{}: a number in it is beyond what a double holds", what);
  }
}

std::string join_pointer(const std::string& pointer, std::string_view key) {
  std::string joined = pointer + "/";
  for (const char c : key) {
    if (c == '~') {
      joined += "~0";
    } else if (c == '/') {
      joined += "~1";
    } else {
      joined += c;
    }
  }
  return joined;
}

bool same_value(const Json& a, const Json& b) {
  if (a.is_object() && b.is_object()) {
    return a.size() == b.size() && std::ranges::all_of(a.items(), [&](const auto& member) {
             const auto other = b.find(member.key());
             return other != b.end() && same_value(member.value(), *other);
           });
  }
  if (a.is_array() && b.is_array()) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(),
                      [](const Json& x, const Json& y) { return same_value(x, y); });
  }
  return a == b;
}

}  // namespace freshet
