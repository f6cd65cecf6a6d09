// A conversation and the one sequence that remembers it.
//
//   Conversation talk(engine, "You are terse.");
//   talk.ask("Why is the sky blue?", options);   // reads the system prompt and the question
//   talk.ask("And at dusk?", options);           // reads the second question, nothing else
#pragma once

#include <freshet/chat.h>
#include <freshet/generate.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace freshet {

class Conversation {
 public:
  /// An empty system prompt is none. Throws Error{kUnsupported} for a model without ChatML.
  explicit Conversation(Engine& engine, const std::string& system = {});

  /// Asks, and answers as `options` say; their on_prompt sees this question's tokens alone. The
  /// answer becomes part of the conversation, also one that was stopped. Throws
  /// Error{kCancelled} if it was cancelled while the question was read, and Error{kBadRequest}
  /// if there is no room for it: the question is then as if it had not been asked.
  Generation ask(const std::string& question, const GenerateOptions& options);

  /// Whether there is an answer to take back, or a question without one.
  [[nodiscard]] bool can_regenerate() const noexcept;
  /// Answers the last question anew; the old answer is forgotten. Throws like ask(), and
  /// Error{kBadRequest} if !can_regenerate().
  Generation regenerate(const GenerateOptions& options);

  /// Forgets everything but the system prompt.
  void clear();
  /// Changes what the model is told first; the next turn reads the conversation from its start.
  void set_system(const std::string& system);
  /// Goes on from another conversation, which the next turn reads.
  void replace(std::vector<ChatMessage> messages);

  [[nodiscard]] const std::vector<ChatMessage>& messages() const noexcept { return messages_; }
  /// Tokens that the model has read.
  [[nodiscard]] const Sequence& sequence() const noexcept { return sequence_; }

 private:
  [[nodiscard]] std::vector<TokenId> unread_tokens() const;
  void forget_all();
  Generation answer(const GenerateOptions& options);
  void read_ahead(std::span<const TokenId> prompt, const GenerateOptions& options,
                  Generation& timing);
  Generation generate_answer(TokenId last, const GenerateOptions& options);
  void end_turn(StopReason reason, std::span<const TokenId> answer);

  Engine& engine_;
  std::vector<ChatMessage> messages_;
  Sequence sequence_;
  size_t n_read_ = 0;          // messages that the sequence has seen
  std::vector<TokenId> owed_;  // what must follow the last answer before the next message
  int64_t answer_start_ = -1;  // tokens before the last one of the last question; -1: unknown
  TokenId last_of_question_ = 0;
};

}  // namespace freshet
