// GBNF: what each construct accepts, and what is said about what is not GBNF.
#include <freshet/error.h>
#include <freshet/grammar.h>
#include <gtest/gtest.h>

namespace freshet {
namespace {

bool accepts(std::string_view grammar, std::string_view text) {
  return Grammar::from_gbnf(grammar).check(text).accepted;
}

std::string error_of(std::string_view grammar) {
  try {
    static_cast<void>(Grammar::from_gbnf(grammar));
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Gbnf, ALiteralIsItself) {
  EXPECT_TRUE(accepts(R"(root ::= "yes")", "yes"));
  EXPECT_FALSE(accepts(R"(root ::= "yes")", "ye"));
  EXPECT_FALSE(accepts(R"(root ::= "yes")", "yess"));
  EXPECT_TRUE(accepts(R"(root ::= "")", ""));
  EXPECT_FALSE(accepts(R"(root ::= "")", "x"));
}

TEST(Gbnf, EscapesStandForCharacters) {
  EXPECT_TRUE(accepts(R"(root ::= "\n\t\r\"\\\x41\u00e9\U0001F600")", "\n\t\r\"\\Aé😀"));
  EXPECT_TRUE(accepts(R"(root ::= [\x41-\x43\]\-\^\n]+)", "ABC]-^\n"));
  EXPECT_TRUE(accepts(R"(root ::= "\xE9")", "é"));  // a character, not a byte
}

TEST(Gbnf, ClassesHoldRangesOfCharacters) {
  EXPECT_TRUE(accepts("root ::= [a-cx-z0]+", "abxz0"));
  EXPECT_FALSE(accepts("root ::= [a-cx-z0]+", "d"));
  EXPECT_TRUE(accepts("root ::= [a-]+", "a-"));
  EXPECT_TRUE(accepts("root ::= [α-ω]+", "λγ"));
  EXPECT_FALSE(accepts("root ::= [α-ω]+", "Λ"));
}

TEST(Gbnf, NegatedClassesHoldWholeCharacters) {
  EXPECT_TRUE(accepts("root ::= [^a]+", "bcé€😀"));
  EXPECT_FALSE(accepts("root ::= [^é]", "é"));
  EXPECT_TRUE(accepts("root ::= [^é]", "è"));
  EXPECT_FALSE(accepts("root ::= [^a]", "\xC3"));          // half a character
  EXPECT_FALSE(accepts("root ::= [^a]", "\xED\xA0\x80"));  // a surrogate
}

TEST(Gbnf, ADotIsOneCharacter) {
  EXPECT_TRUE(accepts("root ::= . .", "é\n"));
  EXPECT_FALSE(accepts("root ::= .", "\xC3\xA9\xC3"));
}

TEST(Gbnf, RepeatsCount) {
  EXPECT_TRUE(accepts(R"(root ::= "a"*)", ""));
  EXPECT_TRUE(accepts(R"(root ::= "a"*)", "aaaa"));
  EXPECT_FALSE(accepts(R"(root ::= "a"+)", ""));
  EXPECT_TRUE(accepts(R"(root ::= "a"? "b")", "b"));
  EXPECT_TRUE(accepts(R"(root ::= "a"{3})", "aaa"));
  EXPECT_FALSE(accepts(R"(root ::= "a"{3})", "aaaa"));
  EXPECT_FALSE(accepts(R"(root ::= "a"{2,})", "a"));
  EXPECT_TRUE(accepts(R"(root ::= "a"{2,})", "aaaaaaaa"));
  EXPECT_TRUE(accepts(R"(root ::= "a"{0,2} "b")", "aab"));
  EXPECT_FALSE(accepts(R"(root ::= "a"{0,2} "b")", "aaab"));
  EXPECT_TRUE(accepts(R"(root ::= "a"{0} "b")", "b"));
}

TEST(Gbnf, LongRepeatsCountExactly) {
  for (const size_t n : {199u, 200u, 500u, 501u}) {
    const bool inside = n >= 200 && n <= 500;
    EXPECT_EQ(accepts(R"gbnf(root ::= ("ab" | "c"){200,500} "!")gbnf", std::string(n, 'c') + "!"),
              inside);
  }
  EXPECT_FALSE(accepts("root ::= [a-z]{1000,}", std::string(999, 'q')));
  EXPECT_TRUE(accepts("root ::= [a-z]{1000,}", std::string(4000, 'q')));
}

TEST(Gbnf, RepeatsOfWhatMayBeEmptyNeedNoRounds) {
  const char* const grammar = R"gbnf(root ::= ("a"? "b"?){100,200} "c")gbnf";
  EXPECT_TRUE(accepts(grammar, "c"));
  EXPECT_TRUE(accepts(grammar, "abbac"));
  EXPECT_TRUE(accepts(grammar, std::string(200, 'b') + "c"));
  EXPECT_FALSE(accepts(grammar, std::string(201, 'b') + "c"));
}

TEST(Gbnf, RulesMayNameEachOtherInAnyOrder) {
  const char* const grammar = R"gbnf(
    # sums, over several lines
    root ::= term (  # groups too
      "+" term
      | "-" term )*
    term ::= number
           | "(" root ")"
    number ::= [0-9]+
  )gbnf";
  EXPECT_TRUE(accepts(grammar, "1+(2-3)-44"));
  EXPECT_FALSE(accepts(grammar, "1+(2-3"));
  EXPECT_FALSE(accepts(grammar, "1++2"));
}

TEST(Gbnf, RecursionNestsAsDeepAsTheText) {
  const char* const grammar = R"(root ::= "[" root? "]")";
  const std::string open(50'000, '[');
  EXPECT_TRUE(accepts(grammar, open + std::string(50'000, ']')));
  EXPECT_FALSE(accepts(grammar, open + std::string(49'999, ']')));
}

TEST(Gbnf, AmbiguityIsHarmless) {
  EXPECT_TRUE(accepts(R"(root ::= "x" | "x" root | root2
                         root2 ::= "x" root "x" | "x")",
                      std::string(200, 'x')));
  // Two readings of each character, told apart only at the end.
  const char* const mirrored = R"(root ::= a "1" | b "2"
                                  a ::= "x" root | "y"
                                  b ::= "x" root | "y")";
  EXPECT_TRUE(accepts(mirrored, std::string(300, 'x') + "y" + std::string(301, '2')));
  EXPECT_FALSE(accepts(mirrored, std::string(300, 'x') + "y" + std::string(300, '2')));
}

TEST(Gbnf, ControlTokensAreNeverTextual) {
  EXPECT_FALSE(accepts("root ::= <|im_end|>", "<|im_end|>"));
  EXPECT_TRUE(accepts(R"(root ::= "<|im_end|>")", "<|im_end|>"));
}

TEST(Gbnf, TheVerdictSaysWhereAndWhatWasExpected) {
  const Grammar grammar = Grammar::from_gbnf(R"(root ::= "é\n" "name: " [0-9]+)");
  const GrammarVerdict wrong = grammar.check("é\nname; 5");
  EXPECT_FALSE(wrong.accepted);
  EXPECT_EQ(wrong.offset, 7u);
  EXPECT_EQ(wrong.line, 2u);
  EXPECT_EQ(wrong.column, 5u);
  EXPECT_EQ(wrong.expected, "\": \"");
  EXPECT_EQ(wrong.found, "\";\"");
  const GrammarVerdict unfinished = grammar.check("é\nname: ");
  EXPECT_EQ(unfinished.offset, 9u);
  EXPECT_EQ(unfinished.expected, "\"0\" to \"9\"");
  EXPECT_EQ(unfinished.found, "the end of the text");
  const GrammarVerdict too_long = grammar.check("é\nname: 5x");
  EXPECT_EQ(too_long.expected, "\"0\" to \"9\" or the end of the text");
}

TEST(Gbnf, ErrorsNameLineAndColumn) {
  EXPECT_EQ(error_of(""), "grammar: there is no rule named root, which is where it starts");
  EXPECT_EQ(error_of("root ::= \"a\nb\""),
            "grammar: line 1, column 10: this literal is not closed: a \" is missing");
  EXPECT_EQ(error_of("root ::= foo\nbar ::= \"x\""),
            "grammar: line 1, column 10: the rule \"foo\" is not defined");
  EXPECT_EQ(error_of("root ::= \"a\"\nroot ::= \"b\""),
            "grammar: line 2, column 1: the rule \"root\" is defined a second time");
  EXPECT_EQ(error_of("root = \"a\""), "grammar: line 1, column 6: expected ::=, found \"=\"");
  EXPECT_EQ(error_of("root ::= (\"a\""),
            "grammar: line 1, column 10: this group is not closed: a ) is missing");
  EXPECT_EQ(error_of("root ::= \"a\")"),
            "grammar: line 1, column 13: expected the end of the rule, found \")\"");
  EXPECT_EQ(error_of("root ::= [z-a]"),
            "grammar: line 1, column 11: a range that ends before it begins");
  EXPECT_EQ(error_of("root ::= \"\\uD800\""),
            "grammar: line 1, column 11: U+D800 is not a character");
  EXPECT_EQ(error_of("root ::= \"\\x4\""),
            "grammar: line 1, column 11: expected 2 hexadecimal digits");
  EXPECT_EQ(error_of("root ::= \"a\"{3,1}"),
            "grammar: line 1, column 14: {3,1}: the second number is smaller");
  EXPECT_EQ(error_of("root ::= \"a\"{,3}"),
            "grammar: line 1, column 14: expected a number, found \",\"");
  EXPECT_EQ(error_of("root ::= \"\xFF\""), "grammar: line 1, column 11: not UTF-8");
  EXPECT_EQ(
      error_of("root ::= *"),
      "grammar: line 1, column 10: expected a literal, a class, a group or the name of a rule, "
      "found \"*\"");
}

TEST(Gbnf, LeftRecursionIsRefusedByName) {
  EXPECT_EQ(
      error_of("root ::= expr\nexpr ::= expr \"+\" term | term\nterm ::= [0-9]"),
      "grammar: left recursion, a rule that begins with itself: 'expr' -> 'expr'; write it as "
      "a repeat, or with the recursion at the end");
  EXPECT_NE(error_of("root ::= a\na ::= b \"x\" | \"y\"\nb ::= \" \"* a").find("'a' -> 'b' -> 'a'"),
            std::string::npos)
      << error_of("root ::= a\na ::= b \"x\" | \"y\"\nb ::= \" \"* a");
}

TEST(Gbnf, ARuleThatNeverEndsIsRefused) {
  EXPECT_EQ(
      error_of("root ::= \"a\" root"),
      "grammar: no text of at most 16777216 bytes satisfies it: 'root' never comes to an end");
  // Only the alternative that never ends is lost.
  EXPECT_FALSE(accepts("root ::= \"a\" root | \"b\" x\nx ::= \"c\"", "aaad"));
  EXPECT_TRUE(accepts("root ::= y | \"b\"\ny ::= \"c\" y", "b"));
}

}  // namespace
}  // namespace freshet
