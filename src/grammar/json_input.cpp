#include "grammar/json_input.h"

#include <algorithm>

#include "base/error.h"
#include "grammar/limits.h"

namespace freshet {
namespace {

namespace limits = grammar_limits;

/// Brackets open at once, strings left out. The parser does not recurse, but what comes after does.
size_t nesting_of(std::string_view text) {
  size_t depth = 0;
  size_t deepest = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
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
