#include "text/splitter.h"

#include <cstdint>

#include "base/utf8.h"
#include "text/unicode.h"

namespace freshet {
namespace {

struct Char {
  CharClass cls;
  std::uint32_t length;
};

Char char_at(std::string_view text, std::size_t at) noexcept {
  const Utf8Char c = decode_utf8(text.substr(at));
  return {char_class(c.code_point), c.length};  // invalid bytes read as U+FFFD, a symbol
}

bool is_class_at(std::string_view text, std::size_t at, CharClass cls) noexcept {
  return at < text.size() && char_at(text, at).cls == cls;
}

std::size_t skip_class(std::string_view text, std::size_t at, CharClass cls) noexcept {
  while (at < text.size()) {
    const Char c = char_at(text, at);
    if (c.cls != cls) break;
    at += c.length;
  }
  return at;
}

// Length of 's 't 're 've 'm 'll 'd at `at`, where an apostrophe stands; 0 if none does. Without
// regard to case, and by Unicode's folding U+017F (long s) is an s.
std::size_t contraction_length(std::string_view text, std::size_t at) noexcept {
  const auto lower = [text](std::size_t i) {
    if (i >= text.size()) return '\0';
    return text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
  };
  const char second = lower(at + 2);
  switch (lower(at + 1)) {
    case 's':
    case 't':
    case 'm':
    case 'd':
      return 2;
    case 'r':
    case 'v':
      return second == 'e' ? 3 : 0;
    case 'l':
      return second == 'l' ? 3 : 0;
    default:
      return text.substr(at + 1, 2) == "\u017F" ? 3 : 0;
  }
}

std::size_t number_end(std::string_view text, std::size_t at) noexcept {
  for (int digits = 0; digits < 3 && is_class_at(text, at, CharClass::kNumber); ++digits) {
    at += char_at(text, at).length;
  }
  return at;
}

std::size_t symbols_end(std::string_view text, std::size_t at) noexcept {
  at = skip_class(text, at, CharClass::kOther);
  return skip_class(text, at, CharClass::kNewline);
}

std::size_t white_space_end(std::string_view text, std::size_t begin) noexcept {
  std::size_t end = begin;
  std::size_t last = begin;           // where the run's last character starts
  std::size_t after_newline = begin;  // where its last line end stops
  while (end < text.size()) {
    const Char c = char_at(text, end);
    if (c.cls != CharClass::kSpace && c.cls != CharClass::kNewline) break;
    last = end;
    end += c.length;
    if (c.cls == CharClass::kNewline) after_newline = end;
  }
  if (after_newline > begin) return after_newline;
  if (end == text.size() || last == begin) return end;
  return last;
}

std::size_t family_piece_end(std::string_view text, std::size_t begin) noexcept {
  const Char first = char_at(text, begin);
  const std::size_t next = begin + first.length;
  switch (first.cls) {
    case CharClass::kLetter:
      return skip_class(text, next, CharClass::kLetter);
    case CharClass::kNumber:
      return number_end(text, begin);
    case CharClass::kNewline:
      return white_space_end(text, begin);
    case CharClass::kSpace:
    case CharClass::kOther:
      break;
  }
  if (text[begin] == '\'') {
    const std::size_t length = contraction_length(text, begin);
    if (length > 0) return begin + length;
  }
  if (is_class_at(text, next, CharClass::kLetter)) {
    return skip_class(text, next, CharClass::kLetter);
  }
  if (first.cls == CharClass::kOther) return symbols_end(text, begin);
  if (text[begin] == ' ' && is_class_at(text, next, CharClass::kOther)) {
    return symbols_end(text, next);
  }
  return white_space_end(text, begin);
}

constexpr PreTokenizer kPreTokenizers[] = {
    {.name = "lfm2", .piece_end = family_piece_end, .ignore_merges = false},
    {.name = "llama-bpe", .piece_end = family_piece_end, .ignore_merges = true},
};

}  // namespace

std::span<const PreTokenizer> pre_tokenizers() noexcept { return kPreTokenizers; }

}  // namespace freshet
