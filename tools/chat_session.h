// What one run of freshet chat has at hand: the conversation, its settings, where to write.
#pragma once

#include <string>

#include "tools/console.h"
#include "tools/conversation.h"
#include "tools/interrupt.h"
#include "tools/sampling_flags.h"

namespace freshet {

class ChatSession {
 public:
  /// All four outlive the session.
  ChatSession(Engine& engine, Console& console, InterruptGuard& interrupt,
              const GenerationFlags& flags, const std::string& system);

  /// Asks and writes the answer to standard output as it comes. Throws like Conversation::ask.
  void ask(const std::string& text);
  void regenerate();

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
  template <class Answer>
  void show(Answer answer);
  [[nodiscard]] SamplingOptions sampling_of_this_attempt() const;

  Engine& engine_;
  Console& console_;
  InterruptGuard& interrupt_;
  GenerationFlags flags_;
  ResolvedSampling sampling_;
  Conversation conversation_;
  std::string attached_;
  uint64_t attempt_ = 0;  // answers given to the same question before this one
};

}  // namespace freshet
