// What methods and filters of the same name share.
#pragma once

#include "jinja/runtime.h"

namespace freshet::jinja {

/// str.replace: the first `limit` occurrences.
[[nodiscard]] Text replace_text(Runtime& runtime, TextView text, TextView old, TextView with,
                                size_t limit);

struct PadSides {
  bool left, right;
};
/// `text` filled up to `width` characters.
[[nodiscard]] Text pad_text(Runtime& runtime, TextView text, int64_t width, char32_t fill,
                            PadSides sides);

/// str.title.
[[nodiscard]] Text title_case(TextView text);
/// str.isupper, or str.islower.
[[nodiscard]] bool all_cased(TextView text, bool upper);

/// int(text, base) and float(text), or nothing where Python raises ValueError.
[[nodiscard]] std::optional<Value> parse_integer(TextView text, int base);
[[nodiscard]] std::optional<double> parse_float(TextView text);

}  // namespace freshet::jinja
