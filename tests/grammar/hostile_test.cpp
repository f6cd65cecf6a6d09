// Grammars made to hurt: refused at once or matched at a bounded price, never a crash. How soon
// they are refused is measured by bench_hostile.
#include <freshet/error.h>
#include <freshet/grammar.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "grammar/hostile_cases.h"

namespace freshet {
namespace {

using testing::chain_of_rules;
using testing::hostile_cases;
using testing::HostileCase;
using testing::refusal_of;
using testing::repeated;

TEST(HostileGrammar, IsRefusedInOneLine) {
  for (const HostileCase& one : hostile_cases()) {
    const std::string refusal = refusal_of(one);
    EXPECT_NE(refusal.find(one.refusal), std::string::npos) << one.name << ": " << refusal;
    EXPECT_EQ(refusal.find('\n'), std::string::npos) << one.name;
    EXPECT_LT(refusal.size(), 400u) << one.name;
  }
}

TEST(HostileGrammar, SomeOptionalPartsAreSmall) {
  EXPECT_TRUE(Grammar::from_gbnf("root ::= " + repeated("\"a\"? ", 500)).check("aaa").accepted);
}

TEST(HostileGrammar, LongChainsOfRulesDoNotRecurse) {
  EXPECT_NO_THROW(
      static_cast<void>(Grammar::from_gbnf(chain_of_rules(40'000) + "r40000 ::= \"a\"?")));
  EXPECT_TRUE(Grammar::from_gbnf(chain_of_rules(9000) + "r9000 ::= \"a\"").check("a").accepted);
}

TEST(HostileGrammar, RepeatsOfRepeatsDoNotDouble) {
  const Grammar grammar = Grammar::from_gbnf("root ::= ." + std::string(100, '+') + " \"!\"");
  EXPECT_TRUE(grammar.check("abc!").accepted);
  EXPECT_FALSE(grammar.check("!").accepted);
}

TEST(HostileSchema, SharedReferencesAreFollowedOnce) {
  std::string schema = R"({"$ref": "#/$defs/d0", "$defs": {)";
  for (int i = 0; i < 60; ++i) {
    schema += formatted(
        R"("d{0}": {{"allOf": [{{"$ref": "#/$defs/d{1}"}}, {{"$ref": "#/$defs/d{1}"}}]}},)", i,
        i + 1);
  }
  EXPECT_TRUE(
      Grammar::from_json_schema(schema + R"("d60": {"type": "null"}}})").check("null").accepted);
}

// Twenty alternatives on each side and of each of their properties, four levels deep: 400^4 pairs.
TEST(HostileSchema, SharedAlternativesAreComparedOnce) {
  std::string definitions;
  for (const char side : {'a', 'b'}) {
    definitions += formatted(R"("{}0": {{"enum": ["{}"]}},)", side, side);
    for (int level = 1; level <= 4; ++level) {
      std::string alternatives;
      for (int i = 0; i < 20; ++i) {
        alternatives += formatted(
            R"({}{{"required": ["k"], "properties": {{"z": {{"const": {}}}, "k": {{"$ref": "#/$defs/{}{}"}}}}}})",
            i > 0 ? "," : "", i, side, level - 1);
      }
      definitions +=
          formatted(R"("{}{}": {{"type": "object", "anyOf": [{}]}},)", side, level, alternatives);
    }
  }
  const Grammar grammar = Grammar::from_json_schema(
      R"({"oneOf": [{"$ref": "#/$defs/a4"}, {"$ref": "#/$defs/b4"}], "$defs": {)" + definitions +
      R"("end": {}}})");
  EXPECT_TRUE(grammar.check(R"({"z":1,"k":{"k":{"k":{"k":"b"}}}})").accepted);
  EXPECT_FALSE(grammar.check(R"({"z":1,"k":{"k":{"k":{"k":"c"}}}})").accepted);
}

TEST(HostileSchema, LongEnumsAreReadAsATree) {
  std::string schema = R"({"enum": [)";
  for (int i = 0; i < 30'000; ++i) schema += formatted("\"value-{}\",", i);
  const Grammar grammar = Grammar::from_json_schema(schema + "\"\"]}");
  EXPECT_TRUE(grammar.check("\"value-29999\"").accepted);
  EXPECT_TRUE(grammar.check("\"value-2\"").accepted);
  EXPECT_TRUE(grammar.check("\"\"").accepted);
  EXPECT_FALSE(grammar.check("\"value-30000\"").accepted);
  EXPECT_FALSE(grammar.check("\"value-\"").accepted);
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
