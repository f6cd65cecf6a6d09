// strftime_now: the one thing that a template learns of the world.
#pragma once

#include <string_view>

#include "jinja/text.h"

namespace freshet::jinja {

/// The time `now` ("2026-11-21" or "2026-11-21T09:30:00"; empty: this machine's clock and time
/// zone) in the format of strftime, English names. Throws a Fault for a time that is none and a
/// format that is not known.
[[nodiscard]] Text format_time(TextView format, std::string_view now);

}  // namespace freshet::jinja
