// Methods of strings, lists, dicts and numbers that change nothing.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "jinja/runtime.h"

namespace freshet::jinja {

struct Method {
  std::string_view name;
  Value (*call)(Runtime& runtime, const Value& self, const Arguments& arguments);
};

/// By type; ascending by name.
[[nodiscard]] std::span<const Method> text_methods();
[[nodiscard]] std::span<const Method> container_methods(const Value& value);

/// The method of `value`, or nullptr.
[[nodiscard]] const Method* look_up_method(const Value& value, std::string_view name);

/// The attribute `name` of a value that is no object: a method bound to it. Of those that would
/// change the value, and of Python's inner ones, an undefined that says so. Nothing otherwise.
[[nodiscard]] std::optional<Value> find_method(Runtime& runtime, const Value& value,
                                               std::string_view name);

}  // namespace freshet::jinja
