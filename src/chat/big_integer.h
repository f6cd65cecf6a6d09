// Integers beyond 64 bits within Json, kept to the last digit. The library has no such number, so
// their digits travel in the one type that no text becomes: binary.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace freshet {

using Json = nlohmann::ordered_json;

/// `digits`, at least one, in base 10.
[[nodiscard]] Json big_integer(std::string digits, bool negative);

/// A number, big integers included.
[[nodiscard]] bool is_number(const Json& value);
[[nodiscard]] bool is_integer(const Json& value);
/// Of a number; of a big integer the nearest double, which may be infinite.
[[nodiscard]] double as_double(const Json& value);

/// JSON text, on one line and without spaces.
[[nodiscard]] std::string to_text(const Json& value);

}  // namespace freshet
