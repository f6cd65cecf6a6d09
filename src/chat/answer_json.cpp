// Answers as JSON.
#include <freshet/answer.h>

#include "chat/tool_call_literal.h"

namespace freshet {
std::string to_json(const Answer& answer, bool only_changes) {
  Json object = Json::object();
  if (!only_changes || !answer.content.empty()) object["content"] = answer.content;
  if (!only_changes || !answer.thinking.empty()) object["thinking"] = answer.thinking;
  Json calls = Json::array();
  for (const ToolCall& call : answer.tool_calls) {
    Json& entry = calls.emplace_back(Json::object());
    entry["id"] = call.id;
    entry["name"] = call.name;
    entry["arguments"] = Json::parse(call.arguments);
    if (!call.problems.empty()) entry["problems"] = call.problems;
  }
  if (!only_changes || !calls.empty()) object["tool_calls"] = std::move(calls);
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace freshet
