// The tables of filters, and what they share.
#pragma once

#include <span>
#include <string_view>

#include "jinja/filters.h"

namespace freshet::jinja {

struct FilterRow {
  std::string_view name;
  Filter filter;
};

[[nodiscard]] std::span<const FilterRow> text_filters();
[[nodiscard]] std::span<const FilterRow> sequence_filters();
[[nodiscard]] std::span<const FilterRow> selection_filters();
[[nodiscard]] std::span<const FilterRow> number_filters();

/// What the argument `attribute` of several filters names: "role", "function.name", "0.name", or a
/// number. Where a part is missing, `otherwise`, if there is one.
[[nodiscard]] Value item_at_path(Runtime& runtime, const Value& value, const Value& path,
                                 const Value* otherwise);
/// Texts in lower case, all else as it is: what filters compare by unless told otherwise.
[[nodiscard]] Value without_case(Runtime& runtime, const Value& value);

}  // namespace freshet::jinja
