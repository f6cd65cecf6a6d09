// The /commands of freshet chat.
#pragma once

#include <string_view>

#include "tools/chat_session.h"

namespace freshet {

enum class ChatStep { kGoOn, kLeave };

/// Runs a line that begins with a slash. What a command has to say goes to standard error. Throws
/// Error{kUsage} for an unknown command or a missing argument, with what to type instead.
ChatStep run_chat_command(ChatSession& session, std::string_view line);

}  // namespace freshet
