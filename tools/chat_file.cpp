#include "tools/chat_file.h"

#include <fmt/format.h>
#include <freshet/error.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "tools/prompt_input.h"
#include "tools/result_file.h"

namespace freshet {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& path, std::string_view what) {
  throw Error(ErrorKind::kBadFile,
              fmt::format("{}: {}; expected {{\"messages\": [{{\"role\": \"user\", \"content\": "
                          "\"...\"}}, ...]}}, as /save writes it",
                          path, what));
}

/// No object here is deeper than three levels: a deeper one is refused before it is built.
json parse(const std::string& path, const std::string& text) {
  constexpr int kMaxDepth = 4;
  const auto keep = [&](int depth, json::parse_event_t, json&) {
    if (depth > kMaxDepth) refuse(path, "values are nested too deeply");
    return true;
  };
  try {
    return json::parse(text, keep);
  } catch (const json::exception& error) {
    refuse(path, fmt::format("is not JSON ({})", error.what()));
  }
}

ChatMessage message_from(const std::string& path, const json& entry, size_t index) {
  const auto text_of = [&](const char* key) {
    const bool found = entry.is_object() && entry.contains(key) && entry.at(key).is_string();
    if (!found) refuse(path, fmt::format("message {} has no text named {}", index, key));
    return entry.at(key).get<std::string>();
  };
  ChatMessage message{.role = text_of("role"), .content = text_of("content")};
  const bool is_known = message.role == "user" || message.role == "assistant" ||
                        (message.role == "system" && index == 0);
  if (!is_known) refuse(path, fmt::format("message {} has the role {}", index, message.role));
  return message;
}

}  // namespace

void save_messages(const std::string& path, std::span<const ChatMessage> messages) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ChatMessage& message : messages) {
    list.push_back({{"role", message.role}, {"content", message.content}});
  }
  // Bytes that are not UTF-8 have no place in JSON: they become U+FFFD.
  const std::string text = nlohmann::ordered_json{{"messages", list}}.dump(
                               2, ' ', false, json::error_handler_t::replace) +
                           "\n";
  ResultFile file(path);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

std::vector<ChatMessage> load_messages(const std::string& path) {
  const json document = parse(path, read_text_file(path));
  const bool is_wrapped = document.is_object() && document.contains("messages");
  const json& list = is_wrapped ? document.at("messages") : document;
  if (!list.is_array()) refuse(path, "has no list of messages");
  std::vector<ChatMessage> messages;
  for (const json& entry : list) messages.push_back(message_from(path, entry, messages.size()));
  return messages;
}

}  // namespace freshet
