// The text of a GBNF grammar, and what of it needs no context: names, numbers, literals, classes,
// control tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "grammar/code_points.h"
#include "grammar/productions.h"

namespace freshet {

class GbnfText {
 public:
  explicit GbnfText(std::string_view text) : text_(text) {}

  [[nodiscard]] size_t at() const { return at_; }
  void go_back_to(size_t at) { at_ = at; }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// The next character, or 0 at the end.
  [[nodiscard]] char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool at_name() const;
  bool take(char c);
  bool take(std::string_view word);
  /// Blanks and comments, and with `lines` newlines.
  void skip_space(bool lines);

  [[nodiscard]] std::string_view read_name(const char* expected);
  /// At most kRepeat.
  [[nodiscard]] uint32_t read_number();
  [[nodiscard]] std::string read_literal();  ///< "..."
  [[nodiscard]] CodePointSet read_class();   ///< [a-z] or [^a-z]
  [[nodiscard]] TokenTerminal read_token();  ///< <[123]> or <|name|>

  /// Throw Error with line and column.
  [[noreturn]] void fail_at(size_t offset, const std::string& what,
                            ErrorKind kind = ErrorKind::kBadRequest) const;
  [[noreturn]] void fail_expected(const std::string& expected) const;

 private:
  char32_t read_character();
  char32_t read_escape();
  char32_t read_hex(size_t start, size_t digits);

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace freshet
