#include "quality/known_questions.h"

#include <freshet/chat.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace freshet::testing {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMostTokens = 120;

std::string read_data(const std::string& name) {
  std::ifstream file(FRESHET_TESTS_DIR "/quality/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

void PrintTo(const KnownQuestion& question, std::ostream* out) { *out << question.messages; }

const std::vector<KnownQuestion>& known_questions() {
  static const std::vector<KnownQuestion> questions = [] {
    std::vector<KnownQuestion> read;
    for (const Json& entry : Json::parse(read_data("known_questions.json"))) {
      read.push_back({.skill = entry.at("skill"),
                      .messages = entry.at("messages").dump(),
                      .tools = entry.contains("tools") ? entry.at("tools").dump() : "",
                      .answer = entry.at("answer")});
    }
    return read;
  }();
  return questions;
}

std::vector<TokenId> prompt_of(const Engine& engine, const KnownQuestion& question) {
  const ChatTemplate chat("the model's", engine.model().chat_template,
                          special_texts(engine.tokenizer()));
  return encode_prompt(engine.tokenizer(),
                       chat.render({.messages = question.messages, .tools = question.tools}));
}

std::string text_of(const Engine& engine, const std::vector<TokenId>& tokens) {
  std::string text;
  for (const TokenId token : tokens) text += engine.tokenizer().piece(token);
  return text;
}

TokenId most_likely(const Sequence& sequence) {
  const std::span<const float> logits = sequence.logits();
  return static_cast<TokenId>(std::ranges::max_element(logits) - logits.begin());
}

std::string greedy_answer(Engine& engine, Sequence& sequence) {
  std::vector<TokenId> answer;
  while (answer.size() < kMostTokens) {
    const TokenId token = most_likely(sequence);
    if (engine.tokenizer().is_end_of_generation(token)) break;
    answer.push_back(token);
    engine.read(sequence, {&token, 1});
  }
  return text_of(engine, answer);
}

std::vector<TokenId> held_out_tokens(const Engine& engine) {
  return engine.tokenizer().encode(read_data("held_out.txt"), {.parse_special = true});
}

}  // namespace freshet::testing
