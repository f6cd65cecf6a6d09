// JSON schema's types: which a value has, and which it can be turned into.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/tool_call_literal.h"

namespace freshet {

/// The names in a schema's "type": one or a list.
[[nodiscard]] std::vector<std::string> type_names(const Json& type);

/// 3 and 3.0 are integers; integers are numbers.
[[nodiscard]] bool has_type(const Json& value, std::string_view type);

/// 3.0 as 3 where `types` has integers and no other numbers.
[[nodiscard]] Json in_canonical_form(Json value, const std::vector<std::string>& types);

/// `value` as what it says in another type: the string "3" as an integer, 3 as a string (`source`,
/// if it is not empty), "true" and 1 as a boolean, the text of a list as a list. Nothing where it
/// says nothing in it.
[[nodiscard]] std::optional<Json> turned_into(const Json& value, std::string_view type,
                                              std::string_view source);

/// A string as it is, anything else as JSON.
[[nodiscard]] std::string as_text(const Json& value);

/// For messages: a scalar, shortened; "a list", "an object".
[[nodiscard]] std::string shown(const Json& value);

}  // namespace freshet
