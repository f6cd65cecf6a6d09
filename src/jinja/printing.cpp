#include "jinja/printing.h"

#include <array>
#include <charconv>
#include <cmath>

#include "jinja/unicode.h"

namespace freshet::jinja {
namespace {

void append_ascii(Text& out, std::string_view ascii) { out.append(ascii.begin(), ascii.end()); }

std::string_view name_of(bool truth) { return truth ? "True" : "False"; }

/// Escapes are as foreign as what they stand for.
void append_escaped(Text& out, char32_t character, char32_t quote) {
  const char32_t c = code_of(character);
  const auto add = [&](std::string_view escape) {
    for (const char e : escape) out += static_cast<char32_t>(e) | origin_of(character);
  };
  if (c == quote || c == '\\') {
    add("\\");
    out += character;
  } else if (c == '\n') {
    add("\\n");
  } else if (c == '\r') {
    add("\\r");
  } else if (c == '\t') {
    add("\\t");
  } else if (is_printable(c)) {
    out += character;
  } else if (c < 0x100) {
    add(formatted("\\x{:02x}", uint32_t{c}));
  } else if (c < 0x10000) {
    add(formatted("\\u{:04x}", uint32_t{c}));
  } else {
    add(formatted("\\U{:08x}", uint32_t{c}));
  }
}

void append_quoted(Text& out, TextView text) {
  const bool has_single = find_text(text, U"'") != TextView::npos;
  const bool has_double = find_text(text, U"\"") != TextView::npos;
  const char32_t quote = has_single && !has_double ? U'"' : U'\'';
  out += quote;
  for (const char32_t c : text) append_escaped(out, c, quote);
  out += quote;
}

struct Brackets {
  std::string_view open, close;
};

Brackets brackets_of(Flavor flavor) {
  switch (flavor) {
    case Flavor::kTuple:
      return {"(", ")"};
    case Flavor::kKeys:
      return {"dict_keys([", "])"};
    case Flavor::kValues:
      return {"dict_values([", "])"};
    case Flavor::kItems:
      return {"dict_items([", "])"};
    default:
      return {"[", "]"};
  }
}

void append_sequence(Runtime& runtime, Text& out, const Sequence& sequence) {
  if (sequence.flavor == Flavor::kGenerator) return append_ascii(out, "<generator object>");
  const Brackets brackets = brackets_of(sequence.flavor);
  append_ascii(out, brackets.open);
  for (size_t i = 0; i < sequence.items.size(); ++i) {
    if (i > 0) append_ascii(out, ", ");
    append_repr(runtime, out, sequence.items[i]);
  }
  const bool is_single = sequence.flavor == Flavor::kTuple && sequence.items.size() == 1;
  append_ascii(out, is_single ? "," : "");
  append_ascii(out, brackets.close);
}

/// range(0, 5), range(0, 10, 2): told from its items, since all that matters of a range is in them.
void append_range(Text& out, const std::vector<Value>& items) {
  if (items.empty()) return append_ascii(out, "range(0, 0)");
  const int64_t first = *items.front().integer();
  const int64_t step = items.size() > 1 ? *items[1].integer() - first : 1;
  const int64_t end = *items.back().integer() + step;
  append_ascii(out, step == 1 ? formatted("range({}, {})", first, end)
                              : formatted("range({}, {}, {})", first, end, step));
}

void append_dict(Runtime& runtime, Text& out, const Dict& dict) {
  append_ascii(out, "{");
  for (size_t i = 0; i < dict.entries.size(); ++i) {
    if (i > 0) append_ascii(out, ", ");
    append_repr(runtime, out, dict.entries[i].first);
    append_ascii(out, ": ");
    append_repr(runtime, out, dict.entries[i].second);
  }
  append_ascii(out, "}");
}

void check_size(Runtime& runtime, size_t before, const Text& out) {
  runtime.budget.spend_on(out.size() - before);
  runtime.budget.require(out.size() * sizeof(char32_t));
}

}  // namespace

std::string print_float(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::scientific)
                       .ptr;
  std::string digits(buffer.data(), end);  // d.ddde+XX
  const size_t e = digits.find('e');
  const int exponent = std::stoi(digits.substr(e + 1));
  digits.resize(e);
  const std::string_view sign = digits[0] == '-' ? "-" : "";
  std::erase_if(digits, [](char c) { return c == '-' || c == '.'; });
  const std::string_view all = digits;
  if (exponent < -4 || exponent >= 16) {
    return formatted("{}{}{}{}e{}{:02}", sign, all[0], all.size() > 1 ? "." : "", all.substr(1),
                     exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0) return formatted("{}0.{:0>{}}{}", sign, "", -exponent - 1, all);
  const size_t whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) return formatted("{}{:0<{}}.0", sign, all, whole);
  return formatted("{}{}.{}", sign, all.substr(0, whole), all.substr(whole));
}

void append_repr(Runtime& runtime, Text& out, const Value& value) {
  const Level level(runtime.budget);
  const size_t before = out.size();
  if (const Text* text = value.text()) {
    append_quoted(out, *text);
  } else if (const Sequence* sequence = value.sequence()) {
    if (sequence->flavor == Flavor::kRange) {
      append_range(out, sequence->items);
    } else {
      append_sequence(runtime, out, *sequence);
    }
  } else if (const Dict* dict = value.dict()) {
    append_dict(runtime, out, *dict);
  } else if (Object* object = value.object()) {
    out += object->print(runtime);
  } else if (const BigInteger* big = value.big()) {
    append_ascii(out, big->digits);
  } else if (const auto* truth = std::get_if<bool>(&value.data())) {
    append_ascii(out, name_of(*truth));
  } else if (const auto* whole = std::get_if<int64_t>(&value.data())) {
    append_ascii(out, formatted("{}", *whole));
  } else if (const auto* number = std::get_if<double>(&value.data())) {
    append_ascii(out, print_float(*number));
  } else {
    append_ascii(out, value.is_none() ? "None" : "Undefined");
  }
  check_size(runtime, before, out);
}

void append_value(Runtime& runtime, Text& out, const Value& value) {
  if (value.is_undefined()) return;
  const Text* text = value.text();
  if (text == nullptr) return append_repr(runtime, out, value);
  const size_t before = out.size();
  out += *text;
  check_size(runtime, before, out);
}

Text print_value(Runtime& runtime, const Value& value) {
  Text out;
  append_value(runtime, out, value);
  return out;
}

}  // namespace freshet::jinja
