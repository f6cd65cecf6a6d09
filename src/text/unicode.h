// What the pre-split needs to know of a character.
#pragma once

#include <cstdint>
#include <span>

namespace freshet {

enum class CharClass : std::uint8_t {
  kOther,    ///< [^\s\p{L}\p{N}]: punctuation, symbols, marks, controls, unassigned
  kLetter,   ///< \p{L}
  kNumber,   ///< \p{N}
  kSpace,    ///< \s without carriage return and line feed
  kNewline,  ///< carriage return or line feed
};

struct CharRange {
  char32_t first;
  char32_t last;
  CharClass cls;
};

/// All characters that are not kOther, ascending.
[[nodiscard]] std::span<const CharRange> char_ranges() noexcept;

[[nodiscard]] CharClass char_class(char32_t code_point) noexcept;

}  // namespace freshet
