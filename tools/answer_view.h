// An answer on its way to the reader: thinking apart, calls as calls.
#pragma once

#include <freshet/answer.h>
#include <freshet/generate.h>

#include <functional>
#include <string>
#include <string_view>

#include "tools/answer_flags.h"

namespace freshet {

struct AnswerStyle {
  ShownThinking thinking = ShownThinking::kShow;
  bool colour = false;    ///< thinking is dimmed; otherwise it is shown within its marks
  bool terminal = false;  ///< control characters of the model's are left out
};

/// Writes what the model says, as it says it. Each call is a line of its own.
class AnswerView {
 public:
  using Write = std::function<void(std::string_view text)>;

  AnswerView(const AnswerOptions& options, AnswerStyle style, Write write);

  void push(std::string_view text);
  /// The end of the text: the whole answer. What was written ends with a newline.
  Answer finish();

 private:
  enum class Part { kNothing, kThinking, kContent };

  void show(Answer piece);
  void show_thinking(std::string_view text);
  void show_content(std::string_view text);
  void show_call(const ToolCall& call);
  void leave_thinking();
  void write(std::string_view text);

  AnswerParser parser_;
  AnswerStyle style_;
  Write write_;
  Answer whole_;
  Part part_ = Part::kNothing;
  bool at_start_of_line_ = true;
  bool skips_space_ = false;  // between thinking and what follows it
};

/// As standard output is.
[[nodiscard]] AnswerStyle style_of_output(const AnswerFlags& flags);

/// The answer as JSON text of one object: its content, thinking and tool_calls (to_json), a
/// "finish_reason" ("stop", "tool_calls", "length" or "cancelled") and "usage" in tokens.
[[nodiscard]] std::string result_json(const Answer& answer, const Generation& generation);

}  // namespace freshet
