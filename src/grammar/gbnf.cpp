#include "grammar/gbnf.h"

#include <freshet/grammar.h>

#include <algorithm>
#include <unordered_map>

#include "base/error.h"
#include "base/utf8.h"
#include "grammar/gbnf_text.h"
#include "grammar/limits.h"
#include "grammar/network.h"

namespace freshet {
namespace {

namespace limits = grammar_limits;

/// A parser by recursive descent; groups recurse, at most kNesting deep.
class GbnfParser {
 public:
  explicit GbnfParser(std::string_view text) : text_(text) {}

  Productions parse() {
    text_.skip_space(/*lines=*/true);
    while (!text_.at_end()) {
      parse_rule();
      text_.skip_space(/*lines=*/true);
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
    text_.fail_at(first->second.first_use,
                  formatted("the rule {} is not defined", quoted(first->first)));
  }

  /// A line that begins with | goes on with the rule before it.
  void skip_to_alternative() {
    const size_t start = text_.at();
    text_.skip_space(/*lines=*/true);
    if (text_.peek() != '|') text_.go_back_to(start);
  }

  RuleId rule_named(std::string_view name, size_t offset) {
    const auto known = rules_.find(std::string(name));
    if (known != rules_.end()) return known->second.id;
    if (rules_.size() >= limits::kRules) {
      text_.fail_at(offset, formatted("more than {} rules", limits::kRules),
                    ErrorKind::kUnsupported);
    }
    const RuleId id = productions_.declare(std::string(name));
    rules_.emplace(name, Rule{id, offset});
    return id;
  }

  void parse_rule() {
    const size_t start = text_.at();
    const std::string_view name = text_.read_name("the name of a rule");
    const RuleId rule = rule_named(name, start);
    if (productions_.is_defined(rule)) {
      text_.fail_at(start, formatted("the rule {} is defined a second time", quoted(name)));
    }
    text_.skip_space(/*lines=*/false);
    if (!text_.take("::=")) text_.fail_expected("::=");
    text_.skip_space(/*lines=*/true);
    productions_.define(rule, parse_alternatives(/*nested=*/false).id);
    text_.skip_space(/*lines=*/false);
    if (!text_.at_end() && !is_rule_end()) text_.fail_expected("the end of the rule");
  }

  Part parse_alternatives(bool nested) {
    std::vector<ExpressionId> alternatives;
    uint64_t copies = 1;
    do {
      text_.skip_space(/*lines=*/true);
      const Part part = parse_sequence(nested);
      alternatives.push_back(part.id);
      copies = std::max(copies, part.copies);
      if (!nested) skip_to_alternative();
    } while (text_.take('|'));
    return {productions_.choice(alternatives), copies};
  }

  Part parse_sequence(bool nested) {
    std::vector<ExpressionId> parts;
    uint64_t copies = 1;
    while (true) {
      text_.skip_space(nested);
      const bool at_bracket = text_.peek() == '|' || text_.peek() == ')';
      if (text_.at_end() || at_bracket || (!nested && is_rule_end())) break;
      const Part part = parse_repeats(parse_item());
      parts.push_back(part.id);
      copies = std::max(copies, part.copies);
    }
    return {productions_.sequence(parts), copies};
  }

  /// A newline ends a rule; so does a file that lacks one before the next rule's name.
  [[nodiscard]] bool is_rule_end() const { return text_.peek() == '\n' || text_.peek() == '\r'; }

  Part parse_item() {
    const char c = text_.peek();
    if (c == '"') return {productions_.literal(text_.read_literal())};
    if (c == '[') return {productions_.characters(text_.read_class())};
    if (c == '<') return {productions_.token(text_.read_token())};
    if (text_.take('.')) return {productions_.characters(CodePointSet::all())};
    if (c == '(') return parse_group();
    if (!text_.at_name()) text_.fail_expected("a literal, a class, a group or the name of a rule");
    const size_t start = text_.at();
    return {productions_.call(rule_named(text_.read_name("the name of a rule"), start))};
  }

  Part parse_group() {
    const size_t start = text_.at();
    text_.take('(');
    if (++depth_ > limits::kNesting) {
      text_.fail_at(start, formatted("groups nested deeper than {}", limits::kNesting),
                    ErrorKind::kUnsupported);
    }
    const Part part = parse_alternatives(/*nested=*/true);
    --depth_;
    if (!text_.take(')')) {
      if (text_.at_end()) text_.fail_at(start, "this group is not closed: a ) is missing");
      text_.fail_expected(")");
    }
    return part;
  }

  Part parse_repeats(Part part) {
    for (size_t n = 0;; ++n) {
      const size_t start = text_.at();
      uint32_t minimum = 0;
      uint32_t maximum = kUnlimited;
      if (text_.take('*')) {
      } else if (text_.take('+')) {
        minimum = 1;
      } else if (text_.take('?')) {
        maximum = 1;
      } else if (text_.take('{')) {
        parse_bounds(minimum, maximum);
      } else {
        return part;
      }
      if (n >= limits::kNesting) {
        text_.fail_at(start, formatted("more than {} repeats of one part", limits::kNesting),
                      ErrorKind::kUnsupported);
      }
      const uint64_t copies = maximum == kUnlimited ? std::max(minimum, 1u) : maximum;
      part.copies *= std::max<uint64_t>(copies, 1);
      if (part.copies > limits::kNestedRepeat) {
        text_.fail_at(
            start,
            formatted("repeats within repeats that ask for {} copies, at most {} can be had; "
                      "use * or + or smaller numbers",
                      part.copies, limits::kNestedRepeat),
            ErrorKind::kUnsupported);
      }
      part.id = productions_.repeat(part.id, minimum, maximum);
    }
  }

  /// Behind the {.
  void parse_bounds(uint32_t& minimum, uint32_t& maximum) {
    const size_t start = text_.at();
    minimum = text_.read_number();
    maximum = minimum;
    if (text_.take(',')) {
      text_.skip_space(/*lines=*/false);
      maximum = text_.peek() == '}' ? kUnlimited : text_.read_number();
    }
    if (!text_.take('}')) text_.fail_expected("}");
    if (maximum < minimum) {
      text_.fail_at(start, formatted("{{{},{}}}: the second number is smaller", minimum, maximum));
    }
  }

  GbnfText text_;
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
