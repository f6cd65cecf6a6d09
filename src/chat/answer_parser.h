// The machine behind AnswerParser.
#pragma once

#include <freshet/answer.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chat/answer_marks.h"
#include "chat/tool_call_block.h"
#include "chat/tool_schema.h"

namespace freshet {

/// text_ from at_ on is what has arrived and is not decided; a state's step decides a stretch of
/// it.
struct AnswerParser::Impl {
 public:
  explicit Impl(const AnswerOptions& options);

  Answer push(std::string_view piece);
  Answer finish();
  [[nodiscard]] bool is_thinking() const noexcept {
    return state_ == State::kThinking || state_ == State::kUndecided;
  }

 private:
  enum class State {
    kContent,
    kThinking,
    kUndecided,  ///< thinking if a </think> follows, else content
    kCall,       ///< behind a start mark
    kBareCall,   ///< what began like a call without one
  };

  Answer run();
  bool step(Answer& out);
  bool step_content(Answer& out);
  bool step_thinking(Answer& out);
  bool step_undecided(Answer& out);
  bool step_call(Answer& out);
  bool step_bare_call(Answer& out);

  void say(Answer& out, std::string_view text);
  void add_call(Answer& out, const WrittenCall& call);
  void begin_call(State state);
  void begin_thinking();
  void close_thinking();
  [[nodiscard]] std::string_view rest() const { return std::string_view(text_).substr(at_); }

  ToolSet tools_;
  int64_t next_call_;

  std::string pending_;  // an unfinished character
  std::string text_;
  std::size_t at_ = 0;
  bool complete_ = false;
  State state_;

  bool said_something_ = false;  // content that is not blank, or a call: no bare call may follow
  int64_t think_depth_;
  bool has_thought_ = false;            // this span has text that is not blank
  bool thinking_never_closes_ = false;  // known at the end of the text
  std::size_t undecided_scanned_ = 0;   // bytes of the undecided text that were searched
  ToolCallBlock block_{true};
  bool follow_strings_ = true;
};

}  // namespace freshet
