#!/usr/bin/env python3
"""Writes src/text/unicode_tables.cpp: the code point ranges of \\p{L}, \\p{N} and \\s.

    pip install unicodedata2==16.0.0
    tools/make_unicode_tables.py > src/text/unicode_tables.cpp

The Unicode version is that of the official tokenizer: \\p{L}, \\p{N} and \\s of `tokenizers` 0.23.3
(Oniguruma) are exactly these ranges of Unicode 16.0.0. Python's own `unicodedata` lags behind.
"""
import sys

import unicodedata2 as unicodedata

UNICODE_VERSION = "16.0.0"

# Property White_Space (PropList.txt) has no accessor in Python. It is stable: separators and six
# controls. CR and LF are a class of their own, since the split treats them apart.
SPACE_CONTROLS = {0x09, 0x0B, 0x0C, 0x85}
NEWLINES = {0x0A, 0x0D}


def class_of(code_point):
    category = unicodedata.category(chr(code_point))
    if code_point in NEWLINES:
        return "kNewline"
    if code_point in SPACE_CONTROLS or category[0] == "Z":
        return "kSpace"
    return {"L": "kLetter", "N": "kNumber"}.get(category[0])


def ranges():
    start, current = 0, None
    for code_point in range(0x110001):
        cls = class_of(code_point) if code_point < 0x110000 else None
        if cls != current:
            if current:
                yield start, code_point - 1, current
            start, current = code_point, cls


def main():
    if unicodedata.unidata_version != UNICODE_VERSION:
        sys.exit(f"needs Unicode {UNICODE_VERSION}, found {unicodedata.unidata_version}: "
                 "pip install unicodedata2==16.0.0")
    print(f"// Made by tools/make_unicode_tables.py from Unicode {UNICODE_VERSION}; do not edit.")
    print('#include "text/unicode.h"\n\nnamespace freshet {\nnamespace {\n')
    print("using enum CharClass;\n")
    print("// clang-format off\nconstexpr CharRange kRanges[] = {")
    line = "   "
    for first, last, cls in ranges():
        item = f" {{0x{first:X}, 0x{last:X}, {cls}}},"
        if len(line) + len(item) > 100:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};\n// clang-format on\n\n}  // namespace\n")
    print("std::span<const CharRange> char_ranges() noexcept { return kRanges; }\n")
    print("}  // namespace freshet")


main()
