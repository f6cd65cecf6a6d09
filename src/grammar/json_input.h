// JSON from users: read with a bound on its depth, and shown in messages.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace freshet {

using Json = nlohmann::ordered_json;

/// Throws Error{kBadRequest} where `text` is not JSON, Error{kUnsupported} where it is too large or
/// nested too deep. `what` begins the message.
[[nodiscard]] Json read_json(std::string_view text, std::string_view what);

/// "pointer/key", the key escaped as RFC 6901 says.
[[nodiscard]] std::string join_pointer(const std::string& pointer, std::string_view key);

/// Equal as JSON Schema means it: 1 and 1.0 are, and objects whatever the order of their keys.
[[nodiscard]] bool same_value(const Json& a, const Json& b);

}  // namespace freshet
