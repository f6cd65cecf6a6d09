// When an answer's parts are shown, what is held back, and what hostile text costs.
#include <freshet/answer.h>
#include <freshet/error.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "support/long_text.h"

namespace freshet {
namespace {

constexpr const char* kTools = R"([{"name": "get_time"}, {"name": "get_weather"}])";

std::string repeated(std::string_view unit, size_t n) {
  std::string text;
  for (size_t i = 0; i < n; ++i) text += unit;
  return text;
}

TEST(AnswerParser, ShowsContentAtOnce) {
  AnswerParser parser;
  EXPECT_EQ(parser.push("Hello ").content, "Hello ");
  EXPECT_EQ(parser.push("there").content, "there");
  EXPECT_TRUE(parser.finish().empty());
}

TEST(AnswerParser, PrintsArgumentsAsTheyAre) {
  const Answer answer =
      parse_answer("<|tool_call_start|>[f(a=100000000000000000001, b=['x', 0.5])]");
  ASSERT_EQ(answer.tool_calls.size(), 1u);
  EXPECT_EQ(call_text(answer.tool_calls[0]), R"(f(a=100000000000000000001, b=["x",0.5]))");
  EXPECT_EQ(to_json(answer, /*only_changes=*/true),
            R"({"tool_calls":[{"id":"call_1","name":"f","arguments":)"
            R"({"a":100000000000000000001,"b":["x",0.5]}}]})");
}

TEST(AnswerParser, HoldsBackTheBeginningOfAMarkAlone) {
  AnswerParser parser;
  EXPECT_EQ(parser.push("so <").content, "so ");
  EXPECT_EQ(parser.push("|tool_call").content, "");
  EXPECT_EQ(parser.push("s are <b>").content, "<|tool_calls are <b>");
  EXPECT_EQ(parser.push("1 <thi").content, "1 ");
  EXPECT_EQ(parser.finish().content, "<thi");
}

TEST(AnswerParser, ShowsThinkingAsItComes) {
  AnswerParser parser;
  EXPECT_EQ(parser.push("<think>Hm").thinking, "Hm");
  EXPECT_TRUE(parser.is_thinking());
  EXPECT_EQ(parser.push(", </").thinking, ", ");
  const Answer turn = parser.push("think>Yes");
  EXPECT_EQ(turn, (Answer{.content = "Yes", .thinking = ""}));
  EXPECT_FALSE(parser.is_thinking());
}

TEST(AnswerParser, ReturnsCallsWhenTheirListHasEnded) {
  AnswerParser parser;
  EXPECT_TRUE(parser.push("<|tool_call_start|>[a(x=1), b(").empty());
  EXPECT_TRUE(parser.push(")]<|tool_call_end|").empty());
  const Answer answer = parser.push("> and");
  ASSERT_EQ(answer.tool_calls.size(), 2u);
  EXPECT_EQ(answer.tool_calls[1].id, "call_2");
  EXPECT_EQ(answer.content, " and");
}

TEST(AnswerParser, NumbersCallsFromWhereItIsTold) {
  const Answer answer = parse_answer("<|tool_call_start|>[a()]", {.first_call = 7});
  EXPECT_EQ(answer.tool_calls.at(0).id, "call_7");
}

TEST(AnswerParser, HoldsBackWhatBeginsLikeACallOfADeclaredToolUntilItIsNot) {
  AnswerParser parser({.tools = kTools});
  EXPECT_EQ(parser.push(" [").content, "");
  EXPECT_EQ(parser.push("get_").content, "");
  EXPECT_EQ(parser.push("date").content, " [get_date");
  EXPECT_EQ(parser.push("(x=1)").content, "(x=1)");

  AnswerParser prose({.tools = kTools});
  EXPECT_EQ(prose.push("[1").content, "[1");
  AnswerParser object({.tools = kTools});
  EXPECT_EQ(object.push("{\"name\": \"B").content, "{\"name\": \"B");
}

TEST(AnswerParser, GivesOnlyWholeCharacters) {
  AnswerParser parser;
  EXPECT_EQ(parser.push("a\xE2\x82").content, "a");
  EXPECT_EQ(parser.push("\xAC").content, "\u20AC");
  EXPECT_EQ(parser.push("\xE2\x82").content, "");
  EXPECT_EQ(parser.finish().content, "\uFFFD");
}

TEST(AnswerParser, BytesThatAreNoTextBecomeReplacementCharacters) {
  EXPECT_EQ(parse_answer("a\xFF\x80z").content, "a\uFFFD\uFFFDz");
  const Answer call = parse_answer("<|tool_call_start|>[f(s='\xC3(')]<|tool_call_end|>");
  EXPECT_EQ(call.tool_calls.at(0).arguments, "{\"s\":\"\uFFFD(\"}");
}

TEST(AnswerParser, WritesJsonWithAndWithoutEmptyMembers) {
  const Answer answer = parse_answer("<think>a</think><|tool_call_start|>[f(x=1)]");
  EXPECT_EQ(to_json(answer), R"({"content":"","thinking":"a","tool_calls":)"
                             R"([{"id":"call_1","name":"f","arguments":{"x":1}}]})");
  EXPECT_EQ(to_json({.content = "b", .thinking = ""}, /*only_changes=*/true), R"({"content":"b"})");
}

TEST(AnswerParser, RefusesToolsThatAreNone) {
  for (const char* tools :
       {"no JSON", "{}", "7", "[{}]", "[7]", R"([{"name": ""}])", R"([{"name": 3}])",
        R"([{"type": "function", "function": {}}])", R"([{"name": "a"}, {"name": "a"}])",
        R"([{"name": "a", "parameters": []}])", "[\"\xFF\"]"}) {
    EXPECT_THROW(AnswerParser({.tools = tools}), Error) << tools;
  }
  const std::string deep =
      R"([{"name": "a", "parameters": {"x": )" + repeated("[", 1000) + repeated("]", 1000) + "}}]";
  EXPECT_THROW(AnswerParser({.tools = deep}), Error);
}

// What a hostile or broken model writes: each costs time in proportion to its length.
TEST(AnswerParser, IsLinearInWhateverIsWritten) {
  constexpr size_t kBytes = testing::kLongText;
  size_t n_read = 0;
  for (const std::string_view unit : {"<",
                                      "<think>",
                                      "</think>",
                                      "<|tool_call_start|>",
                                      "<|tool_call_start|>[f(a='",
                                      "<think>x<|tool_call_start|>",
                                      "<think>a<think>b</think>",
                                      "f(a=",
                                      ",f(a='x",
                                      "'",
                                      "\"\\",
                                      "[",
                                      "(",
                                      "{",
                                      "a(",
                                      "f(a='x' ",
                                      ",f(a=1,",
                                      "{\"name\":",
                                      " ",
                                      "[f()]",
                                      "f(a=\"\"\"",
                                      "<|tool_call_start|>[f(\"<|tool_call_end|>",
                                      ",{\"name\":\"f\",\"arguments\":\"{",
                                      "{1:"}) {
    for (const char* before : {"", "<think>", "<|tool_call_start|>[", "[get_time(a='",
                               "{\"name\": \"get_time\", \"arguments\": {"}) {
      std::string text(before);
      text += repeated(unit, kBytes / unit.size());
      AnswerParser parser({.tools = kTools});
      for (size_t at = 0; at < text.size(); at += 4096) {
        (void)parser.push(std::string_view(text).substr(at, 4096));
      }
      (void)parser.finish();
      n_read += text.size();
    }
  }
  EXPECT_GT(n_read, kBytes);
}

TEST(AnswerParser, IsLinearInAnObjectsMembersAndInArguments) {
  std::string members;
  for (int i = 0; i < 100000; ++i) members += formatted("k{}=1,", i);
  const Answer answer = parse_answer("<|tool_call_start|>[f(" + members + ")]<|tool_call_end|>");
  ASSERT_EQ(answer.tool_calls.size(), 1u);
  EXPECT_TRUE(answer.tool_calls[0].problems.empty());
  EXPECT_TRUE(answer.tool_calls[0].arguments.ends_with("\"k99999\":1}"));
}

}  // namespace
}  // namespace freshet
