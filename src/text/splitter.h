// The pre-split: text to the pieces inside which byte pairs may merge.
//
// One rule serves the whole family (and Llama 3), the regular expression
//
//   (?i:'s|'t|'re|'ve|'m|'ll|'d)     an English contraction
//   |[^\r\n\p{L}\p{N}]?\p{L}+        a word, with one character before it that is no line end
//   |\p{N}{1,3}                      digits by threes
//   | ?[^\s\p{L}\p{N}]+[\r\n]*       symbols, with a space before and line ends after
//   |\s*[\r\n]+                      white space up to the last line end in it
//   |\s+(?!\S)                       white space, leaving one character for the next word
//   |\s+
//
// as Oniguruma reads it in the official `tokenizers` library. The variant ending in
// `\s*[\r\n]|\s+(?!\S)|\s`, seen for the 128,000-token vocabulary, makes the same pieces: a greedy
// \s* takes the earlier line ends, and the last alternative only ever meets a single character.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace freshet {

/// The end of the piece that starts at `begin` < text.size(): always after `begin`. Never looks
/// further than the white space that follows, so that cutting a whole text is linear. A run of
/// bytes that is not UTF-8 counts as one symbol.
using PieceEnd = std::size_t (*)(std::string_view text, std::size_t begin) noexcept;

/// What a file's `tokenizer.ggml.pre` stands for.
struct PreTokenizer {
  std::string_view name;
  PieceEnd piece_end;
  /// A piece that is itself a token is that token, whether or not merges lead to it.
  bool ignore_merges;
};

/// Every supported rule.
[[nodiscard]] std::span<const PreTokenizer> pre_tokenizers() noexcept;

}  // namespace freshet
