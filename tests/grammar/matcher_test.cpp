// An answer under a constraint: from where it holds, when it may end, how it is closed in time.
#include <freshet/error.h>
#include <freshet/grammar.h>
#include <gtest/gtest.h>

#include "grammar/constraint.h"
#include "grammar/small_vocabulary.h"

namespace freshet {
namespace {

using testing::small_vocabulary;
using testing::spell;

Constraint constraint_of(std::string_view grammar) {
  ConstraintCompiler compiler(small_vocabulary());
  return compiler.compile(Grammar::from_gbnf(grammar));
}

TokenId token(std::string_view text) { return *small_vocabulary().find(text); }

void accept_text(Matcher& matcher, std::string_view text) {
  for (const TokenId id : spell(small_vocabulary(), text)) {
    const TokenMask* mask = matcher.mask();
    ASSERT_TRUE(mask == nullptr || mask->allows(id)) << small_vocabulary().piece(id);
    matcher.accept(id);
  }
}

TEST(Matcher, AllowsTheEndExactlyWhereTheGrammarMayEnd) {
  Matcher matcher(constraint_of("root ::= \"ab\" \"c\"?"), ConstraintStart::kAtOnce);
  EXPECT_FALSE(matcher.mask()->allows(token("<|im_end|>")));
  accept_text(matcher, "ab");
  EXPECT_TRUE(matcher.mask()->allows(token("<|im_end|>")));
  EXPECT_TRUE(matcher.may_end());
  EXPECT_FALSE(matcher.is_finished());
  accept_text(matcher, "c");
  EXPECT_TRUE(matcher.is_finished());
}

TEST(Matcher, RefusesWhatTheMaskForbids) {
  Matcher matcher(constraint_of("root ::= \"ab\""), ConstraintStart::kAtOnce);
  EXPECT_THROW(matcher.accept(token("x")), Error);
  EXPECT_THROW(matcher.accept(token("<|im_end|>")), Error);
  EXPECT_THROW(matcher.accept(-1), Error);
  EXPECT_THROW(matcher.accept(1 << 20), Error);
}

TEST(Matcher, ACopyIsAFork) {
  Matcher matcher(constraint_of("root ::= \"a\" (\"b\" | \"c\")"), ConstraintStart::kAtOnce);
  accept_text(matcher, "a");
  Matcher fork = matcher;
  accept_text(matcher, "b");
  accept_text(fork, "c");
  EXPECT_TRUE(matcher.is_finished());
  EXPECT_TRUE(fork.is_finished());
}

TEST(Matcher, HoldsFromBehindThinking) {
  Matcher matcher(constraint_of("root ::= \"ab\""), ConstraintStart::kAfterThinking);
  EXPECT_FALSE(matcher.mask()->allows(token("<|im_end|>")));
  accept_text(matcher, "hello world");
  matcher.accept(token("</think>"));
  EXPECT_TRUE(matcher.mask()->allows(token("\n\n")));
  EXPECT_FALSE(matcher.mask()->allows(token("x")));
  Matcher with_newlines = matcher;
  with_newlines.accept(token("\n"));
  EXPECT_FALSE(with_newlines.mask()->allows(token("\n\n")));
  with_newlines.accept(token("\n"));
  EXPECT_FALSE(with_newlines.mask()->allows(token("\n")));
  accept_text(with_newlines, "ab");
  EXPECT_TRUE(with_newlines.is_finished());
  accept_text(matcher, "ab");
  EXPECT_TRUE(matcher.is_finished());
}

TEST(Matcher, ThinkingMayBeLeftOut) {
  const Constraint constraint = constraint_of("root ::= \"ab\"");
  Matcher thinks(constraint, ConstraintStart::kAfterOptionalThinking);
  EXPECT_TRUE(thinks.mask()->allows(token("<think>")));
  EXPECT_FALSE(thinks.mask()->allows(token("x")));
  Matcher answers = thinks;
  thinks.accept(token("<think>"));
  accept_text(thinks, "x");
  thinks.accept(token("</think>"));
  accept_text(thinks, "ab");
  EXPECT_TRUE(thinks.is_finished());
  accept_text(answers, "ab");
  EXPECT_TRUE(answers.is_finished());
}

TEST(Matcher, HoldsFromACallMarkToItsEndAndIsFreeElsewhere) {
  Matcher matcher(constraint_of("root ::= <|tool_call_start|> \"[\" [a-z]+ \"()\" \"]\" "
                                "<|tool_call_end|>"),
                  ConstraintStart::kAtToolCall);
  EXPECT_EQ(matcher.mask(), nullptr);
  EXPECT_TRUE(matcher.may_end());
  accept_text(matcher, "hello [abc()]");
  EXPECT_EQ(matcher.mask(), nullptr);
  matcher.accept(token("<|tool_call_start|>"));
  ASSERT_NE(matcher.mask(), nullptr);
  EXPECT_FALSE(matcher.mask()->allows(token("x")));
  EXPECT_FALSE(matcher.may_end());
  accept_text(matcher, "[abc()]");
  EXPECT_FALSE(matcher.mask()->allows(token("<|im_end|>")));
  matcher.accept(token("<|tool_call_end|>"));
  EXPECT_EQ(matcher.mask(), nullptr);
  accept_text(matcher, "x");
  matcher.accept(token("<|im_end|>"));
  EXPECT_TRUE(matcher.is_finished());
}

TEST(Matcher, ATokenThatTheVocabularyLacksIsRefused) {
  EXPECT_THROW(constraint_of("root ::= <|no_such_token|>"), Error);
  EXPECT_THROW(constraint_of("root ::= <[99999]>"), Error);
}

/// Completes the text with closing tokens alone.
std::string close(Matcher& matcher, int64_t n_left) {
  std::string text;
  while (const auto id = matcher.closing_token()) {
    EXPECT_TRUE(matcher.mask()->allows(*id));
    EXPECT_FALSE(matcher.overruns(*id, n_left)) << n_left;
    matcher.accept(*id);
    text += small_vocabulary().piece(*id);
    --n_left;
  }
  return text;
}

TEST(Matcher, ClosingTokensLeadToAnEndInTime) {
  Matcher matcher(constraint_of(R"(root ::= "{\"name\": \"" [a-z]{2,5} "\", " root? "}" )"),
                  ConstraintStart::kAtOnce);
  accept_text(matcher, R"({"name": "a)");
  EXPECT_FALSE(matcher.overruns(token("a"), 10));
  EXPECT_TRUE(matcher.overruns(token("a"), 3));
  const std::string closed = close(matcher, 5);
  EXPECT_EQ(closed.substr(1), "\", }");
}

TEST(Matcher, ClosesThinkingAndControlTokensToo) {
  Matcher matcher(constraint_of("root ::= \"ab\" <|tool_call_end|>"),
                  ConstraintStart::kAfterThinking);
  accept_text(matcher, "hello");
  EXPECT_TRUE(matcher.overruns(token("x"), 4));
  EXPECT_EQ(close(matcher, 20), "</think>ab<|tool_call_end|>");
}

TEST(ConstraintCompiler, KeepsNoMoreThanItsCapacity) {
  ConstraintCompiler compiler(small_vocabulary(), 2);
  const Constraint a = compiler.compile_gbnf("root ::= \"a\"");
  EXPECT_EQ(compiler.compile_gbnf("root ::= \"a\"").impl(), a.impl());
  static_cast<void>(compiler.compile_gbnf("root ::= \"b\""));
  static_cast<void>(compiler.compile_gbnf("root ::= \"c\""));
  EXPECT_EQ(compiler.size(), 2u);
  EXPECT_NE(compiler.compile_gbnf("root ::= \"a\"").impl(), a.impl());
}

}  // namespace
}  // namespace freshet
