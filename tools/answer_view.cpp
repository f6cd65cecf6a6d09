#include "tools/answer_view.h"

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/format.h"
#include "tools/console.h"

namespace freshet {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kDim = "\033[2m";
constexpr std::string_view kPlain = "\033[0m";

std::string finish_reason(const Answer& answer, StopReason reason) {
  if (reason == StopReason::kCancelled) return "cancelled";
  if (reason == StopReason::kMaxTokens || reason == StopReason::kContextFull) return "length";
  return answer.tool_calls.empty() ? "stop" : "tool_calls";
}

}  // namespace

AnswerView::AnswerView(const AnswerOptions& options, AnswerStyle style, Write write)
    : parser_(options), style_(style), write_(std::move(write)) {}

/// A byte at a time: what a longer piece adds to the answer no longer says whether text came before
/// a call or after it.
void AnswerView::push(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) show(parser_.push(text.substr(i, 1)));
}

Answer AnswerView::finish() {
  show(parser_.finish());
  leave_thinking();
  if (!at_start_of_line_ || part_ == Part::kNothing) write("\n");
  return std::move(whole_);
}

void AnswerView::show(Answer piece) {
  show_thinking(piece.thinking);
  show_content(piece.content);
  for (const ToolCall& call : piece.tool_calls) show_call(call);
  whole_.content += piece.content;
  whole_.thinking += piece.thinking;
  std::ranges::move(piece.tool_calls, std::back_inserter(whole_.tool_calls));
}

void AnswerView::show_thinking(std::string_view text) {
  if (text.empty()) return;
  if (style_.thinking == ShownThinking::kNone) {
    skips_space_ = true;
    return;
  }
  if (part_ != Part::kThinking) {
    if (part_ == Part::kContent && !at_start_of_line_) write("\n");
    if (style_.colour) {
      write_(kDim);
    } else if (style_.thinking == ShownThinking::kShow) {
      write("<think>");
    }
    part_ = Part::kThinking;
  }
  write(text);
}

void AnswerView::leave_thinking() {
  if (part_ != Part::kThinking) return;
  if (style_.colour) {
    write_(kPlain);
  } else if (style_.thinking == ShownThinking::kShow) {
    write("</think>");
  }
  if (!at_start_of_line_) write("\n");
  part_ = Part::kContent;
  skips_space_ = true;
}

void AnswerView::show_content(std::string_view text) {
  if (text.empty() || style_.thinking == ShownThinking::kOnly) return;
  leave_thinking();
  part_ = Part::kContent;
  if (skips_space_) text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  if (text.empty()) return;
  skips_space_ = false;
  write(text);
}

void AnswerView::show_call(const ToolCall& call) {
  if (style_.thinking == ShownThinking::kOnly) return;
  leave_thinking();
  if (!at_start_of_line_) write("\n");
  write(call_text(call) + "\n");
  part_ = Part::kContent;
  skips_space_ = true;
}

void AnswerView::write(std::string_view text) {
  write_(style_.terminal ? without_controls(text) : std::string(text));
  at_start_of_line_ = text.ends_with('\n');
}

AnswerStyle style_of_output(const AnswerFlags& flags) {
  const Terminal terminal = terminal_of(stdout);
  return {
      .thinking = shown_thinking(flags), .colour = terminal.colour, .terminal = terminal.is_tty};
}

std::string result_json(const Answer& answer, const Generation& generation) {
  const Json rest = {{"finish_reason", finish_reason(answer, generation.reason)},
                     {"usage",
                      {{"prompt_tokens", generation.prompt_tokens},
                       {"completion_tokens", generation.tokens.size()}}}};
  std::string result = to_json(answer);
  result.back() = ',';  // one object of both
  return result + rest.dump().substr(1);
}

}  // namespace freshet
