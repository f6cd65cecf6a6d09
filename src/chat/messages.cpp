#include "chat/messages.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "jinja/from_json.h"

namespace freshet {
namespace {

using jinja::Dict;
using jinja::None;
using jinja::Text;
using jinja::TextView;
using jinja::Value;

/// What a model of the family writes itself in an answer, as control tokens. Not among them are the
/// tokens that end a message or begin one: of those an answer can only hold the spelling.
constexpr std::array<TextView, 4> kAnswerMarks = {U"<think>", U"</think>", U"<|tool_call_start|>",
                                                  U"<|tool_call_end|>"};

[[noreturn]] void refuse(size_t index, std::string_view what) {
  fail(ErrorKind::kBadRequest, "message {}: {}", index, what);
}

std::string kind_of(const Value& value) {
  if (value.text() != nullptr) return "a string";
  if (value.dict() != nullptr) return "an object";
  if (value.sequence() != nullptr) return "a list";
  if (value.is<bool>()) return "a boolean";
  return value.is_none() ? "null" : "a number";
}

Dict copy_of(const Dict& dict) {
  Dict copy;
  for (const auto& [key, value] : dict.entries) copy.set(key, value);
  return copy;
}

Value key(std::string_view name) { return jinja::make_text(jinja::from_utf8(name)); }

/// Foreign text whose marks are the model's own.
Value answer_text(const Text& text) {
  Text result = jinja::as_foreign(text);
  for (const TextView mark : kAnswerMarks) {
    for (const size_t begin : jinja::find_all(text, mark, text.size())) {
      std::copy(mark.begin(), mark.end(), result.begin() + static_cast<std::ptrdiff_t>(begin));
    }
  }
  return jinja::make_text(std::move(result));
}

Value answer_content(const Value& content) {
  if (content.text() != nullptr) return answer_text(*content.text());
  if (content.sequence() == nullptr) return content;
  std::vector<Value> parts;
  for (const Value& part : content.sequence()->items) {
    const Value* text = part.dict() == nullptr ? nullptr : part.dict()->find("text");
    if (text == nullptr || text->text() == nullptr) {
      parts.push_back(part);
      continue;
    }
    Dict copy = copy_of(*part.dict());
    copy.set(key("text"), answer_text(*text->text()));
    parts.push_back(jinja::make_dict(std::move(copy)));
  }
  return jinja::make_list(std::move(parts));
}

void check_content(size_t index, const Value& content) {
  if (content.text() != nullptr || content.is_none()) return;
  if (content.sequence() == nullptr) {
    refuse(index, formatted("\"content\" must be a string, a list of parts or null, found {}",
                            kind_of(content)));
  }
  for (const Value& part : content.sequence()->items) {
    if (part.dict() == nullptr && part.text() == nullptr) {
      refuse(index, formatted("the parts of \"content\" must be objects such as {{\"type\": "
                              "\"text\", \"text\": \"...\"}}, found {}",
                              kind_of(part)));
    }
  }
}

/// A call's arguments as an object: clients send them as text.
Value read_arguments(size_t index, const Value& arguments) {
  if (arguments.dict() != nullptr || arguments.is_none()) return arguments;
  const std::string where = formatted("message {}: \"arguments\" of a tool call", index);
  if (arguments.text() == nullptr) {
    fail(ErrorKind::kBadRequest, "{} must be an object or a string that holds one, found {}", where,
         kind_of(arguments));
  }
  const std::string json = jinja::to_utf8(*arguments.text());
  if (json.find_first_not_of(" \t\r\n") == std::string::npos) return jinja::make_dict({});
  Value parsed = jinja::value_from_json(json, jinja::kForeign, where);
  if (parsed.dict() == nullptr) {
    fail(ErrorKind::kBadRequest, "{} must hold an object, found {}", where, kind_of(parsed));
  }
  return parsed;
}

/// The dict with its "arguments" read, if it has any.
Value with_arguments(size_t index, const Value& function) {
  const Value* arguments = function.dict()->find("arguments");
  if (arguments == nullptr) return function;
  Dict copy = copy_of(*function.dict());
  copy.set(key("arguments"), read_arguments(index, *arguments));
  return jinja::make_dict(std::move(copy));
}

Value read_tool_calls(size_t index, const Value& calls) {
  if (calls.is_none()) return calls;
  if (calls.sequence() == nullptr) {
    refuse(index, formatted("\"tool_calls\" must be a list, found {}", kind_of(calls)));
  }
  std::vector<Value> read;
  for (const Value& call : calls.sequence()->items) {
    if (call.dict() == nullptr) {
      refuse(index, formatted("a tool call must be an object, found {}", kind_of(call)));
    }
    const Value* function = call.dict()->find("function");
    if (function == nullptr) {  // the flat form: {"name": ..., "arguments": ...}
      read.push_back(with_arguments(index, call));
      continue;
    }
    if (function->dict() == nullptr) {
      refuse(index, formatted("\"function\" of a tool call must be an object, found {}",
                              kind_of(*function)));
    }
    Dict copy = copy_of(*call.dict());
    copy.set(key("function"), with_arguments(index, *function));
    read.push_back(jinja::make_dict(std::move(copy)));
  }
  return jinja::make_list(std::move(read));
}

/// Thinking comes under three names; a template knows one or two of them. Those that it mentions
/// and the message lacks are filled in, as `transformers` does.
Dict with_thinking(const Dict& message, std::string_view template_source) {
  constexpr std::array<std::string_view, 3> kNames = {"reasoning_content", "thinking", "reasoning"};
  const Value* thinking = nullptr;
  for (const std::string_view name : kNames) {
    const Value* found = message.find(name);
    if (thinking == nullptr && found != nullptr && !found->is_none()) thinking = found;
  }
  Dict filled;
  const auto is_wanted = [&](std::string_view name) {
    return thinking != nullptr && template_source.find(name) != std::string_view::npos;
  };
  if (is_wanted("thinking") && message.find("thinking") == nullptr) {
    filled.set(key("thinking"), *thinking);
  }
  for (const auto& [name, value] : message.entries) filled.set(name, value);
  if (is_wanted("reasoning_content")) filled.set(key("reasoning_content"), *thinking);
  return filled;
}

Value read_message(size_t index, const Value& value, std::string_view template_source) {
  if (value.dict() == nullptr) {
    refuse(index,
           formatted("must be an object with \"role\" and \"content\", found {}", kind_of(value)));
  }
  const Value* role = value.dict()->find("role");
  if (role == nullptr) refuse(index, "has no \"role\"");
  if (role->text() == nullptr) {
    refuse(index, formatted("\"role\" must be a string, found {}", kind_of(*role)));
  }
  const bool is_answer = jinja::same_text(*role->text(), "assistant");
  Dict message = with_thinking(*value.dict(), template_source);
  for (auto& [name, member] : message.entries) {
    const auto is = [&field = name](std::string_view other) {
      return jinja::same_text(*field.text(), other);
    };
    if (is("content")) {
      check_content(index, member);
      if (is_answer) member = answer_content(member);
    } else if (is("tool_calls")) {
      member = read_tool_calls(index, member);
    } else if (is_answer && member.text() != nullptr &&
               (is("thinking") || is("reasoning_content") || is("reasoning"))) {
      member = answer_text(*member.text());
    }
  }
  return jinja::make_dict(std::move(message));
}

Value read_tools(const Value& tools) {
  if (tools.sequence() == nullptr) {
    fail(ErrorKind::kBadRequest, "tools: expected a list, found {}", kind_of(tools));
  }
  size_t index = 0;
  for (const Value& tool : tools.sequence()->items) {
    if (tool.dict() == nullptr && tool.text() == nullptr) {
      fail(ErrorKind::kBadRequest, "tool {}: expected an object, found {}", index, kind_of(tool));
    }
    ++index;
  }
  return tools;
}

}  // namespace

ChatValues read_chat(std::string_view messages, std::string_view tools,
                     std::string_view template_source) {
  Value list = jinja::value_from_json(messages, jinja::kForeign, "messages:");
  ChatValues chat{.messages = {}, .tools = Value(None{})};
  const Value document = list;
  if (document.dict() != nullptr) {
    const Value* inner = document.dict()->find("messages");
    if (inner == nullptr) {
      fail(ErrorKind::kBadRequest, "messages: the object has no list named \"messages\"");
    }
    list = *inner;
    const Value* inner_tools = document.dict()->find("tools");
    if (inner_tools != nullptr && !inner_tools->is_none()) chat.tools = read_tools(*inner_tools);
  }
  if (list.sequence() == nullptr) {
    fail(ErrorKind::kBadRequest, "messages: expected a list of messages, found {}", kind_of(list));
  }
  std::vector<Value> read;
  for (const Value& message : list.sequence()->items) {
    read.push_back(read_message(read.size(), message, template_source));
  }
  chat.messages = jinja::make_list(std::move(read));
  if (!tools.empty()) {
    chat.tools = read_tools(jinja::value_from_json(tools, jinja::kForeign, "tools:"));
  }
  return chat;
}

std::optional<Value> without_nulls(const Value& messages) {
  bool any = false;
  std::vector<Value> kept;
  for (const Value& message : messages.sequence()->items) {
    Dict copy;
    for (const auto& [name, value] : message.dict()->entries) {
      if (!value.is_none()) copy.set(name, value);
    }
    any = any || copy.entries.size() < message.dict()->entries.size();
    kept.push_back(jinja::make_dict(std::move(copy)));
  }
  return any ? std::optional(jinja::make_list(std::move(kept))) : std::nullopt;
}

}  // namespace freshet
