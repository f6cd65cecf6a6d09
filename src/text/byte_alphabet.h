// GPT-2's byte alphabet: every byte as one printable character, so that a vocabulary is text.
//
// Bytes 0x21-0x7E, 0xA1-0xAC and 0xAE-0xFF stand for themselves as code points; the other 68, in
// ascending order, are U+0100 to U+0143 (space is U+0120, line feed U+010A).
#pragma once

#include <string>
#include <string_view>

namespace freshet {

/// Appends the bytes that `text` spells; false, and `out` as it was, if a character is not of the
/// alphabet.
[[nodiscard]] bool append_alphabet_bytes(std::string& out, std::string_view text);

/// Appends the spelling of `bytes`.
void append_alphabet_text(std::string& out, std::string_view bytes);

}  // namespace freshet
