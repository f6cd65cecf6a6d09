// The formats of JSON Schema that can be enforced, as patterns.
#pragma once

#include <string_view>

namespace freshet {

/// The pattern of a format's name, or nullptr. RFC 3339 for date, time and date-time (with offset,
/// upper-case T and Z, no leap seconds), RFC 9562 for uuid, RFC 5321 without quoted local parts for
/// email.
[[nodiscard]] const char* format_pattern(std::string_view name);

}  // namespace freshet
