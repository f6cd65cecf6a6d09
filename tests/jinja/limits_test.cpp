#include <gtest/gtest.h>

#include <regex>

#include "jinja/template.h"

namespace freshet::jinja {
namespace {

std::string repeated(std::string_view part, size_t n) {
  std::string text;
  for (size_t i = 0; i < n; ++i) text += part;
  return text;
}

/// Renders it, and expects a refusal of that kind that names a place.
void expect_refused(const std::string& source, ErrorKind kind, const std::string& what = {}) {
  try {
    const Text text = Template("t", source).render({}, {});
    ADD_FAILURE() << source.substr(0, 80) << " gives " << text.size() << " characters";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), kind) << message;
    EXPECT_TRUE(std::regex_search(message, std::regex("^t, line \\d+, column \\d+: ."))) << message;
    EXPECT_NE(message.find(what), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

TEST(Limits, RefuseTextThatWouldNotFitInMemory) {
  for (const char* source :
       {"{{ 'a' * 1000000000 }}", "{{ 'abc' * 9223372036854775807 }}", "{{ [1] * 1000000000 }}",
        "{{ 'x' | center(2000000000) }}", "{{ 'x'.ljust(99999999999) }}", "{{ '%999999999d' % 1 }}",
        "{{ '{:999999999}'.format(1) }}", "{% set x = 'a' * 1000000 %}{{ x.replace('a', x) }}",
        "{% set x = 'a' * 1000000 %}{{ [x] * 1000000 | join(x) }}",
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}"
        "{% endfor %}"}) {
    expect_refused(source, ErrorKind::kResources);
  }
}

TEST(Limits, RefuseWorkWithoutEnd) {
  for (const char* source :
       {"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set x = [1] * 100000 %}{% for i in x %}{{ x | sort | length }}{% endfor %}",
        "{% set x = 'a' * 500000 %}{% for i in range(99999) %}{{ x == x ~ '' }}{% endfor %}",
        "{% set x = 'a' * 500000 %}{% for i in range(99999) %}{{ (x ~ 'b') in x }}{% endfor %}",
        "{% set x = 'a' * 500000 %}{% for i in range(99999) %}{{ {x: 1}[x] }}{% endfor %}",
        "{% macro f() %}{% for i in range(99999) %}{{ f() if false }}{% endfor %}{% endmacro %}"
        "{% for i in range(99999) %}{{ f() }}{% endfor %}"}) {
    expect_refused(source, ErrorKind::kResources, "steps");
  }
}

TEST(Limits, RefuseEndlessRecursion) {
  for (const char* source :
       {"{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ g() }}",
        "{% macro f(x) %}{{ caller(x) }}{% endmacro %}"
        "{% macro g(x) %}{% call(y) f(x) %}{{ g(y) }}{% endcall %}{% endmacro %}{{ g(1) }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}"}) {
    expect_refused(source, ErrorKind::kResources, "nested");
  }
}

TEST(Limits, RefuseNestingInTheSource) {
  for (const std::string& source :
       {"{{ " + repeated("(", 5000) + "1" + repeated(")", 5000) + " }}",
        "{{ " + repeated("[", 5000) + repeated("]", 5000) + " }}",
        "{{ " + repeated("-", 5000) + "1 }}", "{{ " + repeated("not ", 5000) + "1 }}",
        "{{ 1" + repeated(" + 1", 50000) + " }}", "{{ x" + repeated(".y", 50000) + " }}",
        "{{ x" + repeated("[0]", 50000) + " }}", "{{ x" + repeated("|list", 50000) + " }}",
        "{{ x" + repeated(" or x", 50000) + " }}", "{{ 1" + repeated(" if 1 else 1", 50000) + " }}",
        repeated("{% if 1 %}", 5000) + repeated("{% endif %}", 5000),
        repeated("{% macro f() %}", 5000) + repeated("{% endmacro %}", 5000)}) {
    expect_refused(source, ErrorKind::kResources, "nested");
  }
}

TEST(Limits, RefuseValuesNestedInValues) {
  for (const char* source :
       {"{% set ns = namespace(x=1) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor "
        "%}",
        "{% set ns = namespace(x=1) %}{% for i in range(9999) %}{% set ns.x = {1: ns.x} %}"
        "{% endfor %}"}) {
    expect_refused(source, ErrorKind::kResources, "nested");
  }
  // Twice the same inside, again and again: few values, but two to the ninety of them to print.
  const std::string doubled =
      "{% set ns = namespace(x=1) %}{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}"
      "{% endfor %}";
  expect_refused(doubled + "{{ ns.x }}", ErrorKind::kResources);
  expect_refused(doubled + "{{ ns.x | tojson }}", ErrorKind::kResources);
  const std::string twin =
      "{% set ns = namespace(x=1, y=1) %}{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}"
      "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}";
  expect_refused(twin, ErrorKind::kResources);
}

TEST(Limits, BearObjectsThatReferToEachOther) {
  const Template circle("t",
                        "{% set ns = namespace() %}{% set ns.self = ns %}{% set ns.l = [ns] %}"
                        "{% for i in [1, 2] %}{% set ns.loop = loop %}{% endfor %}"
                        "{% for i in range(5000) %}{% for x in [ns.last] %}{% set ns.last = loop %}"
                        "{% endfor %}{% endfor %}ok");
  EXPECT_EQ(to_utf8(circle.render({}, {})), "ok");
  expect_refused("{% set ns = namespace() %}{% set ns.self = ns %}{{ ns }}", ErrorKind::kResources);
}

TEST(Limits, TellThePlaceInTheSource) {
  const auto message = [](const std::string& source) {
    try {
      (void)Template("chat.jinja", source).render({}, {});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message("line one\r\n  é {{ 1 + nope }}"),
            "chat.jinja, line 2, column 10: 'nope' is undefined");
  EXPECT_EQ(message("{% if true %}\n{% include 'x' %}"),
            "chat.jinja, line 2, column 1: 'include' is not supported: a template cannot read "
            "other files");
  EXPECT_EQ(message("{{ raise_exception('Roles must\nalternate') }}"),
            "chat.jinja, line 1, column 19: the template refuses this conversation: Roles must "
            "alternate");
  EXPECT_EQ(message("\n\n{% for x in y %}"),
            "chat.jinja, line 3, column 1: the block has no end: expected {% endfor %}");
}

}  // namespace
}  // namespace freshet::jinja
