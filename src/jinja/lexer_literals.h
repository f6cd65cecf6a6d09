// Strings and numbers as templates write them: as Python does.
#pragma once

#include <string>

#include "jinja/value.h"

namespace freshet::jinja {

struct Literal {
  Value value = {};
  size_t end = 0;            ///< past the literal
  std::string problem = {};  ///< why it is none, else empty
};

/// A string that begins with its quote at `at`.
[[nodiscard]] Literal read_string(TextView text, size_t at);
/// A number that begins with its first digit at `at`: 7, 0x1F, 1_000, 2.5, 1e9.
[[nodiscard]] Literal read_number(TextView text, size_t at);

}  // namespace freshet::jinja
