#include "jinja/lexer.h"

#include <algorithm>

#include "jinja/lexer_literals.h"
#include "jinja/unicode.h"

namespace freshet::jinja {
namespace {

class Lexer {
 public:
  explicit Lexer(const Source& source) : source_(source), text_(source.text) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) lex_data();
    add(TokenKind::kEnd, text_.size());
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void refuse(size_t at, std::string_view message) const {
    source_.refuse(ErrorKind::kBadFile, static_cast<uint32_t>(at), message);
  }

  void add(TokenKind kind, size_t at, std::string name = {}, Value value = {}) {
    tokens_.push_back({kind, static_cast<uint32_t>(at), std::move(name), std::move(value)});
  }

  [[nodiscard]] bool has(std::u32string_view what, size_t at) const {
    return text_.substr(std::min(at, text_.size()), what.size()) == what;
  }

  [[nodiscard]] size_t skip_space(size_t at) const {
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at;
  }

  /// From the end of one tag to the end of the next.
  void lex_data() {
    const size_t begin = at_;
    const size_t tag = next_tag();
    const char32_t kind = tag < text_.size() ? text_[tag + 1] : 0;
    const char32_t sign = tag + 2 < text_.size() ? text_[tag + 2] : 0;
    add_data(begin, kind == 0 ? text_.substr(begin) : before_tag(begin, tag, kind == '{', sign));
    if (kind == 0) {
      at_ = text_.size();
      return;
    }
    at_ = tag + (sign == '-' || sign == '+' ? 3 : 2);
    if (kind == '#') {
      skip_comment(tag);
    } else if (kind == '{') {
      lex_tag(tag, TokenKind::kVariableBegin, TokenKind::kVariableEnd);
    } else if (const size_t raw = raw_body(); raw != TextView::npos) {
      lex_raw(tag, raw);
    } else {
      lex_tag(tag, TokenKind::kBlockBegin, TokenKind::kBlockEnd);
    }
    line_starts_ = at_ > 0 && text_[at_ - 1] == '\n';
  }

  [[nodiscard]] size_t next_tag() const {
    for (size_t at = at_; at + 1 < text_.size(); ++at) {
      const char32_t c = text_[at + 1];
      if (text_[at] == '{' && (c == '{' || c == '%' || c == '#')) return at;
    }
    return text_.size();
  }

  void add_data(size_t at, TextView data) {
    if (!data.empty()) add(TokenKind::kData, at, {}, make_text(Text(data)));
  }

  /// The text before a tag, less what the tag takes away: with `-` all white space; without a sign
  /// (lstrip_blocks), if the tag is a block or comment and the first thing on its line, the indent.
  [[nodiscard]] TextView before_tag(size_t begin, size_t tag, bool is_variable,
                                    char32_t sign) const {
    const TextView data = text_.substr(begin, tag - begin);
    if (sign == '-') return strip(data, nullptr, Side::kRight);
    if (sign == '+' || is_variable) return data;
    const size_t newline = data.rfind(U'\n');
    const size_t line = newline == TextView::npos ? 0 : newline + 1;
    const bool is_first = line > 0 || line_starts_;
    const bool is_blank = std::ranges::all_of(data.substr(line), is_space);
    return is_first && is_blank ? data.substr(0, line) : data;
  }

  /// Past the end of a tag, `%}` or `#}`: `-` takes the white space after it, no sign (trim_blocks)
  /// one line end. 0 if there is no end here.
  [[nodiscard]] size_t after_end(size_t at, std::u32string_view end) const {
    if (at < text_.size() && text_[at] == '-' && has(end, at + 1)) return skip_space(at + 3);
    if (at < text_.size() && text_[at] == '+' && has(end, at + 1)) return at + 3;
    if (!has(end, at)) return 0;
    return at + 2 < text_.size() && text_[at + 2] == '\n' ? at + 3 : at + 2;
  }

  void skip_comment(size_t tag) {
    for (size_t at = at_; at < text_.size(); ++at) {
      if (const size_t after = after_end(at, U"#}"); after != 0) {
        at_ = after;
        return;
      }
    }
    refuse(tag, "the comment has no end: expected #}");
  }

  [[nodiscard]] size_t skip_word(size_t at, std::u32string_view word) const {
    at = skip_space(at);
    return has(word, at) ? skip_space(at + word.size()) : TextView::npos;
  }

  /// Where the text of a raw block begins, or npos if the tag at at_ is not `raw`.
  [[nodiscard]] size_t raw_body() const {
    const size_t at = skip_word(at_, U"raw");
    if (at == TextView::npos) return at;
    if (has(U"-%}", at)) return skip_space(at + 3);
    return has(U"%}", at) ? at + 2 : TextView::npos;
  }

  void lex_raw(size_t tag, size_t begin) {
    line_starts_ = begin > 0 && text_[begin - 1] == '\n';
    for (size_t at = begin; at < text_.size(); ++at) {
      if (!has(U"{%", at)) continue;
      const char32_t sign = at + 2 < text_.size() ? text_[at + 2] : 0;
      const size_t word = at + (sign == '-' || sign == '+' ? 3 : 2);
      const size_t end = skip_word(word, U"endraw");
      const size_t after = end == TextView::npos ? 0 : after_end(end, U"%}");
      if (after == 0) continue;
      add_data(begin, before_tag(begin, at, false, sign));
      at_ = after;
      return;
    }
    at_ = begin;
    if (begin < text_.size()) refuse(tag, "the raw block has no end: expected {% endraw %}");
  }

  /// The end of the tag that is open, if it stands at at_.
  [[nodiscard]] size_t tag_end(TokenKind end) const {
    if (end == TokenKind::kBlockEnd) return after_end(at_, U"%}");
    if (has(U"-}}", at_)) return skip_space(at_ + 3);
    return has(U"}}", at_) ? at_ + 2 : 0;
  }

  void lex_tag(size_t tag, TokenKind begin, TokenKind end) {
    add(begin, tag);
    std::vector<char32_t> open;  // brackets: within them, }} closes two dicts
    for (at_ = skip_space(at_); at_ < text_.size(); at_ = skip_space(at_)) {
      if (const size_t after = open.empty() ? tag_end(end) : 0; after != 0) {
        add(end, at_);
        at_ = after;
        return;
      }
      lex_token(open);
    }
    refuse(tag, begin == TokenKind::kBlockBegin ? "the tag has no end: expected %}"
                                                : "the tag has no end: expected }}");
  }

  void lex_token(std::vector<char32_t>& open) {
    const size_t begin = at_;
    const char32_t c = text_[at_];
    if (c == '\'' || c == '"') {
      Literal literal = read_string(text_, at_);
      if (!literal.problem.empty()) refuse(begin, literal.problem);
      add(TokenKind::kString, begin, {}, std::move(literal.value));
      at_ = literal.end;
    } else if (c >= '0' && c <= '9') {
      Literal literal = read_number(text_, at_);
      if (!literal.problem.empty()) refuse(begin, literal.problem);
      add(TokenKind::kNumber, begin, {}, std::move(literal.value));
      at_ = literal.end;
    } else if (is_name_character(c)) {
      while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
      add(TokenKind::kName, begin, to_utf8(text_.substr(begin, at_ - begin)));
    } else {
      lex_operator(open);
    }
  }

  static bool is_name_character(char32_t c) { return c == '_' || is_alpha(c) || is_numeric(c); }

  void lex_operator(std::vector<char32_t>& open) {
    constexpr std::u32string_view kOperators[] = {
        U"//", U"**", U"==", U"!=", U">=", U"<=", U"+", U"-", U"/", U"*", U"%", U"~", U"[",
        U"]",  U"(",  U")",  U"{",  U"}",  U">",  U"<", U"=", U".", U":", U"|", U",", U";"};
    const auto* const found =
        std::ranges::find_if(kOperators, [&](const auto& op) { return has(op, at_); });
    const std::string here = to_utf8(text_.substr(at_, 1));
    if (found == std::end(kOperators)) refuse(at_, formatted("unexpected character '{}'", here));
    const char32_t c = text_[at_];
    if (c == '(' || c == '[' || c == '{') open.push_back(c == '(' ? U')' : c == '[' ? U']' : U'}');
    if (c == ')' || c == ']' || c == '}') {
      if (open.empty()) refuse(at_, formatted("unexpected '{}'", here));
      if (open.back() != c) {
        refuse(at_,
               formatted("unexpected '{}', expected '{}'", here, static_cast<char>(open.back())));
      }
      open.pop_back();
    }
    add(TokenKind::kOperator, at_, to_utf8(*found));
    at_ += found->size();
  }

  const Source& source_;
  TextView text_;
  size_t at_ = 0;
  bool line_starts_ = true;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(const Source& source) { return Lexer(source).run(); }

}  // namespace freshet::jinja
