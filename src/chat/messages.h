// Messages as clients write them, made ready for templates.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace freshet {

/// The conversation as values: all text of it foreign (jinja/text.h), but for the marks of thinking
/// and tool calls in what the assistant said. Unknown members are kept, in their order.
struct ChatValues {
  jinja::Value messages;
  jinja::Value tools;  ///< a list, or none
};

/// Reads and checks both; what that means is told at ChatRequest. `template_source` decides which
/// of the names under which clients send thinking are filled in: those that the template mentions.
/// Throws Error{kBadRequest} that names the message and the member.
[[nodiscard]] ChatValues read_chat(std::string_view messages, std::string_view tools,
                                   std::string_view template_source);

/// The messages without the members that are null, or nothing if there are none.
[[nodiscard]] std::optional<jinja::Value> without_nulls(const jinja::Value& messages);

}  // namespace freshet
