// Structured output in run and chat, and grammar check. The model's weights are random, so only the
// constraint can have given its answers their form.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "e2e/cli_support.h"
#include "support/temporary_folder.h"

namespace freshet::testing {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = R"({"type": "object",
  "properties": {"city": {"type": "string", "maxLength": 8},
                 "n": {"type": "integer", "minimum": -3, "maximum": 12},
                 "tags": {"type": "array", "items": {"enum": ["a", 1, null]}, "maxItems": 3}},
  "required": ["city", "n"], "additionalProperties": false})";
constexpr const char* kGrammar = "root ::= move (\" \" move){0,3}\nmove ::= [a-h] [1-8]";

void expect_place(const std::string& text) {
  const Json place = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(place.is_object()) << text;
  EXPECT_TRUE(place["city"].is_string()) << text;
  EXPECT_TRUE(place["n"].is_number_integer() && place["n"] >= -3 && place["n"] <= 12) << text;
  for (const auto& [name, value] : place.items()) {
    EXPECT_TRUE(name == "city" || name == "n" || name == "tags") << text;
    EXPECT_TRUE(name != "tags" || value.size() <= 3) << text;
  }
}

class CliConstraint : public ::testing::Test {
 protected:
  CliConstraint() {
    folder_.write("schema.json", kSchema);
    folder_.write("moves.gbnf", kGrammar);
  }

  [[nodiscard]] std::string path(const char* name) const {
    return (folder_.path() / name).string();
  }

  static ProcessResult run(std::vector<std::string> args) {
    args.insert(args.end(), {"-p", "Where?", "-n", "200"});
    return with_model("run", args);
  }

  TemporaryFolder folder_;
};

TEST_F(CliConstraint, ASchemaIsKeptWhateverTheSeed) {
  for (const char* seed : {"1", "2", "3"}) {
    const ProcessResult result = run({"--json-schema", kSchema, "-s", seed});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    expect_place(result.out);
  }
}

TEST_F(CliConstraint, ASchemaMayBeAFile) {
  const std::string out = run({"--json-schema", kSchema, "-s", "1"}).out;
  EXPECT_EQ(run({"--json-schema", path("schema.json"), "-s", "1"}).out, out);
  EXPECT_EQ(run({"--json-schema-file", path("schema.json"), "-s", "1"}).out, out);
  EXPECT_EQ(run({"-j", path("schema.json"), "-s", "1"}).out, out);
}

TEST_F(CliConstraint, AGrammarIsKept) {
  const ProcessResult result = run({"--grammar", path("moves.gbnf"), "-s", "4"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::istringstream moves(result.out);
  int n_moves = 0;
  for (std::string move; moves >> move; ++n_moves) {
    ASSERT_EQ(move.size(), 2u) << result.out;
    EXPECT_TRUE(move[0] >= 'a' && move[0] <= 'h' && move[1] >= '1' && move[1] <= '8') << move;
  }
  EXPECT_TRUE(n_moves >= 1 && n_moves <= 4) << result.out;
  EXPECT_EQ(run({"--grammar", kGrammar, "-s", "4"}).out, result.out);
}

TEST_F(CliConstraint, AnyJsonIsJson) {
  for (const char* seed : {"1", "2", "3"}) {
    const ProcessResult result = run({"--json", "-s", seed});
    EXPECT_TRUE(Json::accept(result.out)) << result.out;
  }
}

TEST_F(CliConstraint, BeginsBehindThinking) {
  folder_.write("think.jinja", "{{ messages[0].content }}<think>");
  const ProcessResult result =
      run({"--chat", "--chat-template", path("think.jinja"), "--json-schema", kSchema,
           "--reasoning", "none", "--reasoning-budget", "5", "-s", "1"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_place(result.out);
}

TEST_F(CliConstraint, EveryAnswerOfAChatKeepsIt) {
  const ProcessResult result =
      with_model("chat", {"--grammar", "root ::= \"yes\" | \"no\"", "-n", "40"}, "One?\nTwo?\n");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::istringstream lines(result.out);
  int n_answers = 0;
  for (std::string line; std::getline(lines, line); ++n_answers) {
    EXPECT_TRUE(line == "yes" || line == "no") << result.out;
  }
  EXPECT_EQ(n_answers, 2) << result.out;
}

TEST_F(CliConstraint, AnAnswerThatCannotBeCompletedIsSaidToBeCut) {
  const ProcessResult result =
      with_model("run", {"--grammar", "root ::= [a]{50}", "-p", "x", "-n", "3", "-s", "1"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.err, "cut off before it was complete")) << result.err;
}

TEST_F(CliConstraint, WhatCannotBeEnforcedIsRefusedByName) {
  const ProcessResult not_schema = run({"--json-schema", R"({"properties": {"a": {"not": {}}}})"});
  expect_one_line_of_error(not_schema, 1);
  EXPECT_TRUE(contains(not_schema.err, "/properties/a/not: the keyword not")) << not_schema.err;
  const ProcessResult no_grammar = run({"--grammar", "root ::= [a-"});
  expect_one_line_of_error(no_grammar, 1);
  EXPECT_TRUE(contains(no_grammar.err, "line 1, column 10")) << no_grammar.err;
  expect_one_line_of_error(run({"--json-schema", "nowhere.json"}), 1);
  expect_one_line_of_error(run({"--json-schema", kSchema, "--json"}), 2);
  expect_one_line_of_error(run({"--json-schema", kSchema, "--grammar", kGrammar}), 2);
}

TEST_F(CliConstraint, GrammarCheckSaysWhetherAndWhereNot) {
  folder_.write("good.json", R"({"city": "Oslo", "n": 3})");
  folder_.write("bad.json", "{\n  \"city\": \"Oslo\",\n  \"n\": x}");
  const ProcessResult good =
      freshet({"grammar", "check", path("schema.json"), "--text", path("good.json")});
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_EQ(good.out, "accepted\n");
  const ProcessResult bad = freshet({"grammar", "check", kSchema, "--text", path("bad.json")});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_TRUE(contains(bad.out, "line 3, column 8: expected ")) << bad.out;
  EXPECT_EQ(n_lines(bad.out), 1u);
  EXPECT_EQ(freshet({"grammar", "check", kGrammar}, "a1 b2\n").exit_code, 0);
  EXPECT_EQ(freshet({"grammar", "check", path("moves.gbnf")}, "a1 b9").exit_code, 1);
  EXPECT_EQ(freshet({"grammar", "check", path("moves.gbnf")}, "a1 ").exit_code, 1);
}

}  // namespace
}  // namespace freshet::testing
