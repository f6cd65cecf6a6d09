#include "grammar/hostile_cases.h"

#include <freshet/error.h>
#include <freshet/grammar.h>

#include "base/format.h"

namespace freshet::testing {

std::string repeated(const std::string& text, size_t n) {
  std::string result;
  for (size_t i = 0; i < n; ++i) result += text;
  return result;
}

std::string chain_of_rules(int n) {
  std::string grammar = "root ::= r0\n";
  for (int i = 0; i < n; ++i) grammar += formatted("r{} ::= r{}\n", i, i + 1);
  return grammar;
}

namespace {

std::string rules(int n, const std::string& body) {
  std::string grammar;
  for (int i = 0; i < n; ++i) grammar += formatted("r{} ::= {}\n", i, body);
  return grammar;
}

/// Each rule is two of the next: 2^60 bytes.
std::string doubling_rules() {
  std::string grammar = "root ::= r0\n";
  for (int i = 0; i < 60; ++i) grammar += formatted("r{} ::= r{} r{}\n", i, i + 1, i + 1);
  return grammar + "r60 ::= \"a\"";
}

/// 400,000 edges each, once the empty moves are out.
std::string many_optional_parts() {
  std::string grammar = "root ::=";
  for (int i = 0; i < 50; ++i) grammar += formatted(" r{}", i);
  return grammar + "\n" + rules(50, repeated("\"a\"? ", 900));
}

/// 3^20 combinations.
std::string multiplied_alternatives() {
  std::string schema = R"({"allOf": [)";
  for (int i = 0; i < 20; ++i) {
    if (i > 0) schema += ",";
    schema += R"({"anyOf": [{"minLength": 1}, {"maxLength": 9}, {"pattern": "a"}]})";
  }
  return schema + "]}";
}

std::string list_of(int n, const std::string& item) {
  std::string list;
  for (int i = 0; i < n; ++i) {
    if (i > 0) list += ',';
    list += formatted(fmt::runtime(item), i);
  }
  return list;
}

/// 40 times 40 alternatives, each with 6,000 properties.
std::string alternatives_of_many_properties() {
  const std::string any_of = R"({"anyOf": [)" + list_of(40, R"({{"required": ["p{}"]}})") + "]}";
  return R"({"allOf": [)" + any_of + "," + any_of + R"(], "properties": {)" +
         list_of(6000, R"("p{}": {{}})") + "}}";
}

std::vector<HostileCase> grammars() {
  const std::string optional = "\"a\"? ";
  return {
      {"60,000 nested groups", false,
       "root ::= " + std::string(60'000, '(') + "\"a\"" + std::string(60'000, ')'),
       "groups nested deeper than 128"},
      {"60,000 groups, not closed", false, "root ::= " + std::string(60'000, '('),
       "groups nested deeper than 128"},
      {"a repeat of 10^9", false, "root ::= \"a\"{1,1000000000}",
       "a repeat of 1000000000, at most 1000000 is possible"},
      {"a repeat of 10^23", false, "root ::= \"a\"{99999999999999999999999}",
       "at most 1000000 is possible"},
      {"repeats of 1000 in each other", false, "root ::= ((\"a\"{1,1000}){1,1000}){1,1000}",
       "repeats within repeats"},
      {"repeats of 2 in each other", false, "root ::= \"a\"" + repeated("{2}", 21),
       "repeats within repeats"},
      {"60,000 stars", false, "root ::= \"a\"" + std::string(60'000, '*'),
       "more than 128 repeats of one part"},
      {"doubling rules", false, doubling_rules(), "no text of at most 16777216 bytes"},
      {"60,000 optional parts", false, "root ::= " + repeated(optional, 60'000),
       "it needs more than"},
      {"50 rules of 900 optional parts", false, many_optional_parts(), "it needs more than"},
      {"60,000 alternatives before 60,000 empty parts", false,
       "root ::= (" + repeated("[a] \"\" | ", 60'000) + "\"\") " + repeated("\"\" ", 60'000),
       "it needs more than"},
      {"left recursion over 40,000 rules", false, chain_of_rules(40'000) + "r40000 ::= \"a\" | r0",
       "left recursion"},
      {"60,000 rules", false, "root ::= \"a\"\n" + rules(60'000, "\"\""), "more than 50000 rules"},
      {"2 MiB of literal", false, "root ::= \"" + std::string(2 << 20, 'a') + "\"",
       "at most 1048576 can be read"},
      {"1 MiB of literal", false, "root ::= \"" + std::string((1 << 20) - 20, 'a') + "\"",
       "it needs more than"},
  };
}

std::vector<HostileCase> schemas() {
  return {
      {"60,000 lists in each other", true, repeated(R"({"items":)", 60'000),
       "nested deeper than 128"},
      {"3^20 alternatives", true, multiplied_alternatives(), "combinations of alternatives"},
      {"1,600 alternatives of 6,000 properties", true, alternatives_of_many_properties(),
       "expressions; make it smaller"},
      {"60,000 required names", true, R"({"required": [)" + list_of(60'000, R"("r{}")") + "]}",
       "expressions; make it smaller"},
      {"6,000 times 6,000 values", true,
       R"({"allOf": [{"enum": [)" + list_of(6000, "{}") + R"(]}, {"enum": [)" +
           list_of(6000, "{}") + "]}]}",
       "more than 5000000 comparisons"},
      {"a pattern with 900^3 repeats", true,
       R"j({"type": "string", "pattern": "((a{1,900}){1,900}){1,900}", "maxLength": 5})j",
       "more than 20000 states"},
  };
}

}  // namespace

std::vector<HostileCase> hostile_cases() {
  std::vector<HostileCase> all = grammars();
  for (HostileCase& one : schemas()) all.push_back(std::move(one));
  return all;
}

std::string refusal_of(const HostileCase& one) {
  try {
    if (one.is_schema) {
      static_cast<void>(Grammar::from_json_schema(one.text));
    } else {
      static_cast<void>(Grammar::from_gbnf(one.text));
    }
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace freshet::testing
