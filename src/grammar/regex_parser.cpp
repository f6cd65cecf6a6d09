#include "grammar/regex_parser.h"

#include <algorithm>

#include "base/error.h"
#include "base/format.h"
#include "base/utf8.h"
#include "grammar/limits.h"

namespace freshet {
namespace {

namespace limits = grammar_limits;

CodePointSet digits() { return {U'0', U'9'}; }

CodePointSet word_characters() {
  return CodePointSet::of(
      std::vector<CodePointSet::Range>{{U'0', U'9'}, {U'A', U'Z'}, {U'a', U'z'}, {U'_', U'_'}});
}

// White space to both ECMAScript (2024, 12.2 and 12.3) and Python.
CodePointSet spaces() {
  return CodePointSet::of(std::vector<CodePointSet::Range>{{0x09, 0x0D},
                                                           {0x20, 0x20},
                                                           {0xA0, 0xA0},
                                                           {0x1680, 0x1680},
                                                           {0x2000, 0x200A},
                                                           {0x2028, 0x2029},
                                                           {0x202F, 0x202F},
                                                           {0x205F, 0x205F},
                                                           {0x3000, 0x3000}});
}

// To either of them.
CodePointSet spaces_to_some() {
  CodePointSet set = spaces();
  set.add(0x1C, 0x1F);
  set.add(0x85);
  set.add(0xFEFF);
  return set;
}

// Neither ASCII digits nor in a block with decimal digits of other scripts, which are \d to Python.
CodePointSet non_digits() {
  return CodePointSet::of(std::vector<CodePointSet::Range>{
                              {0, 0x5FF}, {0x2000, 0xA61F}, {0xAC00, 0xD7A3}, {0x1F000, 0x1FAFF}})
      .without(digits());
}

// No letter of any script, which would be \w to Python: ASCII and general punctuation.
CodePointSet non_word_characters() {
  return CodePointSet::of(
             std::vector<CodePointSet::Range>{{0, 0x7F}, {0x2010, 0x2027}, {0x2030, 0x203E}})
      .without(word_characters());
}

CodePointSet all_but_line_ends() { return CodePointSet::of(U"\n\r\u2028\u2029").complement(); }

}  // namespace

void RegexParser::refuse(const std::string& what) const {
  fail(ErrorKind::kBadRequest, "{}: the pattern {} is no regular expression: {} at byte {}",
       regex_.where_, quoted(text_), what, at_);
}

void RegexParser::refuse_unsupported(const std::string& what) const {
  fail(ErrorKind::kUnsupported, "{}: the pattern {} has {} at byte {}, which cannot be enforced",
       regex_.where_, quoted(text_), what, at_);
}

bool RegexParser::take(std::string_view text) {
  if (!text_.substr(at_).starts_with(text)) return false;
  at_ += text.size();
  return true;
}

Regex::NodeId RegexParser::add(Regex::Node node) {
  if (regex_.nodes_.size() >= limits::kExpressions) refuse_unsupported("too many parts");
  regex_.nodes_.push_back(std::move(node));
  return static_cast<NodeId>(regex_.nodes_.size() - 1);
}

// Anchors may stand at the ends of the outermost alternatives.
void RegexParser::parse() {
  if (!is_valid_utf8(text_)) refuse("not UTF-8");
  do {
    const bool from_start = take("^");
    const NodeId node = parse_sequence();
    const bool to_end = take("$");
    regex_.alternatives_.push_back({node, from_start, to_end});
  } while (take("|"));
  if (at_end()) return;
  if (peek() == ')') refuse("a ) without its (");
  refuse_unsupported("an anchor in the middle");
}

Regex::NodeId RegexParser::parse_alternatives() {
  std::vector<NodeId> alternatives;
  do {
    alternatives.push_back(parse_sequence());
  } while (take("|"));
  if (alternatives.size() == 1) return alternatives[0];
  return add({.kind = Kind::kChoice, .children = std::move(alternatives)});
}

Regex::NodeId RegexParser::parse_sequence() {
  std::vector<NodeId> parts;
  while (!at_end() && peek() != '|' && peek() != ')' && peek() != '$' && peek() != '^') {
    parts.push_back(parse_repeats(parse_item()));
  }
  if (parts.size() == 1) return parts[0];
  return add({.kind = Kind::kSequence, .children = std::move(parts)});
}

Regex::NodeId RegexParser::parse_item() {
  switch (peek()) {
    case '(':
      return parse_group();
    case '[':
      return parse_class();
    case '.':
      ++at_;
      return add({.kind = Kind::kSet, .set = all_but_line_ends()});
    case '*':
    case '+':
    case '?':
    case '{':
      refuse("nothing to repeat");
    case ']':
    case '}':
      refuse("a bracket that is not open");
    default:
      break;
  }
  if (const auto set = parse_class_escape()) return add({.kind = Kind::kSet, .set = set->narrow});
  const char32_t character = peek() == '\\' ? parse_escape(/*in_class=*/false) : parse_character();
  return add({.kind = Kind::kSet, .set = {character, character}});
}

Regex::NodeId RegexParser::parse_group() {
  if (++depth_ > limits::kNesting) refuse_unsupported("groups nested too deep");
  ++at_;
  if (peek() == '?') {
    for (const std::string_view look : {"?=", "?!", "?<=", "?<!"}) {
      if (text_.substr(at_).starts_with(look)) refuse_unsupported("lookaround");
    }
    if (take("?<") || take("?P<")) {
      const size_t end = text_.find('>', at_);
      if (end == text_.npos) refuse("a group's name without its >");
      at_ = end + 1;
    } else if (!take("?:")) {
      refuse_unsupported("flags");
    }
  }
  const NodeId node = parse_alternatives();
  --depth_;
  if (peek() == '^' || peek() == '$') refuse_unsupported("an anchor within a group");
  if (!take(")")) refuse("a group without its )");
  return node;
}

uint32_t RegexParser::parse_number() {
  uint64_t number = 0;
  const size_t start = at_;
  while (peek() >= '0' && peek() <= '9') {
    number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(text_[at_++] - '0'), 1u << 30);
  }
  if (at_ == start) refuse("expected a number");
  if (number > limits::kRepeat) refuse_unsupported("a repeat of more than a million");
  return static_cast<uint32_t>(number);
}

bool RegexParser::parse_bounds(uint32_t& minimum, uint32_t& maximum) {
  minimum = 0;
  maximum = kUnlimited;
  if (take("*")) return true;
  if (take("+")) {
    minimum = 1;
    return true;
  }
  if (take("?")) {
    maximum = 1;
    return true;
  }
  if (!take("{")) return false;
  minimum = maximum = parse_number();
  if (take(",")) maximum = peek() == '}' ? kUnlimited : parse_number();
  if (!take("}")) refuse("a repeat without its }");
  if (maximum < minimum) refuse("a repeat whose second number is smaller");
  return true;
}

Regex::NodeId RegexParser::parse_repeats(NodeId node) {
  uint32_t minimum = 0;
  uint32_t maximum = 0;
  if (!parse_bounds(minimum, maximum)) return node;
  take("?");  // a lazy repeat has the same texts
  if (!at_end() && std::string_view("*+?{").find(peek()) != std::string_view::npos) {
    refuse_unsupported("a repeat of a repeat");
  }
  return add({.kind = Kind::kRepeat, .children = {node}, .minimum = minimum, .maximum = maximum});
}

Regex::NodeId RegexParser::parse_class() {
  ++at_;
  const bool negated = take("^");
  if (peek() == ']') refuse_unsupported("an empty class");
  ClassSet set;
  const auto add_set = [&](const ClassSet& other) {
    set.narrow.add(other.narrow);
    set.wide.add(other.wide);
  };
  std::vector<CodePointSet::Range> ranges;
  while (!take("]")) {
    if (at_end()) refuse("a class without its ]");
    if (const auto escape = parse_class_escape()) {
      add_set(*escape);
      continue;
    }
    const char32_t first = parse_class_character();
    char32_t last = first;
    if (peek() == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
      ++at_;
      if (parse_class_escape()) refuse("a range that ends in a class");
      last = parse_class_character();
    }
    if (last < first) refuse("a range that ends before it begins");
    ranges.push_back({first, last});
  }
  const CodePointSet plain = CodePointSet::of(ranges);
  add_set({plain, plain});
  return add({.kind = Kind::kSet, .set = negated ? set.wide.complement() : set.narrow});
}

std::optional<RegexParser::ClassSet> RegexParser::parse_class_escape() {
  if (take("\\d")) return ClassSet{digits(), non_digits().complement()};
  if (take("\\D")) return ClassSet{non_digits(), digits().complement()};
  if (take("\\w")) return ClassSet{word_characters(), non_word_characters().complement()};
  if (take("\\W")) return ClassSet{non_word_characters(), word_characters().complement()};
  if (take("\\s")) return ClassSet{spaces(), spaces_to_some()};
  if (take("\\S")) return ClassSet{spaces_to_some().complement(), spaces().complement()};
  return std::nullopt;
}

char32_t RegexParser::parse_class_character() {
  if (at_end()) refuse("a class without its ]");
  return peek() == '\\' ? parse_escape(/*in_class=*/true) : parse_character();
}

char32_t RegexParser::parse_character() {
  const Utf8Char c = decode_utf8(text_.substr(at_));
  at_ += c.length;
  return c.code_point;
}

char32_t RegexParser::parse_hex(size_t n_digits) {
  uint32_t value = 0;
  for (size_t i = 0; i < n_digits; ++i) {
    const char c = peek();
    const std::string_view kDigits = "0123456789abcdef";
    const size_t digit = kDigits.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    if (at_end() || digit == std::string_view::npos) refuse("expected a hexadecimal digit");
    value = value * 16 + static_cast<uint32_t>(digit);
    ++at_;
  }
  return value;
}

// Behind \u: four digits, maybe a pair of surrogates.
char32_t RegexParser::parse_unicode_escape() {
  if (peek() == '{') refuse_unsupported("\\u{");
  const char32_t first = parse_hex(4);
  if (first < 0xD800 || first > 0xDFFF) return first;
  if (first < 0xDC00 && take("\\u")) {
    const char32_t second = parse_hex(4);
    if (second >= 0xDC00 && second <= 0xDFFF) {
      return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    }
  }
  refuse_unsupported("half a surrogate pair");
}

char32_t RegexParser::parse_escape(bool in_class) {
  ++at_;
  if (at_end()) refuse("a backslash with nothing behind it");
  const char c = text_[at_++];
  switch (c) {
    case 'n':
      return U'\n';
    case 'r':
      return U'\r';
    case 't':
      return U'\t';
    case 'f':
      return U'\f';
    case 'v':
      return U'\v';
    case 'x':
      return parse_hex(2);
    case 'u':
      return parse_unicode_escape();
    case 'b':
      if (in_class) return U'\b';
      refuse_unsupported("\\b");
    default:
      break;
  }
  const bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (is_word || c == '_') refuse_unsupported(formatted("\\{}", c));
  --at_;
  return parse_character();
}

}  // namespace freshet
