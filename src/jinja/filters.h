// The filters and tests of the language, by name.
#pragma once

#include <string_view>

#include "jinja/runtime.h"

namespace freshet::jinja {

using Filter = Value (*)(Runtime& runtime, const Value& subject, const Arguments& arguments);
using Test = bool (*)(Runtime& runtime, const Value& subject, const Arguments& arguments);

/// nullptr for a name that there is no filter or test of.
[[nodiscard]] Filter find_filter(std::string_view name);
[[nodiscard]] Test find_test(std::string_view name);

/// The same by a name that a template gives; throws a Fault if there is none.
[[nodiscard]] Filter require_filter(std::string_view name);
[[nodiscard]] Test require_test(std::string_view name);

}  // namespace freshet::jinja
