// Tool calls: the call form of the family, arguments as declared.
#include <freshet/error.h>
#include <gtest/gtest.h>

#include "grammar/constraint.h"
#include "grammar/small_vocabulary.h"

namespace freshet {
namespace {

using testing::small_vocabulary;

constexpr const char* kTools = R"([
  {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1, "maximum": 7},
                   "units": {"enum": ["c", "f"]}, "opts": {"type": "object",
                     "properties": {"wind": {"type": "boolean"}}}},
    "required": ["city"]}}},
  {"name": "now"}])";

/// Whether text between the marks, ending with the end mark, is a list of calls.
bool accepts(std::string_view text, const ToolGrammarOptions& options = {}) {
  ConstraintCompiler compiler(small_vocabulary());
  Matcher matcher(compiler.compile_tools(kTools, options), ConstraintStart::kAtOnce);
  matcher.accept(*small_vocabulary().find("<|tool_call_start|>"));
  for (const char byte : text) {
    const TokenId token = *small_vocabulary().find({&byte, 1});
    if (!matcher.mask()->allows(token)) return false;
    matcher.accept(token);
  }
  const TokenId end = *small_vocabulary().find("<|tool_call_end|>");
  if (!matcher.mask()->allows(end)) return false;
  matcher.accept(end);
  return matcher.is_finished();
}

TEST(ToolGrammar, CallsAreAsDeclared) {
  EXPECT_TRUE(accepts("[get_weather(city='Oslo')]"));
  EXPECT_TRUE(accepts("[get_weather(city=\"O'lo\", days=3, units='c')]"));
  EXPECT_TRUE(accepts("[get_weather(city='x', opts={\"wind\": true})]"));
  EXPECT_TRUE(accepts("[get_weather(city='x', opts={'wind': False})]"));
  EXPECT_TRUE(accepts("[now()]"));
  EXPECT_TRUE(accepts("[now(), get_weather(city='x'),now()]"));
  EXPECT_FALSE(accepts("[get_weather()]"));
  EXPECT_FALSE(accepts("[get_weather(city=5)]"));
  EXPECT_FALSE(accepts("[get_weather(city='x', days=8)]"));
  EXPECT_FALSE(accepts("[get_weather(city='x', days='3')]"));
  EXPECT_FALSE(accepts("[get_weather(city='x', wind=True)]"));
  EXPECT_FALSE(accepts("[now(x=1)]"));
  EXPECT_FALSE(accepts("[later()]"));
  EXPECT_FALSE(accepts("[]"));
  EXPECT_FALSE(accepts("[get_weather(city='a\nb')]"));
}

TEST(ToolGrammar, OneFunctionOrOneCallCanBeDemanded) {
  EXPECT_FALSE(accepts("[now()]", {.name = "get_weather"}));
  EXPECT_TRUE(accepts("[get_weather(city='x')]", {.name = "get_weather"}));
  EXPECT_FALSE(accepts("[now(), now()]", {.several = false}));
  EXPECT_TRUE(accepts("[now()]", {.several = false}));
}

TEST(ToolGrammar, WhatIsNoToolIsRefused) {
  EXPECT_THROW(static_cast<void>(Grammar::from_tools("{}")), Error);
  EXPECT_THROW(static_cast<void>(Grammar::from_tools("[]")), Error);
  EXPECT_THROW(static_cast<void>(Grammar::from_tools(R"([{"name": "a b"}])")), Error);
  EXPECT_THROW(static_cast<void>(
                   Grammar::from_tools(R"([{"name": "f", "parameters": {"type": "string"}}])")),
               Error);
  EXPECT_THROW(static_cast<void>(Grammar::from_tools(kTools, {.name = "later"})), Error);
}

}  // namespace
}  // namespace freshet
