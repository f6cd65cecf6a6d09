#include <freshet/chat.h>

#include "base/error.h"

namespace freshet {
namespace {

constexpr std::string_view kStart = "<|im_start|>";
constexpr std::string_view kEnd = "<|im_end|>";

TokenId require_token(const Tokenizer& tokenizer, std::string_view text) {
  if (const auto id = tokenizer.find(text)) return *id;
  fail(ErrorKind::kUnsupported,
       "this model's vocabulary has no {} token, so it was not trained on ChatML; complete plain "
       "text with it instead (freshet run without --chat)",
       text);
}

}  // namespace

std::string render_chatml(std::span<const ChatMessage> messages, bool open_answer) {
  std::string text;
  for (const ChatMessage& message : messages) {
    text.append(kStart).append(message.role).append("\n").append(message.content);
    text.append(kEnd).append("\n");
  }
  if (open_answer) text.append(kStart).append("assistant\n");
  return text;
}

std::vector<TokenId> encode_chatml(const Tokenizer& tokenizer,
                                   std::span<const ChatMessage> messages, bool open_answer) {
  const TokenId start = require_token(tokenizer, kStart);
  const TokenId end = require_token(tokenizer, kEnd);
  std::vector<TokenId> ids;
  // Between two control tokens the text is encoded as one piece, as in the rendered whole: a
  // role's newline and white space at the start of the content may share a token.
  const auto append_text = [&](std::string_view text) {
    const auto piece = tokenizer.encode(text, {.add_bos = false, .parse_special = false});
    ids.insert(ids.end(), piece.begin(), piece.end());
  };
  for (const ChatMessage& message : messages) {
    ids.push_back(start);
    append_text(message.role + "\n" + message.content);
    ids.push_back(end);
    append_text("\n");
  }
  if (open_answer) {
    ids.push_back(start);
    append_text("assistant\n");
  }
  return ids;
}

}  // namespace freshet
