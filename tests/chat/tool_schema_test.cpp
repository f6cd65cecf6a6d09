// Arguments held against what a tool declares.
#include "chat/tool_schema.h"

#include <gtest/gtest.h>

namespace freshet {
namespace {

/// The arguments of f(`written`) under `parameters`, and behind them the problems.
struct Bound {
  std::string arguments;
  std::vector<std::string> problems;
};

Bound bound_by(const std::string& parameters, const std::string& written) {
  const ToolSet tools(R"([{"name": "f", "parameters": )" + parameters + "}]");
  const CallList list = read_calls("[f(" + written + ")]", {});
  EXPECT_EQ(list.calls.size(), 1u) << written;
  if (list.calls.empty()) return {};
  ToolCall call = tools.bind(list.calls[0]);
  return {std::move(call.arguments), std::move(call.problems)};
}

/// The value of an argument x with the schema `schema`, as JSON, or the first problem.
std::string typed(const std::string& schema, const std::string& written) {
  const Bound bound = bound_by(R"({"properties": {"x": )" + schema + "}}", "x=" + written);
  if (!bound.problems.empty()) return bound.problems[0];
  return bound.arguments.substr(5, bound.arguments.size() - 6);  // within {"x": }
}

std::string of_type(const std::string& type, const std::string& written) {
  return typed(R"({"type": ")" + type + "\"}", written);
}

TEST(ToolSchema, LeavesWhatFits) {
  EXPECT_EQ(of_type("string", "'3'"), R"("3")");
  EXPECT_EQ(of_type("integer", "3"), "3");
  EXPECT_EQ(of_type("number", "3"), "3");
  EXPECT_EQ(of_type("number", "3.5"), "3.5");
  EXPECT_EQ(of_type("boolean", "True"), "true");
  EXPECT_EQ(of_type("null", "None"), "null");
  EXPECT_EQ(of_type("array", "[1, 'a']"), R"([1,"a"])");
  EXPECT_EQ(of_type("object", "{'a': 1}"), R"({"a":1})");
}

TEST(ToolSchema, KeepsIntegersBeyond64Bits) {
  const std::string big = "123456789012345678901234567890";
  EXPECT_EQ(of_type("integer", big), big);
  EXPECT_EQ(of_type("number", "-" + big), "-" + big);
  EXPECT_EQ(of_type("integer", "'" + big + "'"), big);
  EXPECT_EQ(of_type("string", big), '"' + big + '"');
  EXPECT_EQ(of_type("array", "[" + big + "]"), "[" + big + "]");
  EXPECT_EQ(typed(R"({"enum": [1, 123456789012345678901234567890]})", big), big);
  EXPECT_EQ(typed(R"({"maximum": 5})", big), "x: expected at most 5, found " + big);
  EXPECT_EQ(of_type("boolean", big), "x: expected boolean, found " + big);
}

TEST(ToolSchema, TurnsTextIntoWhatIsDeclared) {
  EXPECT_EQ(of_type("integer", "'3'"), "3");
  EXPECT_EQ(of_type("integer", "' -4 '"), "-4");
  EXPECT_EQ(of_type("integer", "'3.0'"), "3");
  EXPECT_EQ(of_type("integer", "3.0"), "3");
  EXPECT_EQ(of_type("number", "'3.5'"), "3.5");
  EXPECT_EQ(of_type("number", "'1e3'"), "1000.0");
  EXPECT_EQ(of_type("boolean", "'true'"), "true");
  EXPECT_EQ(of_type("boolean", "'False'"), "false");
  EXPECT_EQ(of_type("boolean", "1"), "true");
  EXPECT_EQ(of_type("null", "'None'"), "null");
  EXPECT_EQ(of_type("array", "'[1, 2]'"), "[1,2]");
  EXPECT_EQ(of_type("object", R"('{"a": 1}')"), R"({"a":1})");
}

TEST(ToolSchema, TurnsValuesIntoTextAsTheyWereWritten) {
  EXPECT_EQ(of_type("string", "3"), R"("3")");
  EXPECT_EQ(of_type("string", "01234"), R"("01234")");
  EXPECT_EQ(of_type("string", "1.50"), R"("1.50")");
  EXPECT_EQ(of_type("string", "True"), R"("true")");
  EXPECT_EQ(of_type("string", "[1, 2]"), R"("[1,2]")");
}

TEST(ToolSchema, NotesWhatSaysNothingInTheDeclaredType) {
  EXPECT_EQ(of_type("integer", "'soon'"), "x: expected integer, found \"soon\"");
  EXPECT_EQ(of_type("integer", "3.5"), "x: expected integer, found 3.5");
  EXPECT_EQ(of_type("integer", "True"), "x: expected integer, found true");
  EXPECT_EQ(of_type("boolean", "2"), "x: expected boolean, found 2");
  EXPECT_EQ(of_type("string", "None"), "x: expected string, found null");
  EXPECT_EQ(of_type("array", "'a'"), "x: expected array, found \"a\"");
  EXPECT_EQ(of_type("object", "[1]"), "x: expected object, found a list");
}

TEST(ToolSchema, TakesOneOfSeveralTypes) {
  const std::string schema = R"({"type": ["integer", "null"]})";
  EXPECT_EQ(typed(schema, "None"), "null");
  EXPECT_EQ(typed(schema, "'5'"), "5");
  EXPECT_EQ(typed(schema, "'x'"), "x: expected integer or null, found \"x\"");
  EXPECT_EQ(typed(R"({"type": ["string", "integer"]})", "'5'"), R"("5")");
}

TEST(ToolSchema, TypesWhatIsInsideListsAndObjects) {
  EXPECT_EQ(typed(R"({"type": "array", "items": {"type": "integer"}})", "['1', 2, '3']"),
            "[1,2,3]");
  EXPECT_EQ(typed(R"({"type": "array", "items": {"type": "integer"}})", "[1, 'b']"),
            "x[1]: expected integer, found \"b\"");
  EXPECT_EQ(
      typed(R"({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}})", "(1, '2')"),
      R"(["1",2])");
  const std::string nested =
      R"({"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a", "b"]})";
  EXPECT_EQ(typed(nested, "{'a': '1.5', 'b': 1}"), R"({"a":1.5,"b":1})");
  EXPECT_EQ(typed(nested, "{'a': 1}"), "x.b: is required and missing");
}

TEST(ToolSchema, ChecksChoices) {
  EXPECT_EQ(typed(R"({"enum": ["a", 2]})", "'a'"), R"("a")");
  EXPECT_EQ(typed(R"({"enum": ["a", 2]})", "'2'"), "2");
  EXPECT_EQ(typed(R"({"enum": ["a", 2]})", "'b'"), "x: expected one of \"a\", 2, found \"b\"");
  EXPECT_EQ(typed(R"({"const": true})", "True"), "true");
  EXPECT_EQ(typed(R"({"const": true})", "False"), "x: expected true, found false");
}

TEST(ToolSchema, ChecksBounds) {
  EXPECT_EQ(typed(R"({"minimum": 1, "maximum": 5})", "5"), "5");
  EXPECT_EQ(typed(R"({"minimum": 1})", "0"), "x: expected at least 1, found 0");
  EXPECT_EQ(typed(R"({"exclusiveMaximum": 5})", "5"), "x: expected less than 5, found 5");
  EXPECT_EQ(typed(R"({"maxLength": 2})", "'äöü'"),
            "x: expected a length of at most 2, found \"äöü\"");
  EXPECT_EQ(typed(R"({"maxLength": 3})", "'äöü'"), "\"äöü\"");
  EXPECT_EQ(typed(R"({"minItems": 1})", "[]"),
            "x: expected a number of items of at least 1, found a list");
}

TEST(ToolSchema, TakesTheFirstAlternativeThatFitsAsItIs) {
  const std::string schema = R"({"anyOf": [{"type": "integer"}, {"type": "string"}]})";
  EXPECT_EQ(typed(schema, "'5'"), R"("5")");
  EXPECT_EQ(typed(schema, "5"), "5");
  EXPECT_EQ(typed(R"({"oneOf": [{"type": "integer"}, {"type": "null"}]})", "'5'"), "5");
  EXPECT_EQ(typed(R"({"oneOf": [{"type": "integer"}, {"type": "null"}]})", "'x'"),
            "x: found \"x\", which fits none of the alternatives");
  EXPECT_EQ(typed(R"({"allOf": [{"type": "integer"}, {"maximum": 3}]})", "'4'"),
            "x: expected at most 3, found 4");
}

TEST(ToolSchema, FollowsReferencesWithinTheParameters) {
  const std::string parameters =
      R"({"$defs": {"n/m": {"type": "integer"},
                    "tree": {"properties": {"v": {"type": "integer"},
                                            "next": {"$ref": "#/$defs/tree"}}}},
          "properties": {"a": {"$ref": "#/$defs/n~1m"}, "t": {"$ref": "#/$defs/tree"},
                         "lost": {"$ref": "#/$defs/none"}, "self": {"$ref": "#/properties/self"}}})";
  EXPECT_EQ(bound_by(parameters, "a='3', t={'v': '1', 'next': {'v': '2'}}").arguments,
            R"({"a":3,"t":{"v":1,"next":{"v":2}}})");
  EXPECT_EQ(bound_by(parameters, "lost=1").problems.at(0),
            "lost: could not be checked: its schema refers to nothing");
  EXPECT_EQ(bound_by(parameters, "self=1").problems.at(0),
            "self: could not be checked: its schema is too deep");
}

TEST(ToolSchema, NotesArgumentsThatAreMissingOrNotDeclared) {
  const std::string open = R"({"properties": {"a": {}}, "required": ["a"]})";
  EXPECT_EQ(bound_by(open, "b=1").problems, std::vector<std::string>{"a: is required and missing"});
  const std::string closed = R"({"properties": {"a": {}}, "additionalProperties": false})";
  EXPECT_EQ(bound_by(closed, "b=1").problems, std::vector<std::string>{"b: is not declared"});
  EXPECT_EQ(bound_by(closed, "b=1").arguments, R"({"b":1})");
  const std::string typed_rest = R"({"additionalProperties": {"type": "integer"}})";
  EXPECT_EQ(bound_by(typed_rest, "b='1'").arguments, R"({"b":1})");
}

TEST(ToolSchema, NamesPositionalArgumentsInTheOrderOfTheDeclaration) {
  const std::string parameters = R"({"properties": {"z": {"type": "integer"}, "a": {}}})";
  EXPECT_EQ(bound_by(parameters, "'1', 2").arguments, R"({"z":1,"a":2})");
  EXPECT_EQ(bound_by(parameters, "1, 2, 3").arguments, R"({"z":1,"a":2,"arg3":3})");
  EXPECT_EQ(bound_by(parameters, "1, z=2").problems.at(0),
            "z: is given twice; the last one counts");
  EXPECT_EQ(bound_by(parameters, "{'z': 1, 'a': 2}").arguments, R"({"z":1,"a":2})");
  EXPECT_EQ(bound_by(R"({"properties": {"o": {"type": "object"}}})", "{'z': 1}").arguments,
            R"({"o":{"z":1}})");
}

TEST(ToolSchema, BoundsTheWorkOfAlternativesWithinAlternatives) {
  const std::string list = R"({"type": "array", "items": {"$ref": "#/$defs/n"}})";
  const std::string parameters = R"({"$defs": {"n": {"anyOf": [)" + list + ", " + list +
                                 R"(]}}, "properties": {"x": {"$ref": "#/$defs/n"}}})";
  // Were every alternative tried at every level, 2^40 values would be looked at.
  const Bound bound =
      bound_by(parameters, "x=" + std::string(40, '[') + "1" + std::string(40, ']'));
  EXPECT_EQ(bound.problems.size(), 1u);
}

TEST(ToolSchema, IgnoresSchemasThatSayNothing) {
  for (const char* schema :
       {"{}", "true", "7", "[]", R"({"type": 7})", R"({"enum": 7})", R"({"properties": 7})",
        R"({"required": [7]})", R"({"items": 7})", R"({"anyOf": 7})", R"({"minimum": "7"})"}) {
    EXPECT_EQ(typed(schema, "[1]"), "[1]") << schema;
  }
}

}  // namespace
}  // namespace freshet
