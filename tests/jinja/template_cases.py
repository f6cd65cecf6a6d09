"""Templates that exercise each construct of the language, with what they are given."""

CONTEXT = {
    "text": "Hello, World", "empty": "", "spaces": "  a b \t\n", "lines": "one\ntwo\r\n\nthree\u2028four\n",
    "quote": "it's \"x\"", "unicode": "Ärger ß ﬁ ΌΣΟΣ İ ǆ 中文 👨‍👩‍👧 \u00a0\u200b\ue000",
    "html": "<a href='x'>&\"</a>", "html2": "<|im_end|>",
    "zero": 0, "one": 1, "seven": 7, "minus": -7, "big": 123456789012345678901234567890,
    "huge": 9223372036854775807, "half": 0.5, "float": 3.0, "small": 1e-7, "large": 1.5e300,
    "third": 0.1, "yes": True, "no": False, "nothing": None,
    "numbers": [3, 1, 2], "words": ["b", "A", "c", "a", "B"], "mixed": [1, "1", 1.0, True, None, [2], {"k": 3}],
    "nested": [[1, [2, [3]]], [], {"a": {"b": [1, {"c": None}]}}],
    "dict": {"b": 1, "a": 2, "C": 3, "items": "shadow", "get": "shadow"}, "empty_dict": {}, "empty_list": [],
    "people": [{"name": "Ann", "age": 30, "city": "b", "tags": ["x"]}, {"name": "bob", "age": 25, "city": "A"},
               {"name": "Cid", "age": 30, "city": "a", "boss": {"name": "Ann"}}],
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
                 {"role": "assistant", "content": "<think>hm</think>Hello"},
                 {"role": "user", "content": [{"type": "text", "text": "And?"}, {"type": "image"}]}],
}

# Expressions, each printed by {{ }}.
EXPRESSIONS = r"""
1 + 2 * 3 ** 2 - 4 / 2
7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 % -3, 7.5 // 2, -7.5 % 2
2 ** -1, 2 ** 0.5, 10 ** 18, 0 ** 0
1 / 3, 10 / 5, 1e3, 1.0, 1e16, 1e15, 123456789.123, 1e-4, 1e-5, 0.1 + 0.2, -0.0, 5e-324
1_000 + 0x1F + 0o17 + 0b101
true + true, true and 1, false or "x", not none, 1 and 0 or 2
+seven, -seven, - -seven, -half, +yes
1 < 2 < 3, 1 < 2 > 3, 1 == 1.0 == true, "a" < "b" <= "b" != "c"
[1, 2] < [1, 3], [1] < [1, 0], (1, "a") == (1, "a"), [1] == (1,)
none == none, none == false, "" == false, 0 == false, nothing is none
"a" in text, "World" in text, "" in text, 3 in numbers, "3" in numbers, "b" in dict, "x" not in dict
text ~ 1 ~ none ~ true ~ 1.5 ~ [1, "a"] ~ nope
"ab" * 3, 3 * "ab", [1, 2] * 2, "ab" * 0, "ab" * -1, (1,) * 2
"a" + "b", [1] + [2], (1, 2) + (3,)
"a" "b" 'c'
"tab\tnew\nq\"uote\\ \x41 \u00e9 \U0001F600 \101 \z", 'it\'s'
numbers[0], numbers[-1], numbers[1:], numbers[:-1], numbers[::-1], numbers[::2], numbers[5:], numbers[-2:]
text[0], text[-1], text[1:4], text[::-1], text[7:], text[:-7], text[-100:3], text[10:2:-3]
(1, 2, 3)[1], (1, 2, 3)[1:], ()[1:], (), (1,), (1, 2)
numbers[99] is defined, text[99] is defined, dict["x"] is defined, dict.x is defined
dict.b, dict["b"], dict["items"], dict.items() | list, dict["get"], dict.get("a"), dict.get("x"), dict.get("x", 5)
dict.keys(), dict.values(), dict.items(), dict
dict.keys() | list, dict.values() | list, dict | list, dict | length
nested, mixed, people[0]
nested[0][1][1][0], nested[2].a.b[1].c, nested[2]["a"]["b"]
nope, nope is defined, nope is undefined, nope | default("d"), nope | d, (nope | default(none)) is none
nothing | default("d"), nothing | default("d", true), "" | default("e", boolean=true), 0 | d(1)
nope ~ "x", nope | length, nope | list, nope | join(","), nope | upper, nope | string, nope == nope, not nope
"yes" if yes else "no", "yes" if no, "x" if no else "y" if no else "z", (1 if yes) + 1
[1, "a'b", 'c"d', "e'\"f", "\n\t\\", none, true, 1.0, 1e100, unicode]
{"a": 1, 2: [3], none: none, true: 1.5, "x": {"y": ()}}
{"a": 1}.a, {"a": {"b": 2}}.a.b, {1: "x"}[1], {"k": 1, "k": 2}
text.upper(), text.lower(), text.title(), text.capitalize(), text.swapcase(), unicode.upper(), unicode.lower()
unicode | upper, unicode | lower, unicode | capitalize, unicode | title, unicode.title(), unicode.capitalize(), unicode.swapcase()
"hello wORLD-foo (bar) [baz]" | title, "x" | capitalize, "" | capitalize, 5 | upper, none | lower
spaces.strip(), spaces.lstrip(), spaces.rstrip(), "xxaxx".strip("x"), "xyaxy".lstrip("yx"), "abc".rstrip("bc")
spaces | trim, "xxaxx" | trim("x"), 5 | trim, none | trim
"a,b,,c".split(","), "a,b,,c".split(",", 1), "a b  c".split(), " a b ".split(), " a b c ".split(none, 1), "".split(), "".split(",")
"a,b,,c".rsplit(",", 1), "a b c".rsplit(none, 1), "a--b--c".split("--"), "aaa".split("aa"), "aaa".rsplit("aa")
lines.splitlines(), lines.splitlines(true), "".splitlines()
"a-b-c".partition("-"), "a-b-c".rpartition("-"), "abc".partition("-"), "abc".rpartition("-")
"hello".startswith("he"), "hello".endswith("lo"), "hello".startswith(("x", "h")), "hello".startswith("")
"hello".find("l"), "hello".rfind("l"), "hello".find("x"), "hello".index("l"), "hello".find("l", 3), "hello".find("l", 0, 2), "hello".count("l"), "hello".count("")
"hello".replace("l", "L"), "hello".replace("l", "L", 1), "hello".replace("", "-"), "hello".replace("", "-", 2), "hello" | replace("l", "L"), 12321 | replace(2, "x"), "aaaa" | replace("a", "b", 2)
",".join(["a", "b"]), "".join([]), [1, 2, none] | join(", "), words | join, text | join("-"), people | join(", ", attribute="name")
"a".center(5) ~ "|", "ab".center(5, "*"), "ab".center(7, "*"), "a".ljust(3, ".") ~ "a".rjust(3, "."), "7".zfill(3), "-7".zfill(4), "x" | center(4) ~ "|"
"abc".isalpha(), "ab1".isalnum(), "12".isdigit(), "١٢".isdigit(), "½".isnumeric(), "²".isdigit(), "²".isdecimal(), " ".isspace(), "".isspace(), "Abc".islower(), "ABC1".isupper(), "é".isascii()
"abcabc".removeprefix("abc"), "abcabc".removesuffix("abc"), "abc".removeprefix("x")
"%s is %d years, %.2f %5s|%-5s|%05d %x %r %%" | format("Ann", 30, 1.005, "a", "b", 42, 255, "q")
"%(a)s %(b)d" | format(a=1, b=2), "%s" % "x", "%s-%s" % (1, 2), "%d%%" % 5, "%+d % d %e %g %G %E" % (3, 4, 12345.678, 0.00001234, 1e20, 0.5)
"{} {}".format(1, "a"), "{0} {1} {0}".format("a", "b"), "{x} {y!r}".format(x=1, y="z"), "{:>5}|{:<5}|{:^5}|".format("a", "b", "c")
"{:05d} {:.2f} {:,} {:x} {:#x} {:b} {:e} {:%} {:+} {:g}".format(42, 3.14159, 1234567, 255, 255, 5, 12345.678, 0.25, 7, 0.1), "{{}} {0[0]} {1.a}".format([9], {"a": 8})
"{:s} {:10.3s}| {!s:>4} {:*^9} {:=+6d}".format("a", "abcdef", 1, "mid", 42)
numbers | sort, words | sort, words | sort(case_sensitive=true), words | sort(reverse=true), people | sort(attribute="age") | map(attribute="name") | list, people | sort(attribute="age,name", reverse=true) | map(attribute="name") | list
words | unique | list, words | unique(case_sensitive=true) | list, [1, 1.0, true, "1"] | unique | list, people | unique(attribute="age") | map(attribute="name") | list
numbers | reverse | list, text | reverse, (1, 2) | reverse | list, dict | reverse | list
numbers | first, numbers | last, text | first, text | last, empty_list | first, empty | last, dict | first, dict | last, (numbers | map("string") | first)
numbers | length, text | count, dict | length, unicode | length, empty | length
numbers | sum, people | sum(attribute="age"), [0.1, 0.2] | sum, numbers | sum(start=10), empty_list | sum
numbers | min, numbers | max, words | min, words | max, words | max(case_sensitive=true), people | max(attribute="age"), empty_list | min
numbers | map("string") | list, words | map("upper") | join, people | map(attribute="name") | list, people | map(attribute="boss.name", default="-") | list, [[1, 2], [3]] | map("first") | list, [[1], []] | map("length") | list, ["a"] | map("replace", "a", "b") | list, people | map(attribute="tags.0", default="?") | list
numbers | select("odd") | list, numbers | reject("odd") | list, mixed | select | list, mixed | reject | list, numbers | select("greaterthan", 1) | list, numbers | select("in", [1, 2]) | list, [1, 2, 3, 4] | select("divisibleby", 2) | list
people | selectattr("age", "equalto", 30) | map(attribute="name") | list, people | rejectattr("boss") | map(attribute="name") | list, people | selectattr("boss", "defined") | list | length, people | selectattr("name", "in", ["bob"]) | list | length, messages | selectattr("role", "eq", "user") | list | length, messages | rejectattr("role", "ne", "user") | first
people | groupby("age") | list | length, people | groupby("city"), people | groupby("age") | map(attribute="grouper") | list, (people | groupby("city"))[0].list | length, people | groupby("boss.name", default="none") | length
[1, 2, 3, 4, 5] | batch(2) | list, [1, 2, 3] | batch(2, "x") | list, [1, 2, 3, 4, 5] | slice(2) | list, [1, 2, 3] | slice(2, "x") | list
dict | dictsort, dict | dictsort(true), {"a": "z", "b": "Y"} | dictsort(by="value"), {"a": 1, "b": 2} | dictsort(reverse=true), {"a": 1} | items | list, empty_dict | items | list
"42" | int, "x" | int, "x" | int(7), "42.9" | int, 42.9 | int, -1.9 | int, "0x1F" | int(base=16), "1f" | int(0, 16), "101" | int(base=2), none | int, " 5 " | int, "1_000" | int, true | int, [] | int(3), "-5" | int
"1.5" | float, "x" | float, "x" | float(2.5), 3 | float, "1e3" | float, none | float, "inf" | float, true | float, ".5" | float, "5." | float
2.5 | round, 3.5 | round, 2.675 | round(2), 42.55 | round(1, "floor"), 42.51 | round(1, "ceil"), 42 | round, 1234 | round(-2), -2.5 | round, 1e20 | round, 0.5 | round | int
-5 | abs, 5.5 | abs, -0.5 | abs, true | abs
"a\nb\n\nc" | indent, "a\nb" | indent(2, true), "a\n\nb" | indent(3, blank=true), "a\nb" | indent("> "), "" | indent, "a\n" | indent(1), "a\nb\n" | indent(width=2, first=true)
"foo bar baz qux" | truncate(9), "foo bar baz qux" | truncate(9, true), "foo bar baz qux" | truncate(11), "foo bar baz qux" | truncate(11, false, "...", 0), "foobarbazqux" | truncate(5, leeway=0)
text | wordcount, "a-b c_d  é" | wordcount, html | e ~ "", html | escape ~ "", html | safe ~ "", html | forceescape ~ "", text | string
dict | tojson, nested | tojson, mixed | tojson, unicode | tojson, unicode | tojson(ensure_ascii=true), quote | tojson, html | tojson, "\x01\x1f\x7f\b\f\n\r\t/" | tojson, 1.0 | tojson, 1e100 | tojson, big | tojson, "a" | tojson, none | tojson, true | tojson, (1, 2) | tojson
dict | tojson(indent=2), nested | tojson(indent=4), empty_dict | tojson(indent=2), [] | tojson(indent=2), [[]] | tojson(indent=1), {"a": 1} | tojson(indent="\t"), {"a": [1, {"b": 2}]} | tojson(indent=0)
dict | tojson(separators=(",", ":")), dict | tojson(sort_keys=true), {"b": {"d": 1, "c": 2}, "a": 1} | tojson(indent=2, sort_keys=true), {1: 2, none: 3, true: 4, 1.5: 5} | tojson, dict | tojson(indent=2, separators=(", ", " : "))
1 is odd, 2 is even, 9 is divisibleby 3, 9 is divisibleby(2), "a" is lower, "A" is upper, 5 is lower, "1" is upper
1 is number, 1.5 is number, true is number, "1" is number, 1 is integer, true is integer, 1.0 is integer, 1.0 is float, 1 is float, yes is boolean, 1 is boolean, yes is true, no is false, 1 is true
"a" is string, none is string, dict is mapping, [] is mapping, [] is sequence, "a" is sequence, dict is sequence, (1,) is sequence, 5 is sequence, nope is sequence, dict.items() is sequence, (numbers | map("abs")) is sequence
[] is iterable, 5 is iterable, "" is iterable, dict is iterable, nope is iterable, none is iterable, range is callable, 5 is callable, (numbers | map("abs")) is iterable
1 is eq 1, 1 is equalto 2, 1 is ne 2, 1 is lt 2, 1 is gt 2, 1 is le 1, 1 is ge 2, 1 is lessthan 2, 2 is greaterthan 1, 1 is in [1, 2], "a" is in "abc", none is sameas none, 1 is sameas 1, [] is sameas []
not 1 is odd, 1 is not odd, not (1 is odd), 3 is odd and 4 is even, "upper" is filter, "nope" is filter, "odd" is test, "x" is escaped
range(5) | list, range(2, 5) | list, range(5, 0, -2) | list, range(0) | list, range(3), range(5)[1:3] | list, 3 in range(5), range(4) | length, range(10)[-1], range(3) | sum
dict(a=1, b=2), dict({"x": 1}, y=2), dict([["k", 1]]), dict() | length, namespace(a=1).a
strftime_now("%Y-%m-%d %H:%M:%S"), strftime_now("%d %b %Y, %A %B %j %I %p %y %%"), strftime_now("%-d/%-m %e %a")
huge, big, big == big, big is number, big is integer, huge + 0, -huge, [big]
text | upper | lower | title | replace("o", "0") | length
"a" if 1 is odd and not (2 is odd) else "b"
[1, 2][0] + [3, 4][1], {"a": [1]}["a"][0], "abc"[1].upper(), numbers.index(2), numbers.count(3), [[1]].index([1])
(numbers | list)[0], (text | list)[:2], "abc" | list, (1, 2) | list, dict | list
words | map("lower") | unique | sort | join(" ")
numbers | map("abs") | map("string") | join("+")
1.0 == 1, 1 == true, "1" == 1, [1.0] == [1], {"a": 1} == {"a": 1.0}, {"a": 1} == {"b": 1}
float, half, small, large, third, 100.0, 1e22, 1.5e-10, 123456789012345680.0, 0.00001, 1e5
none ~ "", [none, true] | string, none | string, true | string
text | attr("nope") is defined, dict | attr("nope") is defined, dict["nope"]["x"] is defined
"x" is defined, nothing is defined, dict.nope is defined, people[0].tags is defined, people[1].tags is defined
numbers.append is defined, dict.pop is defined, dict.update(a=1)
cycler("a", "b").next(), cycler(1, 2).current
"😀👍"[0], "😀👍" | length, "😀👍" | reverse, "😀" in "a😀b"
"a" < "B", "a" < "é", ["a"] + [], "" or "x", [] or {}, {} and 1
text is string and text | length > 5, text is not none and text
7 | string + "x", 7 | string | length + 1
-2 ** 2, 2 ** 3 ** 2, -7 | abs, (-7) | abs, not true == false, 1 + 1 ~ 2 * 3
""" + "\n".join([
    "(" * 40 + "1" + ")" * 40,
])

# Whole templates.
TEMPLATES = [
    "{% for m in messages %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }}|{% endfor %}",
    "{% for n in numbers %}{{ loop.previtem }}<{{ n }}>{{ loop.nextitem }};{% endfor %}",
    "{% for n in numbers %}{{ loop.cycle('a', 'b') }}{{ loop.changed(n > 1) }}{% endfor %}",
    "{% for n in numbers if n > 1 %}{{ n }}{{ loop.index }}/{{ loop.length }}{% if not loop.last %},{% endif %}{% else %}none{% endfor %}",
    "{% for n in numbers if n > 9 %}{{ n }}{% else %}none{% endfor %}",
    "{% for n in [] %}x{% else %}empty{% endfor %}{% for n in nope %}x{% else %}undefined{% endfor %}",
    "{% for k, v in dict.items() %}{{ k }}={{ v }};{% endfor %}{% for k in dict %}{{ k }}{% endfor %}{% for c in text %}{{ c }}.{% endfor %}",
    "{% for a, (b, c) in [[1, [2, 3]], (4, 'xy')] %}{{ a }}{{ b }}{{ c }};{% endfor %}",
    "{% for n in range(10) %}{% if n == 2 %}{% continue %}{% endif %}{% if n > 5 %}{% break %}{% endif %}{{ n }}{% endfor %}",
    "{% for n in [1] %}{% break %}{% else %}else runs after a break in the first turn{% endfor %}",
    "{% for n in [1, 2] %}{% continue %}{% else %}and if every turn is cut short{% endfor %}",
    "{% for n in [1, 2] %}{{ n }}{% else %}not here{% endfor %}",
    "{% for p in [{'n': 1, 'c': [{'n': 2, 'c': [{'n': 3}]}]}] recursive %}{{ loop.depth }}:{{ p.n }}{% if p.c %}({{ loop(p.c) }}){% endif %}{% endfor %}",
    "{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = i + 10 %}{{ x }}{% endfor %}{{ x }}",
    "{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% set ns = namespace(n=0, l=[]) %}{% for i in [1, 2, 3] %}{% set ns.n = ns.n + i %}{% set ns.l = ns.l + [i] %}{% endfor %}{{ ns.n }}{{ ns.l }}{{ ns.nope is defined }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, d) = [3, 4] %}{{ c }}{{ d }}{% set t = 1, 2 %}{{ t }}",
    "{% set x %}block {{ 1 + 1 }}{% endset %}[{{ x }}]{% set y | upper | replace('A', 'b') %}abc{% endset %}{{ y }}",
    "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}{% with %}{% set z = 1 %}{% endwith %}{{ z is defined }}",
    "{% set a = 5 %}{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}",
    "{% filter upper %}abc {{ text }}{% endfilter %}{% filter replace('a', 'b') | title %}aa{% endfilter %}",
    "{% macro m(a, b=2) %}[{{ a }},{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=4, a=5) }}{{ m() }}{{ m(a=none) }}",
    "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, x=4) }}{{ m() }}",
    "{% macro m(a, b=a ~ '!') %}{{ b }}{% endmacro %}{{ m('x') }}{{ m('x', 'y') }}{{ m.name }}",
    "{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}body {{ text }}{% endcall %}{{ m(caller=m2) if false }}",
    "{% macro list(items) %}{% for i in items %}{{ caller(i) }},{% endfor %}{% endmacro %}{% call(x) list([1, 2]) %}{{ x * 2 }}{% endcall %}",
    "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}",
    "{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}{% set x = 2 %}{{ m() }}",
    "{% set x = 1 %}{% macro m() %}{% set x = 5 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}",
    "{% macro m() -%}\n  spaced  \n{%- endmacro %}[{{ m() }}]{{ m() | length }}{{ m() ~ 'x' }}{{ m() == 'spaced' }}",
    "{% for i in [1] %}{% macro inner() %}{{ i }}{% endmacro %}{{ inner() }}{% endfor %}{{ inner is defined }}",
    "a\n  {% if true %}\n  b\n  {% endif %}\nc\n",
    "a\n  {%- if true -%}\n  b\n  {%- endif -%}\nc\n",
    "a\n  {%+ if true +%}\n  b\n  {%+ endif +%}\nc\n",
    "a {{ 1 }}\n {{- 2 -}} \n b {{- 3 }}\n",
    "  {# comment #}\nx {#- c -#} y\n  {#+ c +#}\nz{# {{ not }} {% a #}",
    "{% raw %}{{ x }} {% if %}{% endraw %}|{%- raw -%}  a  {%- endraw -%}  b\n  {% raw %}\n  {{ c }}\n  {% endraw %}\nd",
    "\n\n{% if true %}\n\nx\n\n{% endif %}\n\n", "x\n", "x\n\n", "\n", "", " ", "x\r\ny\rz\r\n",
    "{{ 'a' }}\n{{ 'b' }}\n\n{{ 'c' }}", "{{ '}}' }}{{ \"{%\" }}{{ {'a': {'b': 1}}['a']['b'] }}{{ {'a':{}}}}",
    "{% if zero %}a{% elif one %}b{% else %}c{% endif %}{% if nope %}x{% elif no %}y{% endif %}{% if [] %}x{% else %}z{% endif %}",
    "{% if text is string and text != 'x' %}1{% endif %}{% if not nope and 'a' not in text %}2{% endif %}{% if 1 in [1] and 2 not in [1] %}3{% endif %}",
    "{% if people | selectattr('age', 'gt', 99) %}generators are true{% endif %}{% if people | selectattr('age', 'gt', 99) | list %}x{% else %}lists may not be{% endif %}",
    "{% generation %}a{% set q = 1 %}{{ q }}{% endgeneration %}{{ q is defined }}{%- generation -%}  b  {%- endgeneration -%}",
    "{% set j = joiner('; ') %}{% for n in numbers %}{{ j() }}{{ n }}{% endfor %}",
    "{% set c = cycler('a', 'b', 'c') %}{% for n in range(5) %}{{ c.next() }}{% endfor %}{{ c.current }}{{ c.reset() }}{{ c.next() }}",
    "{% print 1, 'a' %}{% print text %}",
    "{% for g, l in people | groupby('age') %}{{ g }}:{% for p in l %}{{ p.name }}{% endfor %};{% endfor %}{% for g in people | groupby('city', case_sensitive=true) %}{{ g.grouper }}={{ g.list | length }};{% endfor %}",
    "{% set it = numbers | map('string') %}{% for a in it %}{{ a }}{% break %}{% endfor %}{{ it | list }}{{ it | list }}",
    "{% for n in numbers | reverse %}{{ n }}{{ loop.last }}{{ loop.length }}{% endfor %}",
    "{% set ns = namespace(seen=false) %}{% for n in [1, 2, 3] if not ns.seen %}{{ n }}{% set ns.seen = n == 2 %}{% endfor %}",
    "{% set ns = namespace() %}{% set ns.a = {'x': 1} %}{{ ns.a.x }}{{ ns }}",
    "{{ raise_exception('no') }}", "{% if false %}{{ raise_exception('no') }}{% endif %}ok", "{{ nope.x }}", "{{ nope() }}", "{{ 1 + 'a' }}", "{{ 'a' + 1 }}", "{{ none + 1 }}", "{{ [] + 1 }}", "{{ 1 < 'a' }}",
    "{{ numbers | map('nope') | list }}", "{% set x.y = 1 %}", "{% set text.y = 1 %}", "{{ 5.x.y }}", "{{ dict.nope.x }}", "{{ 1 // 0 }}", "{{ 1 % 0 }}", "{{ 1 / 0 }}", "{{ 'a' | int | string + 1 }}",
    "{{ nope | tojson }}", "{{ (numbers | map('abs')) | length }}", "{% for x in 5 %}{% endfor %}", "{% for x in none %}{% endfor %}", "{% for a, b in [[1]] %}{% endfor %}", "{{ range(1000000) }}", "{{ 'x'.format() }}{{ '{}'.format() }}",
    "{{ '%d' % 'x' }}", "{{ dict.clear() }}", "{{ numbers.append(1) }}", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=2) }}", "{{ text.nope() }}", "{{ (1, 2) | sum | join }}",
    "{{ [1, 'a'] | sort }}", "{{ 'abc' | first | int('x') }}", "{{ {[]: 1} }}", "{{ [] in dict }}", "{{ 1 in 'abc' }}", "{{ 5[0] is defined }}", "{{ numbers['x'] is defined }}", "{{ numbers[0:1:0] }}", "{{ {}|first }}",
    "{% if %}", "{% for %}", "{{ }}", "{{ 1 + }}", "{% endif %}", "{% if true %}", "{{ 'abc }}", "{{ (1 }}", "{{ 1) }}", "{% foo %}", "{# x", "{% raw %}", "{{ a b }}", "{% set %}", "{% break %}", "{% set 1 = 2 %}", "{{ a.1.b }}", "{% for x in y recursive if z %}{% endfor %}",
    "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% from 'x' import y %}",
    "{% for role in ['a', 'b'] %}{%- set loop_role = role -%}{{ loop_role }}{%- if loop.last %}!{% endif %}{% endfor %}",
    "{%- set tools = tools or [] -%}{{ tools }}{% if not tools is defined %}x{% endif %}",
    "{%if true%}x{%endif%}{{text}}{{-text-}}{%-if true-%} y {%-endif-%}",
    "{% for m in messages %}{% if m['role'] == 'user' %}{{ '<|im_start|>' + m['role'] + '\\n' }}{% if m.content is string %}{{ m.content }}{% else %}{% for part in m.content %}{% if part.type == 'text' %}{{ part.text }}{% else %}<{{ part['type'] }}>{% endif %}{% endfor %}{% endif %}{{ '<|im_end|>\\n' }}{% endif %}{% endfor %}",
    "{% set loop_messages = messages[1:] if messages[0].role == 'system' else messages %}{{ loop_messages | length }}{% if (messages[0].role == 'user') != (1 % 2 == 0) %}y{% endif %}",
    "{% if (messages | last).role == 'user' and messages[-1]['content'][0].text.startswith('A') %}{{ messages[-1].content[0].text[:-1].strip() }}{% endif %}",
    "{% set content = messages[2].content %}{% if '</think>' in content %}{{ content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') }}|{{ content.split('</think>')[-1].lstrip('\\n') }}{% endif %}",
    "{% for message in messages[::-1] %}{% set index = (messages | length - 1) - loop.index0 %}{{ index }}{{ message.role }}{% endfor %}",
    "{{- '' if text.strip().lower() == 'hello, world' else 'no' }}{{ text.strip() | upper() }}",
]


def templates():
    for line in EXPRESSIONS.strip("\n").split("\n"):
        yield "{{ [" + line + "] }}" if "," in line else "{{ " + line + " }}"
    # Each on its own too, so that one that fails does not hide the others.
    for line in EXPRESSIONS.strip("\n").split("\n"):
        for part in split_at_commas(line):
            yield "{{ " + part + " }}"
    yield from TEMPLATES


def split_at_commas(line):
    part, depth, quote = "", 0, ""
    for i, c in enumerate(line):
        if quote:
            quote = "" if c == quote and line[i - 1] != "\\" else quote
        elif c in "'\"":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            yield part.strip()
            part = ""
            continue
        part += c
    yield part.strip()
