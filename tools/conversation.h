// A conversation and the one sequence that remembers it.
//
//   Conversation talk(engine, chat_template, {.system = "You are terse."});
//   talk.ask("Why is the sky blue?", options);   // reads the system prompt and the question
//   talk.ask("And at dusk?", options);           // reads the second question, nothing else
#pragma once

#include <freshet/chat.h>
#include <freshet/generate.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace freshet {

/// {"role": "user", "content": "..."}, with whatever members templates know beside these.
using Message = nlohmann::ordered_json;

struct ConversationSetup {
  std::string system = {};  ///< what the model is told first; empty: nothing
  std::string tools = {};   ///< as ChatRequest has them
  std::string kwargs = {};
};

/// Each turn renders the whole conversation and keeps what the sequence has read of it already; a
/// template that drops earlier thinking thereby makes the model read on from there.
class Conversation {
 public:
  Conversation(Engine& engine, ChatTemplate chat_template, ConversationSetup setup = {});

  /// Asks, and answers as `options` say; their on_prompt sees the tokens that are new to the
  /// model. The answer becomes part of the conversation, also one that was stopped. Throws
  /// Error{kCancelled} if it was cancelled while the question was read, Error{kBadRequest} if there
  /// is no room for it or the template refuses it: the question is then as if it had not been
  /// asked.
  Generation ask(const std::string& question, const GenerateOptions& options);
  /// Answers the conversation as it stands: after add(). Throws likewise.
  Generation answer(const GenerateOptions& options);
  /// Appends a message, a tool's result for instance.
  void add(Message message) { messages_.push_back(std::move(message)); }

  /// Whether there is an answer to take back, or a question without one.
  [[nodiscard]] bool can_regenerate() const noexcept;
  /// Answers the last question anew; the old answer is forgotten. Throws like ask(), and
  /// Error{kBadRequest} if !can_regenerate().
  Generation regenerate(const GenerateOptions& options);

  /// Forgets everything but the system prompt.
  void clear();
  /// Changes what the model is told first.
  void set_system(const std::string& system);
  [[nodiscard]] std::string system() const;
  /// Goes on from another conversation, which the next turn reads.
  void replace(std::vector<Message> messages) { messages_ = std::move(messages); }

  [[nodiscard]] const std::vector<Message>& messages() const noexcept { return messages_; }
  /// Tokens that the model has read.
  [[nodiscard]] const Sequence& sequence() const noexcept { return sequence_; }

 private:
  [[nodiscard]] Prompt render() const;
  [[nodiscard]] std::span<const TokenId> reuse(std::span<const TokenId> prompt);
  void read_ahead(std::span<const TokenId> prompt, const GenerateOptions& options,
                  Generation& timing);
  [[nodiscard]] std::string content_of(const Generation& generation, const Prompt& prompt,
                                       const GenerateOptions& options) const;

  Engine& engine_;
  ChatTemplate template_;
  ConversationSetup setup_;
  std::string began_;  // the time that the template is told, all along
  std::vector<Message> messages_;
  Sequence sequence_;
};

}  // namespace freshet
