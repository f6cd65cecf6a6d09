#include "tools/conversation.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace freshet {
namespace {

bool has_system(const std::vector<ChatMessage>& messages) {
  return !messages.empty() && messages.front().role == "system";
}

}  // namespace

Conversation::Conversation(Engine& engine, const std::string& system)
    : engine_(engine), sequence_(engine.new_sequence()) {
  // Refuses a vocabulary without the control tokens before anything is typed.
  (void)encode_chatml(engine.tokenizer(), {}, /*open_answer=*/true);
  set_system(system);
}

void Conversation::forget_all() {
  sequence_ = engine_.new_sequence();
  n_read_ = 0;
  owed_.clear();
  answer_start_ = -1;
}

void Conversation::clear() {
  messages_.resize(has_system(messages_) ? 1 : 0);
  forget_all();
}

void Conversation::set_system(const std::string& system) {
  if (has_system(messages_)) messages_.erase(messages_.begin());
  if (!system.empty()) messages_.insert(messages_.begin(), {"system", system});
  forget_all();
}

void Conversation::replace(std::vector<ChatMessage> messages) {
  messages_ = std::move(messages);
  forget_all();
}

bool Conversation::can_regenerate() const noexcept {
  return !messages_.empty() && messages_.back().role != "system";
}

std::vector<TokenId> Conversation::unread_tokens() const {
  const Tokenizer& tokenizer = engine_.tokenizer();
  // A text begins with the beginning-of-sequence token, if the model has one; once.
  std::vector<TokenId> ids = sequence_.size() == 0 ? tokenizer.encode("") : owed_;
  const std::vector<TokenId> rest =
      encode_chatml(tokenizer, std::span(messages_).subspan(n_read_), /*open_answer=*/true);
  ids.insert(ids.end(), rest.begin(), rest.end());
  return ids;
}

Generation Conversation::ask(const std::string& question, const GenerateOptions& options) {
  const int64_t before = sequence_.size();
  messages_.push_back({"user", question});
  try {
    return answer(options);
  } catch (...) {
    messages_.pop_back();
    sequence_.rewind(before);
    throw;
  }
}

Generation Conversation::regenerate(const GenerateOptions& options) {
  if (!can_regenerate()) {
    throw Error(ErrorKind::kBadRequest, "there is no answer to make anew");
  }
  const bool has_answer = messages_.back().role == "assistant";
  if (has_answer) messages_.pop_back();
  try {
    if (!has_answer || answer_start_ < 0) {
      forget_all();
      return answer(options);
    }
    n_read_ = messages_.size();
    sequence_.rewind(answer_start_);
    return generate_answer(last_of_question_, options);
  } catch (...) {
    forget_all();  // the question stays, unread and unanswered
    throw;
  }
}

Generation Conversation::answer(const GenerateOptions& options) {
  const std::vector<TokenId> prompt = unread_tokens();
  const int64_t room = engine_.setup().context - sequence_.size();
  if (static_cast<int64_t>(prompt.size()) >= room) {
    throw Error(ErrorKind::kBadRequest,
                fmt::format("the context is full: {} of {} tokens are taken and this turn needs {} "
                            "more; /clear begins anew, -c N gives more room",
                            sequence_.size(), engine_.setup().context, prompt.size() + 1));
  }
  Generation timing;
  read_ahead(std::span(prompt).first(prompt.size() - 1), options, timing);
  Generation generation = generate_answer(prompt.back(), options);
  generation.prompt_tokens += timing.prompt_tokens;
  generation.prompt_seconds += timing.prompt_seconds;
  return generation;
}

/// Reads all of a question but its last token, and keeps the state there: an answer that is made
/// anew starts from it, and reading that one token gives its first logits.
void Conversation::read_ahead(std::span<const TokenId> prompt, const GenerateOptions& options,
                              Generation& timing) {
  const auto start = std::chrono::steady_clock::now();
  engine_.read(sequence_, prompt, {.progress = options.on_prompt, .cancel = options.cancel});
  sequence_.checkpoint();
  timing.prompt_tokens = static_cast<int64_t>(prompt.size());
  timing.prompt_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Generation Conversation::generate_answer(TokenId last, const GenerateOptions& options) {
  const int64_t start = sequence_.size();
  GenerateOptions quiet = options;
  quiet.on_prompt = {};
  const Generation generation = generate(engine_, sequence_, std::span(&last, 1), quiet);
  if (sequence_.size() == start) {
    throw Error(ErrorKind::kCancelled, "stopped before the answer began");
  }
  answer_start_ = start;
  last_of_question_ = last;
  messages_.push_back({"assistant", generation.text});
  n_read_ = messages_.size();
  end_turn(generation.reason, generation.tokens);
  return generation;
}

/// However the answer ended, the next message finds it closed as the template closes it.
void Conversation::end_turn(StopReason reason, std::span<const TokenId> answer) {
  const Tokenizer& tokenizer = engine_.tokenizer();
  const TokenId end = *tokenizer.find("<|im_end|>");
  owed_ = tokenizer.encode("\n", {.add_bos = false, .parse_special = false});
  if (reason == StopReason::kEndOfTurn && answer.back() == end) return;
  if (reason == StopReason::kEndOfTurn) sequence_.rewind(sequence_.size() - 1);
  owed_.insert(owed_.begin(), end);
}

}  // namespace freshet
