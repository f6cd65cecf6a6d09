// What one run of freshet chat has at hand: the conversation, its settings, where to write.
#pragma once

#include <string>

#include "tools/answer_view.h"
#include "tools/console.h"
#include "tools/conversation.h"
#include "tools/interrupt.h"
#include "tools/sampling_flags.h"

namespace freshet {

class ChatSession {
 public:
  /// Where a session works; all of it outlives the session.
  struct Place {
    Engine& engine;
    Console& console;
    InterruptGuard& interrupt;
  };
  /// What is typed on the command line.
  struct Flags {
    GenerationFlags generation;
    AnswerFlags answer = {};
  };
  /// setup.tools are those that flags.answer declare. Throws Error where they cannot be followed.
  ChatSession(const Place& place, const Flags& flags, ChatTemplate chat_template,
              ConversationSetup setup);

  /// Asks and writes the answer to standard output as it comes. Throws like Conversation::ask.
  void ask(const std::string& text);
  void regenerate();

  /// The calls of the last answer that have no results yet.
  [[nodiscard]] const std::vector<ToolCall>& calls() const noexcept { return calls_; }
  /// Gives the results of calls(), one each in their order, and lets the model go on.
  void give_results(const std::vector<std::string>& results);
  /// Goes on without results.
  void drop_calls() { calls_.clear(); }

  /// Puts text in front of the next question.
  void attach(const std::string& text);

  /// Sets a sampling option by its name ("top_k", "temp"), "seed" or "n", as its flag would. Throws
  /// Error and changes nothing where the flag would be refused.
  void set(const std::string& name, const std::string& value);
  /// Several lines: model, context used, settings.
  [[nodiscard]] std::string describe() const;

  [[nodiscard]] Conversation& conversation() noexcept { return conversation_; }
  [[nodiscard]] const Console& console() const noexcept { return console_; }
  [[nodiscard]] int64_t context() const noexcept { return engine_.setup().context; }

 private:
  template <class Answering>
  void show(Answering answering);
  [[nodiscard]] SamplingOptions sampling_of_this_attempt() const;

  Engine& engine_;
  Console& console_;
  InterruptGuard& interrupt_;
  GenerationFlags flags_;
  ResolvedSampling sampling_;
  GenerateOptions asked_;  // what the flags make of every answer
  std::string tools_;
  AnswerStyle style_;
  Conversation conversation_;
  std::vector<ToolCall> calls_;
  int64_t n_calls_ = 0;  // in all answers
  std::string attached_;
  uint64_t attempt_ = 0;  // answers given to the same question before this one
};

}  // namespace freshet
