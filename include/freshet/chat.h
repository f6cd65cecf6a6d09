// Messages to the text that a model of the family was trained on.
#pragma once

#include <span>
#include <string>

namespace freshet {

struct ChatMessage {
  std::string role;  ///< "system", "user" or "assistant"
  std::string content;
};

/// The family's ChatML: each message is <|im_start|>role newline content <|im_end|> newline; with
/// `open_answer` the start of an assistant message follows. No beginning-of-sequence token: the
/// tokenizer adds it where a text begins.
[[nodiscard]] std::string render_chatml(std::span<const ChatMessage> messages, bool open_answer);

}  // namespace freshet
