// Conversations on disk: {"messages": [{"role": "user", "content": "..."}, ...]}, as chat APIs have
// them.
#pragma once

#include <freshet/chat.h>

#include <span>
#include <string>
#include <vector>

namespace freshet {

/// Replaces the file in one step. Throws Error.
void save_messages(const std::string& path, std::span<const ChatMessage> messages);

/// Reads what save_messages wrote, or a bare list of messages. Throws Error{kBadFile} that says
/// where the file is not of that form; a role other than system (first only), user and assistant is
/// such an error.
std::vector<ChatMessage> load_messages(const std::string& path);

}  // namespace freshet
