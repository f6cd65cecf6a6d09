// A model's answer taken apart: what it says, what it thinks, which tools it calls.
//
//   freshet::AnswerParser parser({.tools = tools_json});
//   options.on_text = [&](std::string_view text) { show(parser.push(text)); };
//   freshet::generate(engine, sequence, prompt, options);
//   show(parser.finish());
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// A function that the model wants called.
struct ToolCall {
  std::string id;         ///< "call_1", "call_2", ... in the order of the calls
  std::string name;       ///< as the model wrote it, also where no such tool is declared
  std::string arguments;  ///< JSON text of one object, its values typed by the declared schema
  /// What does not fit the declaration, a sentence each: an unknown tool, an argument that is
  /// missing or of the wrong kind. Empty if all is well, or no tools were declared.
  std::vector<std::string> problems = {};

  bool operator==(const ToolCall&) const = default;
};

/// An answer, or a piece of one. All text is UTF-8; bytes that are not have become U+FFFD.
struct Answer {
  std::string content;   ///< for the user: everything else, white space included
  std::string thinking;  ///< what stood within <think> and </think>
  std::vector<ToolCall> tool_calls = {};

  [[nodiscard]] bool empty() const {
    return content.empty() && thinking.empty() && tool_calls.empty();
  }
  bool operator==(const Answer&) const = default;
};

struct AnswerOptions {
  /// The declared tools, as JSON: a list of {"type": "function", "function": {"name",
  /// "description", "parameters"}}, or of the inner objects. Empty: none are declared; calls
  /// between marks are read all the same, and their arguments are what the model wrote.
  std::string tools = {};
  bool think_open = false;  ///< the prompt ended with <think>
  int64_t first_call = 1;   ///< the number in the first call's id
};

/// Takes a model's text in pieces of any size and says what each adds. Whatever the pieces, all
/// that push and finish return, joined, is the same.
///
/// Thinking is what stands within <think> and </think>; a span without an end goes on to the end of
/// the text. A further <think> within a span is matched with its own </think> where there is one. A
/// tool call in a span that is never closed ends it. A </think> without a beginning is dropped.
///
/// Tool calls stand between <|tool_call_start|> and <|tool_call_end|>, as a list of Python calls or
/// of JSON objects, or one of either. The end mark may be missing. Both marks may be missing if the
/// answer, trimmed, is nothing but calls of declared tools. What is within the marks and cannot be
/// read as a call becomes content. A call is returned when the text of its list has ended, whole.
///
/// Arguments are typed by the declared schema: "3" for an integer becomes 3, 3 for a string "3",
/// "true" for a boolean true, '[1]' for an array [1]. Arguments without names get those of the
/// declaration in its order, or arg1, arg2 ... Of a schema, patterns and formats are not checked.
///
/// Nothing that a model writes is an error. Time is linear in the text.
class AnswerParser {
 public:
  /// Throws Error{kBadRequest} if the tools are not what AnswerOptions says.
  explicit AnswerParser(const AnswerOptions& options = {});
  AnswerParser(AnswerParser&&) noexcept;
  AnswerParser& operator=(AnswerParser&&) noexcept;
  ~AnswerParser();

  /// What this piece makes certain, maybe nothing: a part of a mark, of a character or of a call
  /// waits for the rest of it.
  [[nodiscard]] Answer push(std::string_view text);
  /// The end of the text: what was still waiting. Push nothing after it.
  [[nodiscard]] Answer finish();

  /// Whether the text so far ends within a span of thinking.
  [[nodiscard]] bool is_thinking() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A whole answer at once. Throws like AnswerParser.
[[nodiscard]] Answer parse_answer(std::string_view text, const AnswerOptions& options = {});

/// JSON text of one object: {"content": "...", "thinking": "...", "tool_calls": [{"id": "...",
/// "name": "...", "arguments": {...}}]}; a call with problems also has "problems": ["..."]. With
/// `only_changes` the members that are empty are left out.
[[nodiscard]] std::string to_json(const Answer& answer, bool only_changes = false);

/// For people: get_weather(city="Paris", n=3), the values as JSON.
[[nodiscard]] std::string call_text(const ToolCall& call);

/// What a prompt has begun to say for the model: its text from the <think> with which it ends, up
/// to white space; empty if it does not. The model's text goes on from there.
[[nodiscard]] std::string_view opened_thinking(std::string_view prompt) noexcept;

}  // namespace freshet
