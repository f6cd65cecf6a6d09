// Values as text: Python's str() and repr(), and json.dumps().
#pragma once

#include <optional>
#include <string>

#include "jinja/runtime.h"

namespace freshet::jinja {

/// str(value): what {{ value }} prints.
[[nodiscard]] Text print_value(Runtime& runtime, const Value& value);
/// The same, appended; no copy of what is text already.
void append_value(Runtime& runtime, Text& out, const Value& value);
/// repr(value), appended: how it looks within a list.
void append_repr(Runtime& runtime, Text& out, const Value& value);

/// repr(float): the fewest digits that read back as the same number.
[[nodiscard]] std::string print_float(double number);

struct JsonStyle {
  bool ascii = false;          ///< \uXXXX for all else
  std::optional<Text> indent;  ///< of one level; none: all on one line
  Text item_separator = U", ";
  Text key_separator = U": ";
  bool sort_keys = false;
};

/// json.dumps(value): what the filter tojson prints in `transformers`, which leaves < > & ' alone.
[[nodiscard]] Text to_json(Runtime& runtime, const Value& value, const JsonStyle& style);

}  // namespace freshet::jinja
