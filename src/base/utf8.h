// UTF-8: one character at a time, repaired as a stream, and made safe for a one-line message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace freshet {

enum class Utf8Status : std::uint8_t {
  kValid,
  kInvalid,    ///< these bytes begin no character, whatever follows
  kTruncated,  ///< the text ends inside a character that more bytes could complete
};

struct Utf8Char {
  char32_t code_point;  ///< U+FFFD unless valid
  /// Bytes used. Where not valid, the longest run that could have begun a character (Unicode's
  /// "maximal subpart"), so that one U+FFFD per run is what other decoders write too.
  std::uint32_t length;
  Utf8Status status;
};

/// The first character of `text`, which must not be empty. Surrogates, overlong forms and values
/// above U+10FFFF are invalid (Unicode 16, table 3-7).
[[nodiscard]] Utf8Char decode_utf8(std::string_view text) noexcept;

/// Appends a code point that is a Unicode scalar value.
void append_utf8(std::string& out, char32_t code_point);

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// `text` with every invalid run replaced by U+FFFD.
[[nodiscard]] std::string replace_invalid_utf8(std::string_view text);

/// For messages: quoted, cut after `limit` bytes, control characters and invalid bytes as \xNN.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t limit = 40);

/// For text that arrives in pieces: takes from `pending` all that is decided, invalid runs replaced
/// by U+FFFD, and leaves an unfinished character at its end, which is at most three bytes.
[[nodiscard]] std::string take_decided_utf8(std::string& pending);

}  // namespace freshet
