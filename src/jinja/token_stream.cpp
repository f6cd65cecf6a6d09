#include "jinja/token_stream.h"

#include <algorithm>
#include <span>

namespace freshet::jinja {
namespace {

std::string_view name_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kVariableEnd:
      return "}}";
    case TokenKind::kBlockEnd:
      return "%}";
    case TokenKind::kVariableBegin:
      return "{{";
    case TokenKind::kBlockBegin:
      return "{%";
    case TokenKind::kName:
      return "a name";
    case TokenKind::kString:
      return "a string";
    case TokenKind::kNumber:
      return "a number";
    case TokenKind::kEnd:
      return "the end of the template";
    default:
      return "text";
  }
}

std::string describe(const Token& token) {
  const bool has_name = token.kind == TokenKind::kName || token.kind == TokenKind::kOperator;
  return has_name ? formatted("'{}'", token.name.substr(0, 60)) : std::string(name_of(token.kind));
}

}  // namespace

bool TokenStream::is_any_name(std::initializer_list<std::string_view> names) const {
  return std::ranges::any_of(names, [this](std::string_view name) { return is_name(name); });
}

bool TokenStream::has_name_since(size_t begin, std::string_view name) const {
  const std::span<const Token> seen = std::span(tokens_).subspan(begin, at_ - begin);
  return std::ranges::any_of(seen, [name](const Token& token) { return matches(token, name); });
}

bool TokenStream::skip_name(std::string_view name) {
  if (!is_name(name)) return false;
  take();
  return true;
}

bool TokenStream::skip_operator(std::string_view op) {
  if (!is_operator(op)) return false;
  take();
  return true;
}

std::string TokenStream::expect_name() {
  if (!is(TokenKind::kName)) refuse_token("a name");
  return take().name;
}

void TokenStream::expect_name(std::string_view name) {
  if (!skip_name(name)) refuse_token(formatted("'{}'", name));
}

void TokenStream::expect_operator(std::string_view op) {
  if (!skip_operator(op)) refuse_token(formatted("'{}'", op));
}

void TokenStream::expect(TokenKind kind) {
  if (!is(kind)) refuse_token(name_of(kind));
  take();
}

void TokenStream::refuse_token(std::string_view expected) const {
  refuse(current().offset, formatted("expected {}, found {}", expected, describe(current())));
}

void TokenStream::refuse(uint32_t offset, std::string_view message) const {
  source_.refuse(ErrorKind::kBadFile, offset, message);
}

void TokenStream::refuse_unsupported(uint32_t offset, std::string_view message) const {
  source_.refuse(ErrorKind::kUnsupported, offset, message);
}

void TokenStream::refuse_depth() const {
  source_.refuse(ErrorKind::kResources, current().offset, "the template is nested too deeply");
}

}  // namespace freshet::jinja
