// Questions that the model in the box answers, with its answers: known_questions.json, which
// models/demo/make_quality_data.py writes.
#pragma once

#include <freshet/engine.h>

#include <ostream>
#include <string>
#include <vector>

namespace freshet::testing {

struct KnownQuestion {
  std::string skill;
  std::string messages, tools;  ///< JSON, as templates take them
  std::string answer;           ///< with the marks of tool calls
};
void PrintTo(const KnownQuestion& question, std::ostream* out);

[[nodiscard]] const std::vector<KnownQuestion>& known_questions();

/// The question as the model's template puts it.
[[nodiscard]] std::vector<TokenId> prompt_of(const Engine& engine, const KnownQuestion& question);

/// The text of an answer's tokens, marks of tool calls included, the end of the turn not.
[[nodiscard]] std::string text_of(const Engine& engine, const std::vector<TokenId>& tokens);

/// The most likely token after the sequence's last.
[[nodiscard]] TokenId most_likely(const Sequence& sequence);

/// What greedy decoding writes after what the sequence has read.
[[nodiscard]] std::string greedy_answer(Engine& engine, Sequence& sequence);

/// A text in the model's manner that it was not trained on: held_out.txt.
[[nodiscard]] std::vector<TokenId> held_out_tokens(const Engine& engine);

}  // namespace freshet::testing
