// The tokens of a template, read one after the other.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "jinja/lexer.h"

namespace freshet::jinja {

class TokenStream {
 public:
  explicit TokenStream(const Source& source) : source_(source), tokens_(tokenize(source)) {}

  [[nodiscard]] const Token& current() const { return tokens_[at_]; }
  [[nodiscard]] const Token& next() const {
    return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_];
  }
  /// How many tokens have been taken.
  [[nodiscard]] size_t position() const { return at_; }
  /// Whether the name stands anywhere from the token `begin` on up to the current one.
  [[nodiscard]] bool has_name_since(size_t begin, std::string_view name) const;

  Token take() {
    const size_t at = at_;
    if (at_ + 1 < tokens_.size()) ++at_;
    return tokens_[at];
  }

  [[nodiscard]] bool is(TokenKind kind) const { return current().kind == kind; }
  [[nodiscard]] bool is_name(std::string_view name) const { return matches(current(), name); }
  [[nodiscard]] bool is_operator(std::string_view op) const {
    return current().kind == TokenKind::kOperator && current().name == op;
  }
  [[nodiscard]] bool next_is_name(std::string_view name) const { return matches(next(), name); }
  [[nodiscard]] bool next_is_operator(std::string_view op) const {
    return next().kind == TokenKind::kOperator && next().name == op;
  }
  [[nodiscard]] bool is_any_name(std::initializer_list<std::string_view> names) const;

  bool skip_name(std::string_view name);
  bool skip_operator(std::string_view op);
  std::string expect_name();
  void expect_name(std::string_view name);
  void expect_operator(std::string_view op);
  void expect(TokenKind kind);

  /// "expected X, found Y" at the current token.
  [[noreturn]] void refuse_token(std::string_view expected) const;
  [[noreturn]] void refuse(uint32_t offset, std::string_view message) const;
  [[noreturn]] void refuse_unsupported(uint32_t offset, std::string_view message) const;
  [[noreturn]] void refuse_depth() const;

 private:
  static bool matches(const Token& token, std::string_view name) {
    return token.kind == TokenKind::kName && token.name == name;
  }

  const Source& source_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace freshet::jinja
