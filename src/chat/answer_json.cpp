// Answers as JSON, and calls as they read. Arguments are JSON text already and stay as they are:
// reading them again would round what is beyond 64 bits.
#include <freshet/answer.h>

#include "base/format.h"
#include "chat/tool_call_literal.h"

namespace freshet {
namespace {

std::string call_json(const ToolCall& call) {
  std::string text = formatted(R"({{"id":{},"name":{},"arguments":{})", to_text(call.id),
                               to_text(call.name), call.arguments);
  if (!call.problems.empty()) text += ",\"problems\":" + to_text(call.problems);
  return text + "}";
}

std::string calls_json(const std::vector<ToolCall>& calls) {
  std::string text;
  for (const ToolCall& call : calls) text += (text.empty() ? "" : ",") + call_json(call);
  return "[" + text + "]";
}

}  // namespace

std::string to_json(const Answer& answer, bool only_changes) {
  std::string members;
  const auto add = [&](bool is_empty, std::string_view name, const std::string& value) {
    if (only_changes && is_empty) return;
    members += formatted("{}\"{}\":{}", members.empty() ? "" : ",", name, value);
  };
  add(answer.content.empty(), "content", to_text(answer.content));
  add(answer.thinking.empty(), "thinking", to_text(answer.thinking));
  add(answer.tool_calls.empty(), "tool_calls", calls_json(answer.tool_calls));
  return "{" + members + "}";
}

std::string call_text(const ToolCall& call) {
  const std::optional<Json> arguments = read_literal(call.arguments);
  if (!arguments) return formatted("{}({})", call.name, call.arguments);  // nested too deep
  std::string text;
  for (const auto& [name, value] : arguments->items()) {
    text += formatted("{}{}={}", text.empty() ? "" : ", ", name, to_text(value));
  }
  return formatted("{}({})", call.name, text);
}

}  // namespace freshet
