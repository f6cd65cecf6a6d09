#include "chat/answer_parser.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/utf8.h"
#include "chat/tool_call_start.h"
#include "chat/tool_calls.h"

namespace freshet {
namespace {

constexpr std::string_view kSpace = " \n\t\r\f\v";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(kSpace) == std::string_view::npos;
}

/// The first mark of thinking.
MarkSearch find_think_mark(std::string_view text, std::size_t from, bool complete) {
  MarkSearch found = find_mark(text, from, complete);
  while (found.mark == Mark::kCallStart || found.mark == Mark::kCallEnd) {
    found = find_mark(text, found.at + 1, complete);
  }
  return found;
}

void append_without_think_opens(std::string& out, std::string_view text) {
  const std::string_view open = text_of(Mark::kThinkOpen);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = std::min(text.find(open, at), text.size());
    out.append(text.substr(at, next - at));
    at = next + open.size();
  }
}

}  // namespace

AnswerParser::Impl::Impl(const AnswerOptions& options)
    : tools_(options.tools),
      next_call_(options.first_call),
      state_(options.think_open ? State::kThinking : State::kContent),
      think_depth_(options.think_open ? 1 : 0) {}

Answer AnswerParser::Impl::push(std::string_view piece) {
  pending_.append(piece);
  text_ += take_decided_utf8(pending_);
  return run();
}

Answer AnswerParser::Impl::finish() {
  text_ += replace_invalid_utf8(std::exchange(pending_, {}));
  complete_ = true;
  return run();
}

Answer AnswerParser::Impl::run() {
  Answer out;
  while (step(out)) {
  }
  text_.erase(0, at_);
  at_ = 0;
  return out;
}

/// False: nothing more can be said of this text.
bool AnswerParser::Impl::step(Answer& out) {
  switch (state_) {
    case State::kContent:
      return step_content(out);
    case State::kThinking:
      return step_thinking(out);
    case State::kUndecided:
      return step_undecided(out);
    case State::kCall:
      return step_call(out);
    case State::kBareCall:
      return step_bare_call(out);
  }
  return false;
}

bool AnswerParser::Impl::step_content(Answer& out) {
  const std::string_view text = rest();
  if (!said_something_ && !tools_.empty()) {
    switch (begins_bare_call(text, tools_, complete_)) {
      case Decision::kNeedMore:
        return false;
      case Decision::kYes:
        begin_call(State::kBareCall);
        return true;
      case Decision::kNo:
        break;
    }
  }
  const MarkSearch found = find_mark(text, 0, complete_);
  say(out, text.substr(0, found.at));
  at_ += found.at;
  if (!found.mark) return false;
  if (*found.mark == Mark::kThinkOpen) begin_thinking();
  if (*found.mark == Mark::kCallStart) begin_call(State::kCall);
  at_ += text_of(*found.mark).size();  // an end without a beginning is dropped
  return true;
}

bool AnswerParser::Impl::step_thinking(Answer& out) {
  const std::string_view text = rest();
  const MarkSearch found = find_mark(text, 0, complete_);
  const std::string_view thought = text.substr(0, found.at);
  out.thinking += thought;
  has_thought_ = has_thought_ || !is_blank(thought);
  at_ += found.at;
  if (!found.mark) return false;
  if (*found.mark == Mark::kCallStart) {
    state_ = thinking_never_closes_ ? State::kContent : State::kUndecided;
    undecided_scanned_ = 0;
    return true;
  }
  at_ += text_of(*found.mark).size();
  if (*found.mark == Mark::kCallEnd) out.thinking += text_of(Mark::kCallEnd);
  // Some models repeat the <think> that the prompt ended with.
  if (*found.mark == Mark::kThinkOpen && has_thought_) ++think_depth_;
  if (*found.mark == Mark::kThinkClose) close_thinking();
  return true;
}

/// Text that is thinking if a </think> follows, and the answer if none does.
bool AnswerParser::Impl::step_undecided(Answer& out) {
  const std::string_view text = rest();
  const MarkSearch found = find_think_mark(text, undecided_scanned_, complete_);
  undecided_scanned_ = found.at;
  if (!found.mark) {
    if (!complete_) return false;
    thinking_never_closes_ = true;
    state_ = State::kContent;
    return true;
  }
  undecided_scanned_ += text_of(*found.mark).size();
  if (*found.mark == Mark::kThinkOpen) {
    ++think_depth_;
    return true;
  }
  append_without_think_opens(out.thinking, text.substr(0, found.at));
  at_ += undecided_scanned_;
  close_thinking();
  return true;
}

bool AnswerParser::Impl::step_call(Answer& out) {
  const std::string_view text = rest();
  const auto end = block_.scan(text, complete_);
  if (!end) return false;
  const IsKnownTool is_known = [this](std::string_view name) { return tools_.find(name); };
  CallList list =
      read_calls(text.substr(0, end->text_end), tools_.empty() ? IsKnownTool() : is_known);
  for (const WrittenCall& call : list.calls) add_call(out, call);
  say(out, list.rest);
  at_ += end->next;
  // A search that ran to the end of the text is made once.
  if (end->is_unclosed) follow_strings_ = false;
  state_ = State::kContent;
  return true;
}

bool AnswerParser::Impl::step_bare_call(Answer& out) {
  const std::string_view text = rest();
  const auto end = block_.scan(text, complete_);
  if (!end) return false;
  state_ = State::kContent;
  said_something_ = true;  // whether as calls or as content
  if (end->is_unclosed || (!end->has_mark && end->next < text.size())) return true;
  const CallList list = read_calls(text.substr(0, end->text_end), {});
  const bool all_known = std::ranges::all_of(
      list.calls, [this](const WrittenCall& call) { return tools_.find(call.name) != nullptr; });
  if (list.calls.empty() || !list.rest.empty() || !all_known) return true;
  for (const WrittenCall& call : list.calls) add_call(out, call);
  at_ += end->next;
  return true;
}

void AnswerParser::Impl::say(Answer& out, std::string_view text) {
  out.content += text;
  said_something_ = said_something_ || !is_blank(text);
}

void AnswerParser::Impl::add_call(Answer& out, const WrittenCall& call) {
  ToolCall bound = tools_.bind(call);
  bound.id = formatted("call_{}", next_call_++);
  out.tool_calls.push_back(std::move(bound));
  said_something_ = true;
}

void AnswerParser::Impl::begin_call(State state) {
  state_ = state;
  block_ = ToolCallBlock(follow_strings_);
}

void AnswerParser::Impl::begin_thinking() {
  state_ = State::kThinking;
  think_depth_ = 1;
  has_thought_ = false;
}

void AnswerParser::Impl::close_thinking() {
  --think_depth_;
  state_ = think_depth_ == 0 ? State::kContent : State::kUndecided;
  undecided_scanned_ = 0;
}

AnswerParser::AnswerParser(const AnswerOptions& options) : impl_(std::make_unique<Impl>(options)) {}
AnswerParser::AnswerParser(AnswerParser&&) noexcept = default;
AnswerParser& AnswerParser::operator=(AnswerParser&&) noexcept = default;
AnswerParser::~AnswerParser() = default;

Answer AnswerParser::push(std::string_view text) { return impl_->push(text); }
Answer AnswerParser::finish() { return impl_->finish(); }
bool AnswerParser::is_thinking() const noexcept { return impl_->is_thinking(); }

Answer parse_answer(std::string_view text, const AnswerOptions& options) {
  AnswerParser parser(options);
  Answer answer = parser.push(text);
  Answer last = parser.finish();
  answer.content += last.content;
  answer.thinking += last.thinking;
  std::ranges::move(last.tool_calls, std::back_inserter(answer.tool_calls));
  return answer;
}

std::string_view opened_thinking(std::string_view prompt) noexcept {
  const std::string_view open = text_of(Mark::kThinkOpen);
  const std::size_t last = prompt.rfind(open);
  const bool ends = last != std::string_view::npos && is_blank(prompt.substr(last + open.size()));
  return ends ? prompt.substr(last) : std::string_view();
}

}  // namespace freshet
