#include "tools/chat_file.h"

#include <freshet/error.h>

#include <utility>

#include "base/format.h"
#include "tools/prompt_input.h"
#include "tools/result_file.h"

namespace freshet {
namespace {

[[noreturn]] void refuse(const std::string& path, std::string_view what) {
  throw Error(ErrorKind::kBadFile,
              formatted("{}: {}; expected {{\"messages\": [{{\"role\": \"user\", \"content\": "
                        "\"...\"}}, ...]}}, as /save writes it",
                        path, what));
}

Message parse(const std::string& path, const std::string& text) {
  constexpr int kMaxDepth = 64;
  const auto keep = [&](int depth, Message::parse_event_t, Message&) {
    if (depth > kMaxDepth) refuse(path, "values are nested too deeply");
    return true;
  };
  try {
    return Message::parse(text, keep);
  } catch (const Message::exception& error) {
    refuse(path, formatted("is not JSON ({})", error.what()));
  }
}

void check_message(const std::string& path, const Message& message, size_t index) {
  const bool has_role =
      message.is_object() && message.contains("role") && message.at("role").is_string();
  if (!has_role) refuse(path, formatted("message {} has no text named role", index));
  const std::string role = message.at("role");
  const bool is_known =
      role == "user" || role == "assistant" || role == "tool" || (role == "system" && index == 0);
  if (!is_known) refuse(path, formatted("message {} has the role {}", index, role));
  const bool has_content = message.contains("content") && !message.at("content").is_number();
  if (!has_content && !message.contains("tool_calls")) {
    refuse(path, formatted("message {} has no text named content", index));
  }
}

}  // namespace

void save_messages(const std::string& path, std::span<const Message> messages) {
  const Message list(std::vector<Message>(messages.begin(), messages.end()));
  // Bytes that are not UTF-8 have no place in JSON: they become U+FFFD.
  const std::string text =
      Message{{"messages", list}}.dump(2, ' ', false, Message::error_handler_t::replace) + "\n";
  ResultFile file(path);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

std::vector<Message> load_messages(const std::string& path) {
  const Message document = parse(path, read_text_file(path));
  const bool is_wrapped = document.is_object() && document.contains("messages");
  const Message& list = is_wrapped ? document.at("messages") : document;
  if (!list.is_array()) refuse(path, "has no list of messages");
  std::vector<Message> messages;
  for (const Message& message : list) {
    check_message(path, message, messages.size());
    messages.push_back(message);
  }
  return messages;
}

}  // namespace freshet
