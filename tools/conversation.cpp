#include "tools/conversation.h"

#include <fmt/chrono.h>

#include <chrono>
#include <utility>

#include "base/format.h"
#include "tools/answer_flags.h"
#include "tools/prompt_prefix.h"

namespace freshet {
namespace {

bool has_role(const Message& message, std::string_view role) {
  return message.is_object() && message.contains("role") && message["role"] == role;
}

bool has_system(const std::vector<Message>& messages) {
  return !messages.empty() && has_role(messages.front(), "system");
}

std::string local_time() {
  return formatted("{:%Y-%m-%dT%H:%M:%S}", fmt::localtime(std::time(nullptr)));
}

/// As JSON, in which bytes that are no UTF-8 become U+FFFD.
std::string to_json(const std::vector<Message>& messages) {
  return Message(messages).dump(-1, ' ', false, Message::error_handler_t::replace);
}

}  // namespace

Conversation::Conversation(Engine& engine, ChatTemplate chat_template, ConversationSetup setup)
    : engine_(engine),
      template_(std::move(chat_template)),
      setup_(std::move(setup)),
      began_(local_time()),
      sequence_(engine.new_sequence()) {
  set_system(setup_.system);
}

void Conversation::clear() {
  messages_.resize(has_system(messages_) ? 1 : 0);
  sequence_ = engine_.new_sequence();
}

void Conversation::set_system(const std::string& system) {
  if (has_system(messages_)) messages_.erase(messages_.begin());
  if (!system.empty()) {
    messages_.insert(messages_.begin(), Message{{"role", "system"}, {"content", system}});
  }
}

std::string Conversation::system() const {
  if (!has_system(messages_)) return {};
  const Message& content = messages_.front()["content"];
  return content.is_string() ? content.get<std::string>() : content.dump();
}

bool Conversation::can_regenerate() const noexcept {
  return !messages_.empty() && !has_role(messages_.back(), "system");
}

Generation Conversation::ask(const std::string& question, const GenerateOptions& options) {
  messages_.push_back({{"role", "user"}, {"content", question}});
  try {
    return answer(options);
  } catch (...) {
    messages_.pop_back();
    throw;
  }
}

Generation Conversation::regenerate(const GenerateOptions& options) {
  if (!can_regenerate()) {
    throw Error(ErrorKind::kBadRequest, "there is no answer to make anew");
  }
  if (has_role(messages_.back(), "assistant")) messages_.pop_back();
  return answer(options);  // if it fails, the question stays, unanswered
}

Prompt Conversation::render() const {
  return template_.render({.messages = to_json(messages_),
                           .tools = setup_.tools,
                           .kwargs = setup_.kwargs,
                           .now = began_});
}

Generation Conversation::answer(const GenerateOptions& options) {
  const Prompt prompt = render();
  const std::vector<TokenId> ids = encode_prompt(engine_.tokenizer(), prompt);
  if (ids.empty()) {
    throw Error(ErrorKind::kBadRequest,
                formatted("{} makes no prompt of this conversation", template_.name()));
  }
  const std::span<const TokenId> unread = reuse(ids);
  Generation timing;
  read_ahead(unread.first(unread.size() - 1), options, timing);
  GenerateOptions quiet = options;
  quiet.on_prompt = {};
  follow_prompt(prompt.text, quiet);
  const int64_t before = sequence_.size();
  Generation generation = generate(engine_, sequence_, unread.last(1), quiet);
  if (sequence_.size() == before) {
    throw Error(ErrorKind::kCancelled, "stopped before the answer began");
  }
  messages_.push_back(
      {{"role", "assistant"}, {"content", content_of(generation, prompt, options)}});
  generation.prompt_tokens += timing.prompt_tokens;
  generation.prompt_seconds += timing.prompt_seconds;
  return generation;
}

/// Takes the sequence back to where the prompt parts from it, and returns what is to be read: one
/// token at least, since its logits are wanted.
std::span<const TokenId> Conversation::reuse(std::span<const TokenId> prompt) {
  const CommonPrefix common =
      common_prefix(engine_.tokenizer(), sequence_.tokens(), prompt.first(prompt.size() - 1));
  const std::span<const TokenId> unread = prompt.subspan(common.prompt);
  const auto n_read = static_cast<int64_t>(common.read);
  if (n_read + static_cast<int64_t>(unread.size()) >= engine_.setup().context) {
    throw Error(ErrorKind::kBadRequest,
                formatted("the context is full: {} of {} tokens are taken and this turn needs {} "
                          "more; /clear begins anew, -c N gives more room",
                          n_read, engine_.setup().context, unread.size() + 1));
  }
  sequence_.rewind(n_read);
  return unread;
}

/// Reads all of a question but its last token, and keeps the state there: an answer that is made
/// anew starts from it, and reading that one token gives its first logits.
void Conversation::read_ahead(std::span<const TokenId> prompt, const GenerateOptions& options,
                              Generation& timing) {
  if (prompt.empty()) return;  // an answer made anew
  const auto start = std::chrono::steady_clock::now();
  engine_.read(sequence_, prompt, {.progress = options.on_prompt, .cancel = options.cancel});
  sequence_.checkpoint();
  timing.prompt_tokens = static_cast<int64_t>(prompt.size());
  timing.prompt_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// What the model said, its marks of thinking and tool calls in their places, so that the next
/// turn's rendering is what the sequence has read. Thinking that the prompt has begun belongs to
/// it.
std::string Conversation::content_of(const Generation& generation, const Prompt& prompt,
                                     const GenerateOptions& options) const {
  const Tokenizer& tokenizer = engine_.tokenizer();
  TextDecoder decoder(tokenizer, /*show_special=*/true);
  std::string text;
  for (const TokenId token : generation.tokens) {
    if (!tokenizer.is_end_of_generation(token)) text += decoder.push(token);
  }
  text += decoder.flush();
  for (const std::string& stop : options.stop) {
    if (generation.reason == StopReason::kStopText)
      text.resize(std::min(text.find(stop), text.size()));
  }
  return std::string(opened_thinking(prompt.text)) + text;
}

}  // namespace freshet
