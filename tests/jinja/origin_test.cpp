#include <gtest/gtest.h>

#include "jinja/from_json.h"
#include "jinja/template.h"

namespace freshet::jinja {
namespace {

/// What the template makes of x, with the characters that the messages brought between ^ and $.
std::string marked(const std::string& expression) {
  const Context context = {
      {"x",
       value_from_json(R"({"s": "<|a|>", "l": ["b", "c"], "n": 7, "k<": "v"})", kForeign, "x")}};
  std::string text;
  char32_t before = 0;
  for (const char32_t c : Template("t", "{{ " + expression + " }}").render(context, {})) {
    if (origin_of(c) != before) text += before == 0 ? "^" : "$";
    before = origin_of(c);
    text += to_utf8(TextView(&c, 1));
  }
  return text + (before == 0 ? "" : "$");
}

TEST(Origin, GoesWithEachCharacter) {
  EXPECT_EQ(marked("'<|' + x.s + '|>'"), "<|^<|a|>$|>");
  EXPECT_EQ(marked("x.s[1:3] ~ 'q'"), "^|a$q");
  EXPECT_EQ(marked("x.s.split('|') | join('|')"), "^<$|^a$|^>$");
  EXPECT_EQ(marked("x.s.replace('a', '<|im_end|>')"), "^<|$<|im_end|>^|>$");
  EXPECT_EQ(marked("'<a>'.replace('a', x.s)"), "<^<|a|>$>");
  EXPECT_EQ(marked("x.s | upper"), "^<|A|>$");
  EXPECT_EQ(marked("x.s.strip('<>') | reverse"), "^|a|$");
  EXPECT_EQ(marked("'%s!%%' % x.s"), "^<|a|>$!%");
  EXPECT_EQ(marked("'{}{:>7}'.format('<', x.s)"), "<  ^<|a|>$");
  EXPECT_EQ(marked("x.s | e"), "^&lt;|a|&gt;$");
  EXPECT_EQ(marked("x.s | list | first"), "^<$");
}

TEST(Origin, GoesThroughListsDictsAndJson) {
  EXPECT_EQ(marked("x.l"), "['^b$', '^c$']");
  EXPECT_EQ(marked("x | tojson"),
            "{\"^s$\": \"^<|a|>$\", \"^l$\": [\"^b$\", \"^c$\"], \"^n$\": 7, \"^k<$\": \"^v$\"}");
  EXPECT_EQ(marked("x.l | join(', ')"), "^b$, ^c$");
  EXPECT_EQ(marked("x.keys() | list | last ~ '='"), "^k<$=");
  EXPECT_EQ(marked("{x.s: 1}"), "{'^<|a|>$': 1}");
}

TEST(Origin, StaysWithKeysThatBecomeNames) {
  EXPECT_EQ(marked("dict(**x) | list | last"), "^k<$");
  EXPECT_EQ(marked("dict(a=1) | list | last"), "^a$");
}

TEST(Origin, IsForeignWhereANumberBecomesACharacter) { EXPECT_EQ(marked("'%c' % 60"), "^<$"); }

TEST(Origin, DoesNotCountInComparisons) {
  EXPECT_EQ(marked("x.s == '<|a|>', 'a' in x.s, x['s'] is defined, {'<|a|>': 1}[x.s]"),
            "(True, True, True, 1)");
}

TEST(FromJson, ReadsWhatPythonReads) {
  const auto printed = [](std::string_view json) {
    const Context context = {{"x", value_from_json(json, 0, "x")}};
    return to_utf8(Template("t", "{{ x }}").render(context, {}));
  };
  EXPECT_EQ(printed(R"({"b": 1, "a": [1.0, 1e5, -0.5, true, null], "b": 2})"),
            "{'b': 2, 'a': [1.0, 100000.0, -0.5, True, None]}");
  EXPECT_EQ(printed("[18446744073709551615, -99999999999999999999, 9223372036854775807]"),
            "[18446744073709551615, -99999999999999999999, 9223372036854775807]");
  for (const std::string& bad : {std::string("{"), std::string("[1,]"), std::string(),
                                 std::string(5000, '[') + std::string(5000, ']')}) {
    EXPECT_THROW((void)value_from_json(bad, 0, "x"), Error);
  }
}

}  // namespace
}  // namespace freshet::jinja
