#include "jinja/parse_expression.h"

#include <array>

namespace freshet::jinja {
namespace {

constexpr int kMaxDepth = 150;
constexpr int kMaxHeight =
    200;  // more than the depth: a + b + c nests to the left without recursion

class Nested {
 public:
  explicit Nested(ExpressionParser& parser) : parser_(parser) { parser_.enter(); }
  ~Nested() { parser_.leave(); }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;

 private:
  ExpressionParser& parser_;
};

struct ComparisonSign {
  std::string_view sign;
  Comparison comparison;
};
constexpr std::array kComparisons = {
    ComparisonSign{"==", Comparison::kEqual},  ComparisonSign{"!=", Comparison::kNotEqual},
    ComparisonSign{"<", Comparison::kLess},    ComparisonSign{"<=", Comparison::kLessEqual},
    ComparisonSign{">", Comparison::kGreater}, ComparisonSign{">=", Comparison::kGreaterEqual}};

std::optional<Comparison> take_comparison(TokenStream& tokens) {
  for (const auto& [sign, comparison] : kComparisons) {
    if (tokens.skip_operator(sign)) return comparison;
  }
  if (tokens.skip_name("in")) return Comparison::kIn;
  if (!tokens.is_name("not") || !tokens.next_is_name("in")) return std::nullopt;
  tokens.take();
  tokens.take();
  return Comparison::kNotIn;
}

}  // namespace

void ExpressionParser::enter() {
  if (depth_ >= kMaxDepth) tokens_.refuse_depth();
  ++depth_;
}

template <class Node>
ExpressionPtr ExpressionParser::make(uint32_t offset, Node node) const {
  auto made = std::make_unique<Expression>(Expression{offset, 0, std::move(node)});
  made->height = height_of(made->node);
  if (made->height > kMaxHeight) tokens_.refuse_depth();
  return made;
}

bool ExpressionParser::at_tuple_end(std::string_view end) const {
  return tokens_.is(TokenKind::kVariableEnd) || tokens_.is(TokenKind::kBlockEnd) ||
         tokens_.is_operator(")") || (!end.empty() && tokens_.is_name(end));
}

ExpressionPtr ExpressionParser::parse_tuple_of(bool with_conditional, std::string_view end) {
  const uint32_t offset = tokens_.current().offset;
  std::vector<ExpressionPtr> items;
  bool is_tuple = false;
  while (!at_tuple_end(end)) {
    items.push_back(with_conditional ? parse_conditional() : parse_or());
    if (!tokens_.skip_operator(",")) break;
    is_tuple = true;
  }
  if (items.empty()) tokens_.refuse_token("an expression");
  if (!is_tuple) return std::move(items.front());
  return make(offset, ListDisplay{std::move(items), Flavor::kTuple});
}

ExpressionPtr ExpressionParser::parse_conditional() {
  const Nested nested(*this);
  ExpressionPtr value = parse_or();
  while (tokens_.is_name("if")) {
    const uint32_t offset = tokens_.take().offset;
    ExpressionPtr condition = parse_or();
    ExpressionPtr otherwise = tokens_.skip_name("else") ? parse_conditional() : nullptr;
    value = make(offset, Conditional{std::move(condition), std::move(value), std::move(otherwise)});
  }
  return value;
}

ExpressionPtr ExpressionParser::parse_or() {
  ExpressionPtr left = parse_and();
  while (tokens_.is_name("or")) {
    const uint32_t offset = tokens_.take().offset;
    left = make(offset, Logic{std::move(left), parse_and(), /*is_and=*/false});
  }
  return left;
}

ExpressionPtr ExpressionParser::parse_and() {
  ExpressionPtr left = parse_not();
  while (tokens_.is_name("and")) {
    const uint32_t offset = tokens_.take().offset;
    left = make(offset, Logic{std::move(left), parse_not(), /*is_and=*/true});
  }
  return left;
}

ExpressionPtr ExpressionParser::parse_not() {
  if (!tokens_.is_name("not")) return parse_comparison();
  const Nested nested(*this);
  const uint32_t offset = tokens_.take().offset;
  return make(offset, Not{parse_not()});
}

ExpressionPtr ExpressionParser::parse_comparison() {
  ExpressionPtr first = parse_sum();
  const uint32_t offset = tokens_.current().offset;
  std::vector<std::pair<Comparison, ExpressionPtr>> rest;
  while (const auto comparison = take_comparison(tokens_)) {
    rest.emplace_back(*comparison, parse_sum());
  }
  if (rest.empty()) return first;
  return make(offset, ComparisonChain{std::move(first), std::move(rest)});
}

ExpressionPtr ExpressionParser::parse_sum() {
  ExpressionPtr left = parse_concatenation();
  while (tokens_.is_operator("+") || tokens_.is_operator("-")) {
    const Token sign = tokens_.take();
    const Operator op = sign.name == "+" ? Operator::kAdd : Operator::kSubtract;
    left = make(sign.offset, Arithmetic{op, std::move(left), parse_concatenation()});
  }
  return left;
}

ExpressionPtr ExpressionParser::parse_concatenation() {
  ExpressionPtr first = parse_product();
  if (!tokens_.is_operator("~")) return first;
  const uint32_t offset = tokens_.current().offset;
  std::vector<ExpressionPtr> parts;
  parts.push_back(std::move(first));
  while (tokens_.skip_operator("~")) parts.push_back(parse_product());
  return make(offset, Concatenation{std::move(parts)});
}

ExpressionPtr ExpressionParser::parse_product() {
  ExpressionPtr left = parse_power();
  while (true) {
    const uint32_t offset = tokens_.current().offset;
    Operator op = Operator::kMultiply;
    if (tokens_.skip_operator("/")) {
      op = Operator::kDivide;
    } else if (tokens_.skip_operator("//")) {
      op = Operator::kFloorDivide;
    } else if (tokens_.skip_operator("%")) {
      op = Operator::kModulo;
    } else if (!tokens_.skip_operator("*")) {
      return left;
    }
    left = make(offset, Arithmetic{op, std::move(left), parse_power()});
  }
}

ExpressionPtr ExpressionParser::parse_power() {
  ExpressionPtr left = parse_unary(/*with_filters=*/true);
  while (tokens_.is_operator("**")) {
    const uint32_t offset = tokens_.take().offset;
    left = make(offset, Arithmetic{Operator::kPower, std::move(left), parse_unary(true)});
  }
  return left;
}

ExpressionPtr ExpressionParser::parse_unary(bool with_filters) {
  const Nested nested(*this);
  ExpressionPtr value;
  if (tokens_.is_operator("-") || tokens_.is_operator("+")) {
    const Token sign = tokens_.take();
    value = make(sign.offset, Sign{parse_unary(/*with_filters=*/false), sign.name == "-"});
  } else {
    value = parse_primary();
  }
  value = parse_postfix(std::move(value));
  return with_filters ? parse_filters_and_tests(std::move(value)) : std::move(value);
}

ExpressionPtr ExpressionParser::parse_primary() {
  const Token& token = tokens_.current();
  if (token.kind == TokenKind::kName) return parse_name();
  if (token.kind == TokenKind::kString) return parse_strings();
  if (token.kind == TokenKind::kNumber) {
    Token number = tokens_.take();
    return make(number.offset, Constant{std::move(number.value)});
  }
  if (tokens_.is_operator("(")) return parse_parentheses();
  if (tokens_.is_operator("[")) return parse_list();
  if (tokens_.is_operator("{")) return parse_dict();
  tokens_.refuse_token("an expression");
}

ExpressionPtr ExpressionParser::parse_name() {
  Token token = tokens_.take();
  const std::string& name = token.name;
  if (name == "true" || name == "True") return make(token.offset, Constant{Value(true)});
  if (name == "false" || name == "False") return make(token.offset, Constant{Value(false)});
  if (name == "none" || name == "None") return make(token.offset, Constant{Value(None{})});
  return make(token.offset, Name{std::move(token.name)});
}

/// Strings side by side are one, as in Python.
ExpressionPtr ExpressionParser::parse_strings() {
  const uint32_t offset = tokens_.current().offset;
  Text text;
  while (tokens_.is(TokenKind::kString)) text += *tokens_.take().value.text();
  return make(offset, Constant{make_text(std::move(text))});
}

ExpressionPtr ExpressionParser::parse_parentheses() {
  const uint32_t offset = tokens_.take().offset;
  if (tokens_.skip_operator(")")) return make(offset, ListDisplay{{}, Flavor::kTuple});
  ExpressionPtr inner = parse_tuple();
  tokens_.expect_operator(")");
  return inner;
}

ExpressionPtr ExpressionParser::parse_list() {
  const uint32_t offset = tokens_.take().offset;
  std::vector<ExpressionPtr> items;
  while (!tokens_.is_operator("]")) {
    items.push_back(parse_expression());
    if (!tokens_.skip_operator(",")) break;
  }
  tokens_.expect_operator("]");
  return make(offset, ListDisplay{std::move(items), Flavor::kList});
}

ExpressionPtr ExpressionParser::parse_dict() {
  const uint32_t offset = tokens_.take().offset;
  DictDisplay dict;
  while (!tokens_.is_operator("}")) {
    ExpressionPtr key = parse_expression();
    tokens_.expect_operator(":");
    dict.entries.emplace_back(std::move(key), parse_expression());
    if (!tokens_.skip_operator(",")) break;
  }
  tokens_.expect_operator("}");
  return make(offset, std::move(dict));
}

ExpressionPtr ExpressionParser::parse_postfix(ExpressionPtr object) {
  while (true) {
    if (tokens_.is_operator(".")) {
      object = parse_attribute(std::move(object));
    } else if (tokens_.is_operator("[")) {
      object = parse_subscript(std::move(object));
    } else if (tokens_.is_operator("(")) {
      object = parse_call(std::move(object));
    } else {
      return object;
    }
  }
}

ExpressionPtr ExpressionParser::parse_filters_and_tests(ExpressionPtr subject) {
  while (true) {
    if (tokens_.is_operator("|")) {
      subject = parse_filters(std::move(subject), /*has_name=*/false);
    } else if (tokens_.is_name("is")) {
      subject = parse_test(std::move(subject));
    } else if (tokens_.is_operator("(")) {
      subject = parse_call(std::move(subject));
    } else {
      return subject;
    }
  }
}

ExpressionPtr ExpressionParser::parse_attribute(ExpressionPtr object) {
  tokens_.expect_operator(".");
  const uint32_t offset = tokens_.current().offset;
  if (tokens_.is(TokenKind::kNumber)) {
    ExpressionPtr key = make(offset, Constant{tokens_.take().value});
    return make(offset, Item{std::move(object), std::move(key)});
  }
  std::string name = tokens_.expect_name();
  Text key = from_utf8(name);
  return make(offset, Attribute{std::move(object), std::move(name), std::move(key)});
}

ExpressionPtr ExpressionParser::parse_subscript(ExpressionPtr object) {
  const uint32_t offset = tokens_.take().offset;
  const auto bound = [this]() -> ExpressionPtr {
    const bool is_absent = tokens_.is_operator(":") || tokens_.is_operator("]");
    return is_absent ? nullptr : parse_expression();
  };
  ExpressionPtr first = bound();
  if (first != nullptr && tokens_.is_operator(",")) {
    std::vector<ExpressionPtr> items;
    items.push_back(std::move(first));
    while (tokens_.skip_operator(",")) items.push_back(parse_expression());
    tokens_.expect_operator("]");
    ExpressionPtr key = make(offset, ListDisplay{std::move(items), Flavor::kTuple});
    return make(offset, Item{std::move(object), std::move(key)});
  }
  if (tokens_.is_operator("]")) {
    if (first == nullptr) tokens_.refuse_token("an expression");
    tokens_.take();
    return make(offset, Item{std::move(object), std::move(first)});
  }
  tokens_.expect_operator(":");
  ExpressionPtr last = bound();
  ExpressionPtr step = tokens_.skip_operator(":") ? bound() : nullptr;
  tokens_.expect_operator("]");
  return make(offset, Slice{std::move(object), std::move(first), std::move(last), std::move(step)});
}

ExpressionPtr ExpressionParser::parse_call(ExpressionPtr callee) {
  const uint32_t offset = tokens_.current().offset;
  return make(offset, Call{std::move(callee), parse_arguments()});
}

CallArguments ExpressionParser::parse_arguments() {
  tokens_.expect_operator("(");
  CallArguments arguments;
  while (!tokens_.is_operator(")")) {
    parse_argument(arguments);
    if (!tokens_.skip_operator(",")) break;
  }
  tokens_.expect_operator(")");
  return arguments;
}

void ExpressionParser::parse_argument(CallArguments& arguments) {
  const uint32_t offset = tokens_.current().offset;
  const bool has_more = arguments.more_positional != nullptr || arguments.more_named != nullptr;
  bool is_valid = arguments.more_named == nullptr;
  if (tokens_.skip_operator("*")) {
    is_valid = !has_more;
    arguments.more_positional = parse_expression();
  } else if (tokens_.skip_operator("**")) {
    arguments.more_named = parse_expression();
  } else if (tokens_.is(TokenKind::kName) && tokens_.next_is_operator("=")) {
    std::string name = tokens_.take().name;
    tokens_.take();
    arguments.named.emplace_back(std::move(name), parse_expression());
  } else {
    is_valid = !has_more && arguments.named.empty();
    arguments.positional.push_back(parse_expression());
  }
  if (!is_valid) tokens_.refuse(offset, "this argument cannot stand after those before it");
}

ExpressionPtr ExpressionParser::parse_filters(ExpressionPtr subject, bool has_name) {
  while (has_name || tokens_.skip_operator("|")) {
    has_name = false;
    const uint32_t offset = tokens_.current().offset;
    std::string name = tokens_.expect_name();
    while (tokens_.skip_operator(".")) name.append(1, '.').append(tokens_.expect_name());
    CallArguments arguments = tokens_.is_operator("(") ? parse_arguments() : CallArguments();
    subject = make(offset, FilterCall{std::move(subject), std::move(name), std::move(arguments)});
  }
  return subject;
}

ExpressionPtr ExpressionParser::parse_test(ExpressionPtr subject) {
  tokens_.expect_name("is");
  const bool is_negated = tokens_.skip_name("not");
  const uint32_t offset = tokens_.current().offset;
  std::string name = tokens_.expect_name();
  CallArguments arguments;
  const bool begins_argument =
      (tokens_.is(TokenKind::kName) && !tokens_.is_any_name({"else", "or", "and"})) ||
      tokens_.is(TokenKind::kString) || tokens_.is(TokenKind::kNumber) ||
      tokens_.is_operator("[") || tokens_.is_operator("{");
  if (tokens_.is_operator("(")) {
    arguments = parse_arguments();
  } else if (begins_argument) {
    if (tokens_.is_name("is")) tokens_.refuse(offset, "tests cannot be chained with 'is'");
    arguments.positional.push_back(parse_postfix(parse_primary()));
  }
  ExpressionPtr test =
      make(offset, TestCall{std::move(subject), std::move(name), std::move(arguments)});
  return is_negated ? make(offset, Not{std::move(test)}) : std::move(test);
}

}  // namespace freshet::jinja
