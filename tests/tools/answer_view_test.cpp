// How an answer looks on its way to the reader.
#include "tools/answer_view.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace freshet {
namespace {

constexpr const char* kText =
    "<think>Rain?</think>\n\nLet me look.<|tool_call_start|>[get_weather(city='Paris', n=3)]"
    "<|tool_call_end|> Wait.";

std::string shown(std::string_view text, AnswerStyle style, size_t piece) {
  std::string out;
  AnswerView view({}, style, [&](std::string_view part) { out += part; });
  for (size_t at = 0; at < text.size(); at += piece) view.push(text.substr(at, piece));
  (void)view.finish();
  return out;
}

TEST(AnswerView, ShowsThinkingWithinItsMarksAndCallsAsLines) {
  for (const size_t piece : {1, 5, 1000}) {
    EXPECT_EQ(shown(kText, {}, piece),
              "<think>Rain?</think>\nLet me look.\nget_weather(city=\"Paris\", n=3)\nWait.\n");
  }
}

TEST(AnswerView, DimsThinkingWhereThereIsColour) {
  EXPECT_EQ(shown("<think>Hm.</think>Yes.", {.colour = true}, 3), "\033[2mHm.\033[0m\nYes.\n");
  EXPECT_EQ(shown("<think>Hm", {.colour = true}, 3), "\033[2mHm\033[0m\n");
}

TEST(AnswerView, LeavesThinkingOutOrShowsNothingElse) {
  EXPECT_EQ(shown(kText, {.thinking = ShownThinking::kNone}, 1),
            "Let me look.\nget_weather(city=\"Paris\", n=3)\nWait.\n");
  EXPECT_EQ(shown(kText, {.thinking = ShownThinking::kOnly}, 1), "Rain?\n");
}

TEST(AnswerView, KeepsTextWithoutMarksAsItIs) {
  EXPECT_EQ(shown("  a\n\n b \n", {}, 2), "  a\n\n b \n");
  EXPECT_EQ(shown("", {}, 1), "\n");
}

TEST(AnswerView, ReturnsTheWholeAnswer) {
  AnswerView view({}, {.thinking = ShownThinking::kNone}, [](std::string_view) {});
  view.push(kText);
  EXPECT_EQ(view.finish(), parse_answer(kText));
}

TEST(ResultJson, SaysHowItEndedAndWhatItCost) {
  Generation generation;
  generation.prompt_tokens = 7;
  generation.tokens = {1, 2, 3};
  const auto result = [&](const std::string& text) {
    return nlohmann::json::parse(result_json(parse_answer(text), generation));
  };
  EXPECT_EQ(result("Yes.")["finish_reason"], "stop");
  EXPECT_EQ(result("Yes.")["usage"]["prompt_tokens"], 7);
  EXPECT_EQ(result("Yes.")["usage"]["completion_tokens"], 3);
  EXPECT_EQ(result("<|tool_call_start|>[f()]")["finish_reason"], "tool_calls");
  generation.reason = StopReason::kMaxTokens;
  EXPECT_EQ(result("<|tool_call_start|>[f()]")["finish_reason"], "length");
}

}  // namespace
}  // namespace freshet
