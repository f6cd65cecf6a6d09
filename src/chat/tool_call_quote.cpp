#include "chat/tool_call_quote.h"

#include <algorithm>
#include <array>

#include "chat/tool_call_string.h"

namespace freshet {
namespace {

// In place of a character: the text is over, or not here yet.
constexpr char kEnd = 0x01;
constexpr char kUnknown = 0x02;

/// Reads ahead, a character at a time.
class Ahead {
 public:
  Ahead(std::string_view text, std::size_t at, bool complete) noexcept
      : text_(text.substr(at, kMaxLookahead)),
        ends_(complete || text.size() - at >= kMaxLookahead) {}

  /// The character here; kEnd or kUnknown behind the last one.
  [[nodiscard]] char peek() const noexcept {
    if (at_ == text_.size()) return ends_ ? kEnd : kUnknown;
    const char c = text_[at_];
    return c == kEnd || c == kUnknown ? ' ' : c;
  }
  char next() noexcept {
    const char c = peek();
    if (at_ < text_.size()) ++at_;
    return c;
  }
  /// Skips white space; whether a line ended in it.
  bool skip_space() noexcept {
    bool newline = false;
    while (at_ < text_.size() && is_space(text_[at_])) newline |= text_[at_++] == '\n';
    return newline;
  }
  std::string_view name() noexcept {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string_view word() noexcept {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_start(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  [[nodiscard]] Decision at_mark() const noexcept {
    const Decision end = has_mark(text_, at_, Mark::kCallEnd, ends_);
    return end == Decision::kNo ? has_mark(text_, at_, Mark::kCallStart, ends_) : end;
  }

 private:
  std::string_view text_;
  bool ends_;
  std::size_t at_ = 0;
};

constexpr Decision yes_if(bool yes) noexcept { return yes ? Decision::kYes : Decision::kNo; }

bool is_one_of(char c, std::string_view set) noexcept {
  return set.find(c) != std::string_view::npos;
}

/// "key=", but not "key=="; or "name(", the next call where this one lacks its parenthesis.
Decision names_an_argument(Ahead ahead) noexcept {
  if (!is_name_start(ahead.peek())) return yes_if(ahead.peek() == kEnd);
  (void)ahead.name();
  ahead.skip_space();
  const char sign = ahead.next();
  if (sign == kUnknown || (sign == '=' && ahead.peek() == kUnknown)) return Decision::kNeedMore;
  return yes_if(sign == kEnd || sign == '(' || (sign == '=' && ahead.peek() != '='));
}

/// A literal, as far as its first word tells.
Decision begins_a_value(Ahead ahead) noexcept {
  constexpr std::array<std::string_view, 6> kWords = {"True",  "true", "False",
                                                      "false", "None", "null"};
  const char first = ahead.peek();
  if (first == kEnd || is_one_of(first, "'\"-+.[({0123456789")) return Decision::kYes;
  const std::string_view word = ahead.word();
  if (ahead.peek() == kUnknown) return Decision::kNeedMore;
  if (std::ranges::find(kWords, word) != kWords.end()) return Decision::kYes;
  const bool has_prefix = !word.empty() && word.size() <= 2 &&
                          word.find_first_not_of("rRbBuUfF") == std::string_view::npos;
  return yes_if(has_prefix && is_one_of(ahead.peek(), "'\""));
}

/// After a comma in a container that `closer` closes.
Decision next_element(Ahead ahead, char closer, bool is_keyword) noexcept {
  ahead.skip_space();
  if (ahead.peek() == kUnknown) return Decision::kNeedMore;
  if (ahead.peek() == closer) return Decision::kYes;
  const Decision named = closer == ')' ? names_an_argument(ahead) : Decision::kNo;
  // Python has no positional argument behind a keyword.
  return is_keyword || named != Decision::kNo ? named : begins_a_value(ahead);
}

/// After the parenthesis that may close a call: another call, the end of the list, or of a tuple.
Decision call_may_end(Ahead ahead) noexcept {
  const bool newline = ahead.skip_space();
  const char c = ahead.peek();
  if (c == kUnknown) return Decision::kNeedMore;
  if (newline || c == kEnd || is_one_of(c, ",;])}")) return Decision::kYes;
  return ahead.at_mark();
}

}  // namespace

Decision quote_closes(std::string_view text, std::size_t after, StringPlace place,
                      bool complete) noexcept {
  if (place.container == 0) return Decision::kYes;
  Ahead ahead(text, after, complete);
  ahead.skip_space();
  const char c = ahead.peek();
  if (c == kUnknown) return Decision::kNeedMore;
  if (c == kEnd) return Decision::kYes;
  if (c == '<') return ahead.at_mark();
  (void)ahead.next();
  switch (place.container) {
    case '(':
      if (c == ')') return call_may_end(ahead);
      return c == ',' ? next_element(ahead, ')', place.before == '=') : Decision::kNo;
    case '[':
      return c == ',' ? next_element(ahead, ']', false) : yes_if(c == ']');
    default:
      if (c == ':') return yes_if(place.before != ':');  // of a key
      return c == ',' ? next_element(ahead, '}', false) : yes_if(c == '}');
  }
}

}  // namespace freshet
