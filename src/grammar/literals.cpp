#include "grammar/literals.h"

#include "base/check.h"
#include "base/format.h"
#include "base/utf8.h"

namespace freshet {
namespace {

// Enough for what json.dumps prints, and an end to what a model would print for ever.
constexpr uint32_t kMostDigits = 40;
constexpr uint32_t kMostIndentation = 128;

struct ShortEscape {
  char32_t character;
  const char* spelling;
};
constexpr ShortEscape kShortEscapes[] = {
    {U'\b', "\\b"}, {U'\f', "\\f"}, {U'\n', "\\n"}, {U'\r', "\\r"}, {U'\t', "\\t"}};

std::string key_of(const CodePointSet& set, char quote) {
  std::string key = {'c', quote};
  for (const CodePointSet::Range& range : set.ranges()) {
    key += formatted("{:x}-{:x},", static_cast<uint32_t>(range.first),
                     static_cast<uint32_t>(range.last));
  }
  return key;
}

}  // namespace

template <class Make>
ExpressionId Literals::shared(const std::string& key, Make make) {
  const auto [known, is_new] = shared_.try_emplace(key, 0);
  if (is_new) {
    const RuleId rule = productions_.declare(key);
    known->second = rule;
    productions_.define(rule, make());
    return productions_.call(rule);
  }
  return productions_.call(known->second);
}

ExpressionId Literals::quoted_string(const std::function<ExpressionId(char quote)>& body) {
  const auto within = [&](char quote) {
    const ExpressionId mark = productions_.literal({&quote, 1});
    return productions_.sequence({mark, body(quote), mark});
  };
  if (dialect_ == Dialect::kJson) return within('"');
  return productions_.choice({within('\''), within('"')});
}

ExpressionId Literals::ascii(std::string_view characters) {
  CodePointSet set;
  for (const char c : characters) set.add(static_cast<char32_t>(c));
  return productions_.characters(set);
}

ExpressionId Literals::hex_range(uint32_t first, uint32_t last) {
  CodePointSet set;
  for (uint32_t digit = first; digit <= last; ++digit) {
    if (digit < 10) {
      set.add(U'0' + digit);
    } else {
      set.add(U'a' + (digit - 10));
      set.add(U'A' + (digit - 10));
    }
  }
  return productions_.characters(set);
}

namespace {

/// Ranges of four hexadecimal digits, each a product of ranges of digits.
void split_hex(std::vector<CodePointSet::Range>& out, uint32_t first, uint32_t last) {
  for (uint32_t bits = 4; bits < 16; bits += 4) {
    const uint32_t mask = (1u << bits) - 1;
    if ((first & ~mask) == (last & ~mask)) break;
    if ((first & mask) != 0) {
      split_hex(out, first, first | mask);
      return split_hex(out, (first | mask) + 1, last);
    }
    if ((last & mask) != mask) {
      split_hex(out, first, (last & ~mask) - 1);
      return split_hex(out, last & ~mask, last);
    }
  }
  out.push_back({first, last});
}

}  // namespace

// \u and four digits for each number of the set, which may be surrogates: plain ranges.
ExpressionId Literals::hexadecimal(const CodePointSet& set) {
  std::vector<ExpressionId> spellings;
  for (const CodePointSet::Range& range : set.ranges()) {
    std::vector<CodePointSet::Range> products;
    split_hex(products, range.first, range.last);
    for (const auto& [first, last] : products) {
      std::vector<ExpressionId> parts = {productions_.literal("\\u")};
      for (int shift = 12; shift >= 0; shift -= 4) {
        parts.push_back(hex_range((first >> shift) & 15, (last >> shift) & 15));
      }
      spellings.push_back(productions_.sequence(parts));
    }
  }
  return productions_.choice(spellings);
}

// Beyond U+FFFF: \uD83D\uDE00. Ten bits each.
ExpressionId Literals::surrogate_pairs(const CodePointSet& set) {
  std::vector<ExpressionId> spellings;
  const auto add = [&](uint32_t high_first, uint32_t high_last, uint32_t low_first,
                       uint32_t low_last) {
    std::vector<ExpressionId> halves;
    for (const auto& [first, last] : {std::pair(0xD800 + high_first, 0xD800 + high_last),
                                      std::pair(0xDC00 + low_first, 0xDC00 + low_last)}) {
      std::vector<CodePointSet::Range> products;
      split_hex(products, first, last);
      std::vector<ExpressionId> choices;
      for (const auto& product : products) {
        std::vector<ExpressionId> parts = {productions_.literal("\\u")};
        for (int shift = 12; shift >= 0; shift -= 4) {
          parts.push_back(hex_range((product.first >> shift) & 15, (product.last >> shift) & 15));
        }
        choices.push_back(productions_.sequence(parts));
      }
      halves.push_back(productions_.choice(choices));
    }
    spellings.push_back(productions_.sequence(halves));
  };
  for (const CodePointSet::Range& range : set.ranges()) {
    const uint32_t first = range.first - 0x10000;
    const uint32_t last = range.last - 0x10000;
    const uint32_t high_first = first >> 10;
    const uint32_t high_last = last >> 10;
    if (high_first == high_last) {
      add(high_first, high_last, first & 0x3FF, last & 0x3FF);
      continue;
    }
    add(high_first, high_first, first & 0x3FF, 0x3FF);
    if (high_first + 1 < high_last) add(high_first + 1, high_last - 1, 0, 0x3FF);
    add(high_last, high_last, 0, last & 0x3FF);
  }
  return productions_.choice(spellings);
}

ExpressionId Literals::spell_character(const CodePointSet& set, char quote) {
  std::vector<ExpressionId> spellings;
  CodePointSet escaped = CodePointSet::of(std::u32string{U'\\', static_cast<char32_t>(quote)});
  CodePointSet short_escapes;
  for (const auto& [character, spelling] : kShortEscapes) {
    short_escapes.add(character);
    if (set.contains(character)) spellings.push_back(productions_.literal(spelling));
  }
  const CodePointSet backslashed = set.intersect(escaped);
  if (!backslashed.empty()) {
    spellings.push_back(
        productions_.sequence({productions_.literal("\\"), productions_.characters(backslashed)}));
  }
  const CodePointSet raw = set.intersect({0x20, kLastCodePoint}).without(escaped);
  if (!raw.empty()) spellings.push_back(productions_.characters(raw));
  const CodePointSet controls = set.intersect({0, 0x1F}).without(short_escapes);
  if (!controls.empty()) spellings.push_back(hexadecimal(controls));
  const CodePointSet in_plane = set.intersect({0x7F, 0xFFFF});
  if (!in_plane.empty()) spellings.push_back(hexadecimal(in_plane));
  const CodePointSet beyond = set.intersect({0x10000, kLastCodePoint});
  if (!beyond.empty() && dialect_ == Dialect::kJson) spellings.push_back(surrogate_pairs(beyond));
  return productions_.choice(spellings);
}

ExpressionId Literals::character(const CodePointSet& set, char quote) {
  return shared(key_of(set, quote), [&] { return spell_character(set, quote); });
}

ExpressionId Literals::any_character(char quote) {
  return shared(formatted("character in {}", quote), [&] {
    CodePointSet raw(0x20, kLastCodePoint);
    raw = raw.without(CodePointSet::of(std::u32string{U'\\', static_cast<char32_t>(quote)}));
    const bool json = dialect_ == Dialect::kJson;
    std::vector<ExpressionId> spellings = {
        productions_.characters(raw),
        productions_.sequence(
            {productions_.literal("\\"), ascii(json ? "\"\\/bfnrt" : "\"'\\bfnrt")}),
        hexadecimal(CodePointSet(0, 0xFFFF))};
    if (json) spellings.push_back(surrogate_pairs(CodePointSet(0x10000, kLastCodePoint)));
    return productions_.choice(spellings);
  });
}

ExpressionId Literals::any_string(uint32_t minimum, uint32_t maximum) {
  return quoted_string(
      [&](char quote) { return productions_.repeat(any_character(quote), minimum, maximum); });
}

ExpressionId Literals::exact_string(std::string_view text) {
  return quoted_string([&](char quote) {
    std::vector<ExpressionId> parts;
    std::string plain;
    const auto flush = [&] {
      if (!plain.empty()) parts.push_back(productions_.literal(plain));
      plain.clear();
    };
    for (std::string_view rest = text; !rest.empty();) {
      const Utf8Char c = decode_utf8(rest);
      FRESHET_CHECK(c.status == Utf8Status::kValid);  // JSON has been read as UTF-8
      rest.remove_prefix(c.length);
      const bool as_is = c.code_point >= 0x20 && c.code_point < 0x7F && c.code_point != U'\\' &&
                         c.code_point != static_cast<char32_t>(quote);
      if (as_is) {
        plain.push_back(static_cast<char>(c.code_point));
      } else {
        flush();
        parts.push_back(character({c.code_point, c.code_point}, quote));
      }
    }
    flush();
    return productions_.sequence(parts);
  });
}

ExpressionId Literals::digits(uint32_t minimum, uint32_t maximum) {
  return productions_.repeat(productions_.characters({U'0', U'9'}), minimum, maximum);
}

ExpressionId Literals::integer() {
  return shared("integer", [&] {
    const ExpressionId positive =
        productions_.sequence({productions_.characters({U'1', U'9'}), digits(0, kMostDigits - 1)});
    return productions_.sequence({productions_.optional(productions_.literal("-")),
                                  productions_.choice({productions_.literal("0"), positive})});
  });
}

ExpressionId Literals::number() {
  return shared("number", [&] {
    const ExpressionId fraction =
        productions_.sequence({productions_.literal("."), digits(1, kMostDigits)});
    // Up to 259: with 40 digits before it the number is still one that a double holds.
    const ExpressionId digit = digits(1, 1);
    const ExpressionId power = productions_.choice(
        {digits(1, 2), productions_.sequence({productions_.literal("1"), digit, digit}),
         productions_.sequence(
             {productions_.literal("2"), productions_.characters({U'0', U'5'}), digit})});
    const ExpressionId exponent =
        productions_.sequence({ascii("eE"), productions_.optional(ascii("+-")), power});
    return productions_.sequence(
        {integer(), productions_.optional(fraction), productions_.optional(exponent)});
  });
}

ExpressionId Literals::boolean(bool value) {
  const ExpressionId json = productions_.literal(value ? "true" : "false");
  if (dialect_ == Dialect::kJson) return json;
  return productions_.choice({productions_.literal(value ? "True" : "False"), json});
}

ExpressionId Literals::boolean() { return productions_.choice({boolean(true), boolean(false)}); }

ExpressionId Literals::null() {
  if (dialect_ == Dialect::kJson) return productions_.literal("null");
  return productions_.choice({productions_.literal("None"), productions_.literal("null")});
}

ExpressionId Literals::gap() {
  return shared("gap", [&] {
    const ExpressionId space = productions_.optional(productions_.literal(" "));
    if (dialect_ == Dialect::kPython) return space;
    const ExpressionId indentation = productions_.repeat(ascii(" \t"), 0, kMostIndentation);
    return productions_.choice(
        {space, productions_.sequence({productions_.literal("\n"), indentation})});
  });
}

ExpressionId Literals::comma() { return productions_.sequence({productions_.literal(","), gap()}); }

ExpressionId Literals::colon() {
  return productions_.sequence(
      {productions_.literal(":"), productions_.optional(productions_.literal(" "))});
}

ExpressionId Literals::list(std::string_view open, ExpressionId item, std::string_view close,
                            uint32_t minimum, uint32_t maximum) {
  const ExpressionId end = productions_.literal(close);
  const ExpressionId none = productions_.sequence({gap(), end});
  const ExpressionId begin = productions_.literal(open);
  if (maximum == 0) return productions_.sequence({begin, none});
  const ExpressionId more = productions_.sequence({comma(), item});
  const uint32_t most = maximum == kUnlimited ? kUnlimited : maximum - 1;
  const ExpressionId some = productions_.sequence(
      {gap(), item, productions_.repeat(more, minimum == 0 ? 0 : minimum - 1, most), gap(), end});
  if (minimum > 0) return productions_.sequence({begin, some});
  return productions_.sequence({begin, productions_.choice({some, none})});
}

ExpressionId Literals::value(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return null();
    case Json::value_t::boolean:
      return boolean(value.get<bool>());
    case Json::value_t::string:
      return exact_string(value.get_ref<const std::string&>());
    case Json::value_t::array:
    case Json::value_t::object: {
      const bool object = value.is_object();
      std::vector<ExpressionId> parts = {productions_.literal(object ? "{" : "["), gap()};
      bool first = true;
      for (const auto& member : value.items()) {
        if (!first) parts.push_back(comma());
        first = false;
        if (object) {
          parts.push_back(exact_string(member.key()));
          parts.push_back(colon());
        }
        parts.push_back(this->value(member.value()));
      }
      if (!value.empty()) parts.push_back(gap());
      parts.push_back(productions_.literal(object ? "}" : "]"));
      return productions_.sequence(parts);
    }
    default:
      return productions_.literal(value.dump());
  }
}

ExpressionId Literals::any_value() {
  return shared("value", [&] {
    const ExpressionId any = productions_.call(shared_.at("value"));
    const ExpressionId member = productions_.sequence({any_string(), colon(), any});
    return productions_.choice({list("{", member, "}", 0, kUnlimited),
                                list("[", any, "]", 0, kUnlimited), any_string(), number(),
                                boolean(), null()});
  });
}

}  // namespace freshet
