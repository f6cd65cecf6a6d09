#include "grammar/gbnf.h"

#include <freshet/grammar.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/error.h"
#include "base/utf8.h"
#include "grammar/limits.h"
#include "grammar/network.h"

namespace freshet {
namespace {

namespace limits = grammar_limits;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

/// A parser by recursive descent; groups recurse, at most kNesting deep.
class GbnfParser {
 public:
  explicit GbnfParser(std::string_view text) : text_(text) {}

  Productions parse() {
    skip_space(/*lines=*/true);
    while (at_ < text_.size()) {
      parse_rule();
      skip_space(/*lines=*/true);
    }
    refuse_undefined();
    const auto root = rules_.find("root");
    if (root == rules_.end()) {
      fail(ErrorKind::kBadRequest,
           "grammar: there is no rule named root, which is where it starts");
    }
    productions_.set_start(root->second.id);
    return std::move(productions_);
  }

 private:
  struct Rule {
    RuleId id;
    size_t first_use;
  };
  /// An expression, and how many copies of its innermost parts its bounded repeats ask for.
  struct Part {
    ExpressionId id;
    uint64_t copies = 1;
  };

  void refuse_undefined() const {
    const std::pair<const std::string, Rule>* first = nullptr;
    for (const auto& entry : rules_) {
      if (productions_.is_defined(entry.second.id)) continue;
      if (first == nullptr || entry.second.first_use < first->second.first_use) first = &entry;
    }
    if (first == nullptr) return;
    fail_at(first->second.first_use, formatted("the rule {} is not defined", quoted(first->first)));
  }

  [[noreturn]] void fail_at(size_t offset, const std::string& what,
                            ErrorKind kind = ErrorKind::kBadRequest) const {
    const std::string_view before = text_.substr(0, offset);
    const size_t newline = before.rfind('\n');
    const size_t line_start = newline == before.npos ? 0 : newline + 1;
    fail(kind, "grammar: line {}, column {}: {}", 1 + std::ranges::count(before, '\n'),
         offset - line_start + 1, what);
  }
  [[noreturn]] void fail_expected(const std::string& expected) const {
    const std::string found =
        at_ < text_.size() ? quoted(text_.substr(at_, 1)) : "the end of the grammar";
    fail_at(at_, "expected " + expected + ", found " + found);
  }

  [[nodiscard]] char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_space(bool lines) {
    while (!at_end()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
        ++at_;
      } else {
        return;
      }
    }
  }

  /// A line that begins with | goes on with the rule before it.
  void skip_to_alternative() {
    const size_t start = at_;
    skip_space(/*lines=*/true);
    if (peek() != '|') at_ = start;
  }

  std::string_view parse_name(const char* expected) {
    const size_t start = at_;
    while (!at_end() && is_name_character(text_[at_])) ++at_;
    if (at_ == start) fail_expected(expected);
    return text_.substr(start, at_ - start);
  }

  RuleId rule_named(std::string_view name, size_t offset) {
    const auto known = rules_.find(std::string(name));
    if (known != rules_.end()) return known->second.id;
    if (rules_.size() >= limits::kRules) {
      fail_at(offset, formatted("more than {} rules", limits::kRules), ErrorKind::kUnsupported);
    }
    const RuleId id = productions_.declare(std::string(name));
    rules_.emplace(name, Rule{id, offset});
    return id;
  }

  void parse_rule() {
    const size_t start = at_;
    const std::string_view name = parse_name("the name of a rule");
    const RuleId rule = rule_named(name, start);
    if (productions_.is_defined(rule)) {
      fail_at(start, formatted("the rule {} is defined a second time", quoted(name)));
    }
    skip_space(/*lines=*/false);
    if (text_.substr(at_, 3) != "::=") fail_expected("::=");
    at_ += 3;
    skip_space(/*lines=*/true);
    productions_.define(rule, parse_alternatives(/*nested=*/false).id);
    skip_space(/*lines=*/false);
    if (!at_end() && peek() != '\n' && peek() != '\r') fail_expected("the end of the rule");
  }

  Part parse_alternatives(bool nested) {
    std::vector<ExpressionId> alternatives;
    uint64_t copies = 1;
    do {
      skip_space(/*lines=*/true);
      const Part part = parse_sequence(nested);
      alternatives.push_back(part.id);
      copies = std::max(copies, part.copies);
      if (!nested) skip_to_alternative();
    } while (take('|'));
    return {productions_.choice(alternatives), copies};
  }

  Part parse_sequence(bool nested) {
    std::vector<ExpressionId> parts;
    uint64_t copies = 1;
    while (true) {
      skip_space(nested);
      if (at_end() || peek() == '|' || peek() == ')' || (!nested && is_rule_end())) break;
      const Part part = parse_repeats(parse_item());
      parts.push_back(part.id);
      copies = std::max(copies, part.copies);
    }
    return {productions_.sequence(parts), copies};
  }

  /// A newline ends a rule; so does a file that lacks one before the next rule's name.
  [[nodiscard]] bool is_rule_end() const { return peek() == '\n' || peek() == '\r'; }

  Part parse_item() {
    const char c = peek();
    if (c == '"') return {parse_literal()};
    if (c == '[') return {parse_class()};
    if (c == '<') return {parse_token()};
    if (take('.')) return {productions_.characters(CodePointSet::all())};
    if (c == '(') return parse_group();
    if (!is_name_character(c)) fail_expected("a literal, a class, a group or the name of a rule");
    const size_t start = at_;
    return {productions_.call(rule_named(parse_name("the name of a rule"), start))};
  }

  Part parse_group() {
    const size_t start = at_++;
    if (++depth_ > limits::kNesting) {
      fail_at(start, formatted("groups nested deeper than {}", limits::kNesting),
              ErrorKind::kUnsupported);
    }
    const Part part = parse_alternatives(/*nested=*/true);
    --depth_;
    if (!take(')')) {
      if (at_end()) fail_at(start, "this group is not closed: a ) is missing");
      fail_expected(")");
    }
    return part;
  }

  Part parse_repeats(Part part) {
    for (size_t n = 0;; ++n) {
      const size_t start = at_;
      uint32_t minimum = 0;
      uint32_t maximum = kUnlimited;
      if (take('*')) {
      } else if (take('+')) {
        minimum = 1;
      } else if (take('?')) {
        maximum = 1;
      } else if (take('{')) {
        parse_bounds(minimum, maximum);
      } else {
        return part;
      }
      if (n >= limits::kNesting) {
        fail_at(start, formatted("more than {} repeats of one part", limits::kNesting),
                ErrorKind::kUnsupported);
      }
      const uint64_t copies = maximum == kUnlimited ? std::max(minimum, 1u) : maximum;
      part.copies *= std::max<uint64_t>(copies, 1);
      if (part.copies > limits::kNestedRepeat) {
        fail_at(start,
                formatted("repeats within repeats that ask for {} copies, at most {} can be had; "
                          "use * or + or smaller numbers",
                          part.copies, limits::kNestedRepeat),
                ErrorKind::kUnsupported);
      }
      part.id = productions_.repeat(part.id, minimum, maximum);
    }
  }

  uint32_t parse_number() {
    skip_space(/*lines=*/false);
    const size_t start = at_;
    uint64_t number = 0;
    while (peek() >= '0' && peek() <= '9') {
      number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(text_[at_++] - '0'),
                                  uint64_t{1} << 40);
    }
    if (at_ == start) fail_expected("a number");
    if (number > limits::kRepeat) {
      fail_at(start,
              formatted("a repeat of {}, at most {} is possible; use * or +",
                        text_.substr(start, std::min<size_t>(at_ - start, 20)), limits::kRepeat),
              ErrorKind::kUnsupported);
    }
    skip_space(/*lines=*/false);
    return static_cast<uint32_t>(number);
  }

  /// Behind the {.
  void parse_bounds(uint32_t& minimum, uint32_t& maximum) {
    const size_t start = at_;
    minimum = parse_number();
    maximum = minimum;
    if (take(',')) {
      skip_space(/*lines=*/false);
      maximum = peek() == '}' ? kUnlimited : parse_number();
    }
    if (!take('}')) fail_expected("}");
    if (maximum < minimum)
      fail_at(start, formatted("{{{},{}}}: the second number is smaller", minimum, maximum));
  }

  ExpressionId parse_literal() {
    const size_t start = at_++;
    std::string bytes;
    while (!take('"')) {
      if (at_end() || peek() == '\n') fail_at(start, "this literal is not closed: a \" is missing");
      append_utf8(bytes, parse_character());
    }
    return productions_.literal(bytes);
  }

  ExpressionId parse_class() {
    const size_t start = at_++;
    const bool negated = take('^');
    std::vector<CodePointSet::Range> ranges;
    while (!take(']')) {
      if (at_end() || peek() == '\n') fail_at(start, "this class is not closed: a ] is missing");
      const size_t range_start = at_;
      const char32_t first = parse_character();
      char32_t last = first;
      if (peek() == '-' && peek(1) != ']' && at_ + 1 < text_.size()) {
        ++at_;
        last = parse_character();
      }
      if (last < first) fail_at(range_start, "a range that ends before it begins");
      ranges.push_back({first, last});
    }
    const CodePointSet set = CodePointSet::of(ranges);
    return productions_.characters(negated ? set.complement() : set);
  }

  char32_t parse_character() {
    if (peek() == '\\') return parse_escape();
    const Utf8Char c = decode_utf8(text_.substr(at_));
    if (c.status != Utf8Status::kValid) fail_at(at_, "not UTF-8");
    at_ += c.length;
    return c.code_point;
  }

  char32_t parse_escape() {
    const size_t start = at_++;
    const char c = peek();
    ++at_;
    switch (c) {
      case 'n':
        return U'\n';
      case 'r':
        return U'\r';
      case 't':
        return U'\t';
      case 'x':
        return parse_hex(start, 2);
      case 'u':
        return parse_hex(start, 4);
      case 'U':
        return parse_hex(start, 8);
      case '\\':
      case '"':
      case '\'':
      case '[':
      case ']':
      case '-':
      case '^':
      case '/':
      case '.':
        return static_cast<char32_t>(c);
      default:
        fail_at(start,
                "an unknown escape; there are \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\^ \\xNN \\uNNNN "
                "\\UNNNNNNNN");
    }
  }

  char32_t parse_hex(size_t start, size_t digits) {
    uint32_t value = 0;
    const std::string_view hex = text_.substr(std::min(at_, text_.size()), digits);
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    if (hex.size() < digits || error != std::errc() || end != hex.data() + digits) {
      fail_at(start, formatted("expected {} hexadecimal digits", digits));
    }
    if (value > kLastCodePoint || (value >= 0xD800 && value <= 0xDFFF)) {
      fail_at(start, formatted("U+{:04X} is not a character", value));
    }
    at_ += digits;
    return value;
  }

  /// <[123]> or <|name|>.
  ExpressionId parse_token() {
    const size_t start = at_;
    const size_t end = text_.find('>', at_);
    const std::string_view line = text_.substr(at_, text_.find('\n', at_) - at_);
    if (end == text_.npos || end - at_ >= line.size()) {
      fail_at(start, "this token is not closed: a > is missing");
    }
    const std::string_view name = text_.substr(at_, end + 1 - at_);
    at_ = end + 1;
    if (!name.starts_with("<[")) return productions_.token({.id = -1, .name = std::string(name)});
    int32_t id = -1;
    const char* last = name.data() + name.size() - 2;
    const auto [parsed, error] = std::from_chars(name.data() + 2, last, id);
    if (!name.ends_with("]>") || error != std::errc() || parsed != last || id < 0) {
      fail_at(start, "expected a token as <[123]> or <|name|>");
    }
    return productions_.token({.id = id, .name = {}});
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t depth_ = 0;
  Productions productions_;
  std::unordered_map<std::string, Rule> rules_;
};

}  // namespace

Productions parse_gbnf(std::string_view text) {
  if (text.size() > limits::kTextBytes) {
    fail(ErrorKind::kUnsupported, "grammar: {} bytes, at most {} can be read", text.size(),
         limits::kTextBytes);
  }
  return GbnfParser(text).parse();
}

Grammar Grammar::from_gbnf(std::string_view text) {
  return Grammar(std::make_shared<const Impl>(Network::compile(parse_gbnf(text))));
}

}  // namespace freshet
