// Conversations on disk: {"messages": [{"role": "user", "content": "..."}, ...]}, as chat APIs have
// them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/conversation.h"

namespace freshet {

/// Replaces the file in one step. Throws Error.
void save_messages(const std::string& path, std::span<const Message> messages);

/// Reads what save_messages wrote, or a bare list of messages. Throws Error{kBadFile} that says
/// where the file is not of that form: a message without a role, a system message that is not the
/// first.
std::vector<Message> load_messages(const std::string& path);

}  // namespace freshet
