// Grammars made to hurt: refused at once or matched at a bounded price, never a crash.
#include <freshet/error.h>
#include <freshet/grammar.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/format.h"

namespace freshet {
namespace {

struct Outcome {
  std::string error;
  double seconds;
};

Outcome compile(const std::string& grammar) {
  const auto start = std::chrono::steady_clock::now();
  std::string error;
  try {
    static_cast<void>(Grammar::from_gbnf(grammar));
  } catch (const Error& e) {
    error = e.what();
  }
  return {error, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
}

// Refusals take milliseconds; the bound leaves room for sanitizers and for busy machines.
void expect_refused(const std::string& grammar, const std::string& why) {
  const Outcome outcome = compile(grammar);
  EXPECT_NE(outcome.error.find(why), std::string::npos) << outcome.error;
  EXPECT_EQ(outcome.error.find('\n'), std::string::npos);
  EXPECT_LT(outcome.seconds, 2.0);
}

std::string repeated(const std::string& text, size_t n) {
  std::string result;
  for (size_t i = 0; i < n; ++i) result += text;
  return result;
}

TEST(HostileGrammar, SixtyThousandGroupsAreRefused) {
  expect_refused("root ::= " + std::string(60'000, '(') + "\"a\"" + std::string(60'000, ')'),
                 "groups nested deeper than 128");
  expect_refused("root ::= " + std::string(60'000, '('), "groups nested deeper than 128");
}

TEST(HostileGrammar, HugeRepeatsAreRefused) {
  expect_refused("root ::= \"a\"{1,1000000000}",
                 "a repeat of 1000000000, at most 1000000 is possible");
  expect_refused("root ::= \"a\"{99999999999999999999999}", "at most 1000000 is possible");
  expect_refused("root ::= ((\"a\"{1,1000}){1,1000}){1,1000}", "repeats within repeats");
  expect_refused("root ::= \"a\"{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}{2}",
                 "repeats within repeats");
  expect_refused("root ::= \"a\"" + std::string(60'000, '*'), "more than 128 repeats of one part");
}

TEST(HostileGrammar, DoublingRulesAreRefusedForTheirShortestText) {
  std::string grammar = "root ::= r0\n";
  for (int i = 0; i < 60; ++i) grammar += formatted("r{} ::= r{} r{}\n", i, i + 1, i + 1);
  expect_refused(grammar + "r60 ::= \"a\"", "no text of at most 16777216 bytes");
}

TEST(HostileGrammar, ManyOptionalPartsAreRefusedOrSmall) {
  expect_refused("root ::= " + repeated("\"a\"? ", 60'000), "it needs more than");
  EXPECT_EQ(compile("root ::= " + repeated("\"a\"? ", 500)).error, "");
}

TEST(HostileGrammar, LongChainsOfRulesDoNotRecurse) {
  std::string grammar = "root ::= r0\n";
  for (int i = 0; i < 40'000; ++i) grammar += formatted("r{} ::= r{}\n", i, i + 1);
  EXPECT_EQ(compile(grammar + "r40000 ::= \"a\"").error, "");
  EXPECT_EQ(compile(grammar + "r40000 ::= \"a\"?").error, "");
  expect_refused(grammar + "r40000 ::= \"a\" | r0", "left recursion");
}

TEST(HostileGrammar, TooManyRulesOrBytesAreRefused) {
  std::string grammar = "root ::= \"a\"\n";
  for (int i = 0; i < 60'000; ++i) grammar += formatted("r{} ::= \"\"\n", i);
  expect_refused(grammar, "more than 50000 rules");
  expect_refused("root ::= \"" + std::string(2 << 20, 'a') + "\"", "at most 1048576 can be read");
}

TEST(HostileGrammar, ExponentialReadingsStayPolynomial) {
  const std::string doubled = "root ::= " + repeated("(\"a\" | \"a\" | \"aa\") ", 64);
  EXPECT_TRUE(Grammar::from_gbnf(doubled).check(std::string(100, 'a')).accepted);
  const Grammar nested = Grammar::from_gbnf("root ::= ((\"a\"*)*)* \"b\"");
  EXPECT_TRUE(nested.check(std::string(5000, 'a') + "b").accepted);
  const Grammar counted = Grammar::from_gbnf("root ::= (\"a\"{1,100}){1,100}");
  EXPECT_TRUE(counted.check(std::string(3000, 'a')).accepted);
}

TEST(HostileGrammar, ReadingsBeyondTheLimitAreAnErrorAndNotAnHour) {
  const Grammar grammar =
      Grammar::from_gbnf("root ::= (a){1,1000}\na ::= (b){1,1000}\nb ::= (\"x\"{1,1000}){1,1000}");
  try {
    EXPECT_TRUE(grammar.check(std::string(2000, 'x')).accepted);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("too ambiguous"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace freshet
