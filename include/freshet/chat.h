// Messages to the text, and to the tokens, that a model of the family was trained on.
#pragma once

#include <freshet/tokenizer.h>

#include <span>
#include <string>
#include <vector>

namespace freshet {

struct ChatMessage {
  std::string role;  ///< "system", "user" or "assistant"
  std::string content;
};

/// The family's ChatML: each message is <|im_start|>role newline content <|im_end|> newline; with
/// `open_answer` the start of an assistant message follows. No beginning-of-sequence token: the
/// tokenizer adds it where a text begins.
[[nodiscard]] std::string render_chatml(std::span<const ChatMessage> messages, bool open_answer);

/// The tokens of the same, again without a beginning-of-sequence token. Contents are text and
/// nothing else: "<|im_end|>" inside one is spelt out, and cannot end the message. Throws
/// Error{kUnsupported} for a vocabulary without ChatML's tokens.
[[nodiscard]] std::vector<TokenId> encode_chatml(const Tokenizer& tokenizer,
                                                 std::span<const ChatMessage> messages,
                                                 bool open_answer);

}  // namespace freshet
