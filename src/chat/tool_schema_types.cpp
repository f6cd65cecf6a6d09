#include "chat/tool_schema_types.h"

#include <algorithm>
#include <cmath>

#include "base/utf8.h"

namespace freshet {
namespace {

/// Beyond this a double does not know its own neighbours.
constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

bool is_integral(const Json& value) {
  if (!value.is_number_float()) return is_integer(value);
  return std::trunc(value.get<double>()) == value.get<double>();
}

std::optional<Json> number_from(const Json& value) {
  return value.is_string() ? read_number_literal(value.get_ref<const std::string&>())
                           : std::nullopt;
}

std::optional<Json> boolean_from(const Json& value) {
  if (value == 0 || value == 1) return Json(value == 1);
  if (!value.is_string()) return std::nullopt;
  std::string word = value.get<std::string>();
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  if (word != "true" && word != "false") return std::nullopt;
  return Json(word == "true");
}

/// A list or an object that was written as text.
std::optional<Json> structure_from(const Json& value, std::string_view type) {
  if (!value.is_string()) return std::nullopt;
  std::optional<Json> inner = read_literal(value.get_ref<const std::string&>());
  return inner && has_type(*inner, type) ? inner : std::nullopt;
}

}  // namespace

std::vector<std::string> type_names(const Json& type) {
  std::vector<std::string> names;
  if (type.is_string()) names.push_back(type.get<std::string>());
  if (!type.is_array()) return names;
  for (const Json& name : type) {
    if (name.is_string()) names.push_back(name.get<std::string>());
  }
  return names;
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return is_integral(value);
  if (type == "number") return is_number(value);
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

Json in_canonical_form(Json value, const std::vector<std::string>& types) {
  const bool wants_integer = std::ranges::count(types, "integer") > 0;
  const bool wants_number = std::ranges::count(types, "number") > 0;
  if (!value.is_number_float() || !wants_integer || wants_number) return value;
  const auto number = value.get<double>();
  return std::abs(number) <= kExactIntegers ? Json(static_cast<std::int64_t>(number)) : value;
}

std::optional<Json> turned_into(const Json& value, std::string_view type, std::string_view source) {
  if (type == "number") return number_from(value);
  if (type == "integer") {
    const std::optional<Json> number = number_from(value);
    if (!number || !is_integral(*number)) return std::nullopt;
    return in_canonical_form(*number, {"integer"});
  }
  if (type == "boolean") return boolean_from(value);
  if (type == "null") {
    return value == "null" || value == "None" ? std::optional(Json()) : std::nullopt;
  }
  if (type == "array" || type == "object") return structure_from(value, type);
  if (type != "string" || value.is_null()) return std::nullopt;
  return is_number(value) && !source.empty() ? Json(std::string(source)) : Json(as_text(value));
}

std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : to_text(value);
}

std::string shown(const Json& value) {
  if (value.is_array()) return "a list";
  if (value.is_object()) return "an object";
  return value.is_string() ? freshet::quoted(value.get_ref<const std::string&>()) : as_text(value);
}

}  // namespace freshet
