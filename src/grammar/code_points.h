// Sets of characters, and the byte sequences that UTF-8 spells them with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace freshet {

inline constexpr char32_t kLastCodePoint = 0x10FFFF;

/// A set of Unicode scalar values: sorted ranges, disjoint and not touching. Surrogates are never
/// in it, whatever is put in.
class CodePointSet {
 public:
  struct Range {
    char32_t first;
    char32_t last;
    friend bool operator==(const Range&, const Range&) = default;
  };

  CodePointSet() = default;
  CodePointSet(char32_t first, char32_t last) { add(first, last); }

  [[nodiscard]] static CodePointSet all() { return {0, kLastCodePoint}; }
  [[nodiscard]] static CodePointSet of(std::u32string_view characters);
  /// In any order, overlapping or not.
  [[nodiscard]] static CodePointSet of(const std::vector<Range>& ranges);

  void add(char32_t first, char32_t last);
  void add(char32_t character) { add(character, character); }
  void add(const CodePointSet& other);

  [[nodiscard]] CodePointSet complement() const;
  [[nodiscard]] CodePointSet intersect(const CodePointSet& other) const;
  [[nodiscard]] CodePointSet without(const CodePointSet& other) const {
    return intersect(other.complement());
  }
  [[nodiscard]] bool contains(char32_t character) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }

  friend bool operator==(const CodePointSet&, const CodePointSet&) = default;

 private:
  void append(char32_t first, char32_t last);
  void normalise();

  std::vector<Range> ranges_;
};

/// Consecutive byte ranges: any byte of the first, then any of the second ...
struct ByteSequence {
  struct Range {
    uint8_t low;
    uint8_t high;
  };
  std::array<Range, 4> ranges{};
  size_t length = 0;
};

/// The sequences that spell exactly the characters of `set`. E.g. U+0080..U+07FF is
/// [C2-DF][80-BF].
[[nodiscard]] std::vector<ByteSequence> utf8_sequences(const CodePointSet& set);

}  // namespace freshet
