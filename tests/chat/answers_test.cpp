// The table of answers (answers.json): each text, with what must come out of it, fed whole, byte by
// byte and at random cuts. A case with "tools" declares those of tools.json.
#include <freshet/answer.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

namespace freshet {
namespace {

using Json = nlohmann::ordered_json;

std::string read_data(const std::string& name) {
  std::ifstream file(std::string(FRESHET_TESTS_DIR) + "/chat/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The members of `part` put behind those of `sum`.
void append(Answer& sum, Answer part) {
  sum.content += part.content;
  sum.thinking += part.thinking;
  for (ToolCall& call : part.tool_calls) sum.tool_calls.push_back(std::move(call));
}

struct Case {
  std::string name;
  std::string text;
  AnswerOptions options;
  Answer expected;
};

/// As JSON; or as a string that is its text, for what the library's numbers cannot hold.
std::string text_of(const Json& arguments) {
  return arguments.is_string() ? arguments.get<std::string>() : arguments.dump();
}

std::vector<Case> read_cases() {
  const std::string tools = read_data("tools.json");
  std::vector<Case> cases;
  for (const Json& entry : Json::parse(read_data("answers.json"))) {
    Case one{.name = entry.at("name"),
             .text = entry.at("text"),
             .options = {.tools = entry.value("tools", false) ? tools : "",
                         .think_open = entry.value("think_open", false)},
             .expected = {.content = entry.at("content"), .thinking = entry.at("thinking")}};
    for (const Json& call : entry.at("calls")) {
      auto& expected = one.expected.tool_calls;
      expected.push_back({.id = "call_" + std::to_string(expected.size() + 1),
                          .name = call.at("name"),
                          .arguments = text_of(call.at("arguments")),
                          .problems = call.value("problems", std::vector<std::string>())});
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

/// `next_piece` says how many bytes to give next.
template <class NextPiece>
Answer fed(const Case& one, NextPiece next_piece) {
  AnswerParser parser(one.options);
  Answer sum;
  for (size_t at = 0; at < one.text.size();) {
    const size_t piece = next_piece();
    append(sum, parser.push(std::string_view(one.text).substr(at, piece)));
    at += piece;
  }
  append(sum, parser.finish());
  return sum;
}

TEST(Answers, TheTableIsLarge) { EXPECT_GE(read_cases().size(), 100u); }

TEST(Answers, FedWhole) {
  for (const Case& one : read_cases()) {
    EXPECT_EQ(to_json(parse_answer(one.text, one.options)), to_json(one.expected))
        << one.name << "\n"
        << one.text;
  }
}

TEST(Answers, FedByteByByte) {
  for (const Case& one : read_cases()) {
    EXPECT_EQ(to_json(fed(one, [] { return 1; })), to_json(one.expected)) << one.name;
  }
}

TEST(Answers, FedAtRandomCuts) {
  std::mt19937 random(4);
  for (const Case& one : read_cases()) {
    for (int round = 0; round < 20; ++round) {
      ASSERT_EQ(to_json(fed(one, [&] { return 1 + random() % 12; })), to_json(one.expected))
          << one.name;
    }
  }
}

// An answer that breaks off anywhere is an answer too, and no half of a mark has been shown before.
TEST(Answers, BrokenOffAnywhere) {
  for (const Case& one : read_cases()) {
    for (size_t length = 0; length < one.text.size(); ++length) {
      Case part = one;
      part.text.resize(length);
      const Answer whole = parse_answer(part.text, part.options);
      ASSERT_EQ(fed(part, [] { return 1; }), whole) << one.name << " at " << length;
    }
  }
}

}  // namespace
}  // namespace freshet
