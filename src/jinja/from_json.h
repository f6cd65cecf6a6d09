// Values from JSON text.
#pragma once

#include <string_view>

#include "jinja/value.h"

namespace freshet::jinja {

/// As Python's json.loads reads it: of keys that occur twice the last value counts, integers have
/// any size. All its strings, keys too, are of `origin`. Throws Error{kBadRequest}: what is no
/// JSON, or nested more than 64 levels; `what` names it in the message.
[[nodiscard]] Value value_from_json(std::string_view json, char32_t origin, std::string_view what);

}  // namespace freshet::jinja
