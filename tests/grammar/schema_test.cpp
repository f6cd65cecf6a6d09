// JSON Schema: valid documents are accepted, invalid ones are not, whatever is written under a
// schema is valid, and what cannot be enforced is refused by name.
#include "grammar/schema.h"

#include <freshet/error.h>
#include <freshet/grammar.h>
#include <gtest/gtest.h>

#include "grammar/schema_cases.h"

namespace freshet {
namespace {

using testing::random_answer;
using testing::schema_cases;
using testing::SchemaCase;

bool accepts(std::string_view schema, std::string_view text) {
  return Grammar::from_json_schema(schema).check(text).accepted;
}

std::string error_of(std::string_view schema) {
  try {
    static_cast<void>(Grammar::from_json_schema(schema));
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(JsonSchema, HasTwoHundredCases) { EXPECT_GE(schema_cases().size(), 200u); }

TEST(JsonSchema, ValidDocumentsAreAcceptedHoweverPythonPrintsThem) {
  for (const SchemaCase& one : schema_cases()) {
    const Grammar grammar = Grammar::from_json_schema(one.schema);
    for (const std::string& text : one.valid) {
      EXPECT_TRUE(grammar.check(text).accepted) << one.schema << "\n" << text;
    }
  }
}

TEST(JsonSchema, InvalidDocumentsAreNot) {
  for (const SchemaCase& one : schema_cases()) {
    const Grammar grammar = Grammar::from_json_schema(one.schema);
    for (const std::string& text : one.invalid) {
      const GrammarVerdict verdict = grammar.check(text);
      EXPECT_FALSE(verdict.accepted) << one.schema << "\n" << text;
      EXPECT_NE(verdict.expected, "") << one.schema << "\n" << text;
    }
  }
}

TEST(JsonSchema, WhatNoiseWritesUnderASchemaIsValid) {
  uint32_t seed = 1;
  for (const SchemaCase& one : schema_cases()) {
    Schemas schemas;
    const SchemaId root = read_schema(schemas, Json::parse(one.schema));
    for (const int64_t max_tokens : {1500, 3000}) {
      const std::string text = random_answer(one.schema, seed++, max_tokens);
      ASSERT_TRUE(Json::accept(text)) << one.schema << "\n" << text;
      EXPECT_TRUE(is_valid(schemas, root, Json::parse(text))) << one.schema << "\n" << text;
      EXPECT_TRUE(accepts(one.schema, text)) << one.schema << "\n" << text;
    }
  }
}

TEST(JsonSchema, CannotBeEnforcedIsSaidByNameAndPlace) {
  const std::pair<const char*, const char*> kRefused[] = {
      {R"j({"not": {}})j", "schema: /not: the keyword not cannot be enforced"},
      {R"j({"properties": {"a": {"multipleOf": 3}}})j", "schema: /properties/a/multipleOf: "},
      {R"j({"uniqueItems": true})j", "/uniqueItems: the keyword uniqueItems cannot be enforced"},
      {R"j({"patternProperties": {"^a": {}}})j", "/patternProperties: "},
      {R"j({"propertyNames": {}})j", "/propertyNames: "},
      {R"j({"if": {}, "then": {}})j", "/if: "},
      {R"j({"contains": {}})j", "/contains: "},
      {R"j({"dependentRequired": {}})j", "/dependentRequired: "},
      {R"j({"unevaluatedProperties": false})j", "/unevaluatedProperties: "},
      {R"j({"minimun": 3})j", "/minimun: the keyword minimun cannot be enforced"},
      {R"j({"type": "string", "nullable": true})j", "/nullable: not a keyword of JSON Schema"},
      {R"j({"format": "uri"})j", "/format: the format \"uri\" cannot be enforced"},
      {R"j({"pattern": "(?=a)"})j", "/pattern: the pattern \"(?=a)\" has lookaround at byte"},
      {R"j({"pattern": "(a)\\1"})j", "has \\1 at byte"},
      {R"j({"pattern": "\\bx"})j", "has \\b at byte"},
      {R"j({"pattern": "a^b"})j", "an anchor in the middle"},
      {R"j({"pattern": "(^a)"})j", "an anchor within a group"},
      {R"j({"pattern": "\\p{L}"})j", "has \\p at byte"},
      {R"j({"pattern": "("})j", "a group without its )"},
      {R"j({"pattern": "a**"})j", "a repeat of a repeat"},
      {R"j({"pattern": "[z-a]"})j", "a range that ends before it begins"},
      {R"j({"$ref": "other.json"})j", "leads out of this schema"},
      {R"j({"$ref": "#/$defs/x"})j", "/$ref: expected a reference to something that is there"},
      {R"j({"oneOf": [{"type": "string"}, {"minLength": 3}]})j", "alternatives 0 and 1 at once"},
      {R"j({"oneOf": [{"type": "number"}, {"type": "integer"}]})j", "alternatives 0 and 1 at once"},
      {R"j({"type": "strin"})j", "/type: expected the name of a type"},
      {R"j({"required": "a"})j", "/required: expected a list of names"},
      {R"j({"minLength": -1})j", "/minLength: expected a whole number"},
      {R"j({"minLength": 5, "maxLength": 3})j", "a minimum above its maximum"},
      {R"j({"maxLength": 10000000})j", "/maxLength: 10000000 is beyond the limit of 1000000"},
      {R"j({"type": "object", "minProperties": 2})j", "nothing keeps their names apart"},
      {R"j({"type": "integer", "minimum": 5, "maximum": 3})j", "no text of at most"},
      {R"j({"enum": [1], "type": "string"})j", "no text of at most"},
      {R"j({"allOf": [{"type": "string"}, {"type": "null"}]})j", "no text of at most"},
      {R"j({"properties": {"a": {"$ref": "#"}}, "required": ["a"]})j", "never comes to an end"},
      {R"j({"$ref": "#"})j", "never comes to an end"},
      {R"j({"allOf": [{"$ref": "#"}, {"type": "string"}]})j", "it refers to itself"},
      {R"j({"a\nb": 1})j", R"(schema: "/a\x0ab": the keyword "a\x0ab" cannot be enforced)"},
      {R"j({"properties": {"a\tb": {"type": "integer", "minimum": 2, "maximum": 1}},
            "required": ["a\tb"]})j",
       "no text of at most"},
      {R"j({"type": "integer", "minimum": 123456789012345678901234567890})j",
       "schema: the whole number 123456789012345678901234567890 is beyond 64 bits"},
      {R"j({"const": 18446744073709551616})j", "18446744073709551616 is beyond 64 bits"},
      {R"j({"enum": [1, {"a": [-9223372036854775809]}]})j", "-9223372036854775809 is beyond"},
      {"[]", "schema: the root: expected a schema"},
      {"{", "schema: not JSON"},
  };
  for (const auto& [schema, message] : kRefused) {
    const std::string error = error_of(schema);
    EXPECT_NE(error.find(message), std::string::npos) << schema << ": " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
}

TEST(JsonSchema, HostileSchemasAreRefusedAndNotFollowed) {
  std::string deep;
  for (int i = 0; i < 60'000; ++i) deep += R"({"items":)";
  EXPECT_NE(error_of(deep).find("nested deeper than 128"), std::string::npos);
  std::string cross = R"({"allOf": [)";
  for (int i = 0; i < 20; ++i) {
    if (i > 0) cross += ",";
    cross += R"({"anyOf": [{"minLength": 1}, {"maxLength": 9}, {"pattern": "a"}]})";
  }
  EXPECT_NE(error_of(cross + "]}").find("combinations of alternatives"), std::string::npos);
  EXPECT_NE(
      error_of(R"j({"type": "string", "pattern": "((a{1,900}){1,900}){1,900}", "maxLength": 5})j")
          .find("more than 20000 states"),
      std::string::npos);
}

TEST(JsonSchema, LongStringsCostNothing) {
  // Nested lengths of thousands are what other engines choke on.
  const char* const schema = R"({"type": "array", "maxItems": 5000, "items": {"type": "object",
      "properties": {"t": {"type": "string", "maxLength": 100000},
                     "p": {"type": "string", "pattern": "^[a-z]{1,5000}$"}},
      "required": ["t", "p"]}})";
  const std::string item =
      R"({"t": ")" + std::string(50'000, 'x') + R"(", "p": ")" + std::string(5000, 'y') + R"("})";
  EXPECT_TRUE(accepts(schema, "[" + item + ", " + item + "]"));
  EXPECT_FALSE(accepts(schema, R"([{"t": "", "p": ")" + std::string(5001, 'y') + R"("}])"));
}

TEST(JsonSchema, DeclaredOrderIsTheOnlyOrder) {
  const char* const schema = R"({"properties": {"a": {}, "b": {}, "c": {}}})";
  EXPECT_TRUE(accepts(schema, R"({"a": 1, "c": 2})"));
  EXPECT_FALSE(accepts(schema, R"({"c": 2, "a": 1})"));
  EXPECT_FALSE(accepts(schema, R"({"a": 1, "d": 2})"));
}

TEST(JsonSchema, ADeclaredNameDoesNotComeBackInDisguise) {
  const char* const schema =
      R"({"properties": {"ab": {"type": "null"}}, "additionalProperties": {"type": "integer"}})";
  EXPECT_TRUE(accepts(schema, R"({"abc": 1, "a": 2, "b": 3, "": 4})"));
  EXPECT_FALSE(accepts(schema, R"({"ab": 1})"));
  EXPECT_FALSE(accepts(schema, R"({"\u0061b": 1})"));
}

TEST(JsonSchema, SurrogatesComeInPairs) {
  EXPECT_TRUE(accepts(R"({"type": "string", "maxLength": 1})", R"("\ud83d\ude00")"));
  EXPECT_TRUE(accepts(R"({"type": "string", "pattern": "^😀$"})", R"("\ud83d\ude00")"));
  EXPECT_FALSE(accepts(R"({"type": "string"})", R"("\ud83d")"));
  EXPECT_FALSE(accepts(R"({"type": "string"})", R"("\ude00\ud83d")"));
}

TEST(AnyJson, IsJsonAndNothingElse) {
  const Grammar grammar = Grammar::any_json();
  for (const char* text :
       {"null", "[1, {\"a\": [true, -0.5e+3, \"x\\n\"]}, []]", "{\n  \"a\": {}\n}"}) {
    EXPECT_TRUE(grammar.check(text).accepted) << text;
  }
  for (const char* text : {"", "nul", "[1,]", "{a: 1}", "'x'", "01", "1.", "[1 2]", "\"\n\""}) {
    EXPECT_FALSE(grammar.check(text).accepted) << text;
  }
}

}  // namespace
}  // namespace freshet
