#!/usr/bin/env python3
"""Writes src/jinja/unicode_tables.cpp: what Python's str knows of characters.

    tools/make_case_tables.py > src/jinja/unicode_tables.cpp

Templates are rendered as Python renders them, so the tables are asked of Python itself: 3.11, whose
Unicode is 14.0.0.
"""
import sys
import unicodedata

UNICODE_VERSION = "14.0.0"
SURROGATES = range(0xD800, 0xE000)


def ranges(holds):
    start = None
    for c in range(0x110001):
        inside = c < 0x110000 and holds(chr(c))
        if inside and start is None:
            start = c
        elif not inside and start is not None:
            yield start, c - 1
            start = None


def simple_shifts(mapped):
    """Runs (first, last, step, shift) of characters that become one other character."""
    runs = []
    for c in range(0x110000):
        if c in SURROGATES:
            continue
        to = mapped(chr(c))
        if len(to) != 1 or ord(to) == c:
            continue
        shift = ord(to) - c
        if runs:
            first, last, step, old = runs[-1]
            gap = c - last
            if old == shift and gap in (1, 2) and (step == gap or first == last):
                runs[-1] = (first, c, gap, shift)
                continue
        runs.append((c, c, 1, shift))
    return runs


def table(kind, name, rows):
    print(f"constexpr {kind} {name}[] = {{")
    line = "   "
    for row in rows:
        item = f" {{{row}}},"
        if len(line) + len(item) > 100:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};\n")


def hexadecimal(numbers):
    return ", ".join(f"0x{n:X}" for n in numbers)


def main():
    if unicodedata.unidata_version != UNICODE_VERSION:
        sys.exit(f"needs Unicode {UNICODE_VERSION} (Python 3.11), "
                 f"found {unicodedata.unidata_version}")
    print(f"// Made by tools/make_case_tables.py from Unicode {UNICODE_VERSION}; do not edit.")
    print('#include "jinja/unicode_tables.h"\n\nnamespace freshet::jinja {\nnamespace {\n')
    print("// clang-format off")
    for name, holds in [("kHidden", lambda c: not c.isprintable()), ("kAlpha", str.isalpha),
                        ("kDecimal", str.isdecimal), ("kDigit", str.isdigit),
                        ("kNumeric", str.isnumeric), ("kUpper", str.isupper),
                        ("kLower", str.islower)]:
        table("CodeRange", name, (hexadecimal(r) for r in ranges(holds)))
    for name, mapped in [("kToUpper", str.upper), ("kToLower", str.lower),
                         ("kToTitle", str.title)]:
        table("CaseShift", name, (f"0x{a:X}, 0x{b:X}, {step}, {shift}"
                                  for a, b, step, shift in simple_shifts(mapped)))
    for name, mapped in [("kLongUpper", str.upper), ("kLongLower", str.lower),
                         ("kLongTitle", str.title)]:
        long = [c for c in range(0x110000) if c not in SURROGATES and len(mapped(chr(c))) > 1]
        table("LongCase", name,
              (f"0x{c:X}, {{{hexadecimal(ord(x) for x in mapped(chr(c)).ljust(3, chr(0)))}}}"
               for c in long))
    print("// clang-format on\n\n}  // namespace\n")
    for name in ["Hidden", "Alpha", "Decimal", "Digit", "Numeric", "Upper", "Lower"]:
        print(f"const std::span<const CodeRange> k{name}Ranges = k{name};")
    for name in ["Upper", "Lower", "Title"]:
        print(f"const CaseTable k{name}Table = {{kTo{name}, kLong{name}}};")
    print("\n}  // namespace freshet::jinja")


main()
