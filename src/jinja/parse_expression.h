// Expressions, by recursive descent: one function for each level of precedence.
#pragma once

#include "jinja/ast.h"
#include "jinja/token_stream.h"

namespace freshet::jinja {

class ExpressionParser {
 public:
  explicit ExpressionParser(TokenStream& tokens) : tokens_(tokens) {}

  ExpressionPtr parse_expression() { return parse_conditional(); }
  /// An expression, or several with commas between: a tuple. Where a tuple may end early, `in` or
  /// `recursive` for instance, that word is `end`.
  ExpressionPtr parse_tuple(std::string_view end = {}) { return parse_tuple_of(true, end); }
  /// The same without `a if b else c`, where `if` means something else.
  ExpressionPtr parse_plain_tuple(std::string_view end = {}) { return parse_tuple_of(false, end); }
  /// name(arguments)|name ...: onto `subject`, which may be null. `has_name`: the first name stands
  /// without its |.
  ExpressionPtr parse_filters(ExpressionPtr subject, bool has_name);

  /// Nesting, counted for statements too.
  void enter();
  void leave() noexcept { --depth_; }

 private:
  template <class Node>
  ExpressionPtr make(uint32_t offset, Node node) const;
  ExpressionPtr parse_tuple_of(bool with_conditional, std::string_view end);
  ExpressionPtr parse_conditional();
  ExpressionPtr parse_or();
  ExpressionPtr parse_and();
  ExpressionPtr parse_not();
  ExpressionPtr parse_comparison();
  ExpressionPtr parse_sum();
  ExpressionPtr parse_concatenation();
  ExpressionPtr parse_product();
  ExpressionPtr parse_power();
  ExpressionPtr parse_unary(bool with_filters);
  ExpressionPtr parse_primary();
  ExpressionPtr parse_name();
  ExpressionPtr parse_strings();
  ExpressionPtr parse_list();
  ExpressionPtr parse_dict();
  ExpressionPtr parse_parentheses();
  ExpressionPtr parse_postfix(ExpressionPtr object);
  ExpressionPtr parse_filters_and_tests(ExpressionPtr subject);
  ExpressionPtr parse_attribute(ExpressionPtr object);
  ExpressionPtr parse_subscript(ExpressionPtr object);
  ExpressionPtr parse_call(ExpressionPtr callee);
  ExpressionPtr parse_test(ExpressionPtr subject);
  CallArguments parse_arguments();
  void parse_argument(CallArguments& arguments);
  [[nodiscard]] bool at_tuple_end(std::string_view end) const;

  TokenStream& tokens_;
  int depth_ = 0;
};

}  // namespace freshet::jinja
