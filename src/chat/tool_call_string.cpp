#include "chat/tool_call_string.h"

#include <cstdint>

#include "base/utf8.h"
#include "chat/tool_call_quote.h"

namespace freshet {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_prefix_letter(char c) noexcept {
  return std::string_view("rRbBuUfF").find(c) != std::string_view::npos;
}

/// Where the prefix of the quote at `quote` begins: there, or up to two letters before it.
std::size_t prefix_begin(std::string_view text, std::size_t quote) noexcept {
  std::size_t begin = quote;
  while (begin > 0 && quote - begin < 2 && is_prefix_letter(text[begin - 1])) --begin;
  // Letters of a longer word are no prefix.
  return begin > 0 && is_name_char(text[begin - 1]) && text[begin - 1] != ':' ? quote : begin;
}

/// The last character before `at` that is not white space; 0 if there is none.
char significant_before(std::string_view text, std::size_t at) noexcept {
  while (at > 0 && is_space(text[at - 1])) --at;
  return at == 0 ? '\0' : text[at - 1];
}

int digit_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

/// Resolves escapes; Python 3 language reference, 2.4.1, and RFC 8259, section 7.
class Unescaper {
 public:
  explicit Unescaper(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      const std::size_t slash = text_.find('\\', at_);
      out_.append(text_.substr(at_, slash - at_));
      if (slash == std::string_view::npos) break;
      at_ = slash + 1;
      escape();
    }
    return std::move(out_);
  }

 private:
  void escape() {
    constexpr std::string_view kNames = "abfnrtv\\'\"/";
    constexpr std::string_view kMeant = "\a\b\f\n\r\t\v\\'\"/";
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (const std::size_t i = kNames.find(c); at_ < text_.size() && i != std::string_view::npos) {
      out_ += kMeant[i];
      ++at_;
    } else if (c == '\n') {
      ++at_;  // a line that goes on
    } else if (c >= '0' && c <= '7') {
      put(number(/*base=*/8, /*least=*/1, /*most=*/3));
    } else if (c == 'x' || c == 'u' || c == 'U') {
      const int n_digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
      ++at_;
      put(number(/*base=*/16, n_digits, n_digits), c);
    } else {
      out_ += '\\';
    }
  }

  /// A number of `least` to `most` digits, or nothing; then nothing is consumed.
  std::optional<char32_t> number(int base, int least, int most) {
    char32_t value = 0;
    int n = 0;
    while (n < most && at_ + n < text_.size() && digit_value(text_[at_ + n]) < base) {
      value = value * base + digit_value(text_[at_ + n++]);
    }
    if (n < least) return std::nullopt;
    at_ += n;
    return value;
  }

  void put(std::optional<char32_t> code_point, char letter = '\0') {
    if (!code_point) {
      out_ += '\\';
      if (letter != '\0') out_ += letter;
      return;
    }
    char32_t c = *code_point;
    if (c >= 0xD800 && c < 0xDC00) c = with_low_surrogate(c);
    const bool is_scalar = c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
    append_utf8(out_, is_scalar ? c : kReplacement);
  }

  /// JSON writes characters beyond the basic plane as two escapes.
  char32_t with_low_surrogate(char32_t high) {
    if (text_.substr(at_, 2) != "\\u") return kReplacement;
    const std::size_t before = at_;
    at_ += 2;
    const auto low = number(16, 4, 4);
    if (low && *low >= 0xDC00 && *low <= 0xDFFF) {
      return 0x10000 + ((high - 0xD800) << 10) + (*low - 0xDC00);
    }
    at_ = before;
    return kReplacement;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

bool is_space(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

bool is_name_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<std::uint8_t>(c) >= 0x80;
}

bool is_name_char(char c) noexcept {
  return is_name_start(c) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ':';
}

bool opens_string(std::string_view text, std::size_t at) noexcept {
  const char before = significant_before(text, prefix_begin(text, at));
  return before == '\0' || std::string_view("([{,=:").find(before) != std::string_view::npos;
}

StringScan::StringScan(std::string_view text, std::size_t quote, char container) noexcept
    : opened_(quote),
      at_(quote),
      container_(container),
      before_(significant_before(text, prefix_begin(text, quote))),
      raw_(text.substr(prefix_begin(text, quote), quote - prefix_begin(text, quote))
               .find_first_of("rR") != std::string_view::npos) {}

/// Tells '' from '''. False: the text ends before that shows.
bool StringScan::start(std::string_view text, bool complete) noexcept {
  const char quote = text[opened_];
  if (!complete && opened_ + 2 >= text.size()) return false;
  const std::string_view next = text.substr(opened_ + 1, 2);
  n_quotes_ = next.size() == 2 && next[0] == quote && next[1] == quote ? 3 : 1;
  body_ = at_ = opened_ + n_quotes_;
  return true;
}

StringScan::State StringScan::advance(std::string_view text, bool complete) noexcept {
  if (body_ == 0 && !start(text, complete)) return State::kNeedMore;
  const char quote = text[opened_];
  for (; at_ < text.size(); ++at_) {
    if (text[at_] == '\\') {
      if (at_ + 1 == text.size()) break;
      ++at_;
      continue;
    }
    if (text[at_] != quote) continue;
    if (n_quotes_ == 3) {
      if (text.size() - at_ < 3 && !complete) return State::kNeedMore;
      if (text.substr(at_, 3).find_first_not_of(quote) < 3 || text.size() - at_ < 3) continue;
    }
    const Decision closes = quote_closes(text, at_ + n_quotes_, {container_, before_}, complete);
    if (closes == Decision::kNeedMore) return State::kNeedMore;
    if (closes == Decision::kYes) {
      at_ += n_quotes_;
      return State::kClosed;
    }
  }
  return complete ? State::kOpen : State::kNeedMore;
}

std::string StringScan::value(std::string_view text) const {
  const std::string_view body = text.substr(body_, at_ - n_quotes_ - body_);
  return raw_ ? std::string(body) : Unescaper(body).run();
}

}  // namespace freshet
