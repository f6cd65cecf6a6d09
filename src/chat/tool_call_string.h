// Strings inside tool calls: where they begin and end, and what they say.
//
// A model writes them by heart, and the family's own template shows it unescaped ones: in
// [say(text='it's fine')] the second quote is text and the third one closes. So a quote closes a
// string only where what follows it can follow a string. In text that is written properly every
// unescaped quote passes, so nothing proper is read differently.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace freshet {

/// Letters, digits, '_' and what names of tools and parameters have besides: . - / : and any
/// character beyond ASCII.
[[nodiscard]] bool is_name_char(char c) noexcept;
/// The same without digits and punctuation.
[[nodiscard]] bool is_name_start(char c) noexcept;
[[nodiscard]] bool is_space(char c) noexcept;

/// Whether the quote at `at` opens a string: it follows ( [ { , = : or nothing, up to white space
/// and one of Python's prefixes (r, b, u, f). The one in "don't" does not.
[[nodiscard]] bool opens_string(std::string_view text, std::size_t at) noexcept;

/// A string that has been opened and is followed to its end, also in text that is still growing.
class StringScan {
 public:
  /// `quote` is where the opening quote stands. `container` is the bracket around the string: '(',
  /// '[', '{', or 0 for none.
  StringScan(std::string_view text, std::size_t quote, char container) noexcept;

  enum class State { kOpen, kClosed, kNeedMore };

  /// Goes on where it stopped. kNeedMore: the text does not decide yet; kOpen: it is `complete`,
  /// and the string has no end. Time is linear over all calls together.
  State advance(std::string_view text, bool complete) noexcept;

  [[nodiscard]] std::size_t opened() const noexcept { return opened_; }
  /// Once closed: after the closing quote.
  [[nodiscard]] std::size_t end() const noexcept { return at_; }
  /// Once closed: what the string says, Python's and JSON's escapes resolved. A lone surrogate
  /// becomes U+FFFD; an unknown escape stays as it is.
  [[nodiscard]] std::string value(std::string_view text) const;

 private:
  [[nodiscard]] bool start(std::string_view text, bool complete) noexcept;

  std::size_t opened_;
  std::size_t at_;
  std::size_t body_ = 0;  // 0: not yet known whether one quote opened it, or three
  std::size_t n_quotes_ = 1;
  char container_;
  char before_;  // the last character before the string that is not white space
  bool raw_;
};

}  // namespace freshet
