// Python's two ways to fill in a text: "%s" % x and "{}".format(x).
#pragma once

#include "jinja/runtime.h"

namespace freshet::jinja {

/// format % values, where values are a tuple, a dict for %(name)s, or one value.
[[nodiscard]] Text format_percent(Runtime& runtime, TextView format, const Value& values);

/// format.format(...): {}, {0}, {name}, {0.name}, {0[1]}, with !r, !s and a format after the colon.
[[nodiscard]] Text format_braces(Runtime& runtime, TextView format, const Arguments& arguments);

}  // namespace freshet::jinja
