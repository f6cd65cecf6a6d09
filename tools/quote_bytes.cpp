#include "tools/quote_bytes.h"

#include <algorithm>
#include <cstdint>

#include "base/format.h"

namespace freshet {
namespace {

uint32_t byte_at(std::string_view bytes, size_t i) { return static_cast<unsigned char>(bytes[i]); }

/// Bytes of the character that `bytes` begin with, 0 if it is not UTF-8 (RFC 3629: no overlong
/// forms, no surrogates, nothing above U+10FFFF).
size_t character_length(std::string_view bytes) {
  const uint32_t lead = byte_at(bytes, 0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                        : lead >= 0xE0 && lead < 0xF0 ? 3
                        : lead >= 0xF0 && lead < 0xF5 ? 4
                                                      : 0;
  if (length == 0 || bytes.size() < length) return 0;
  uint32_t code_point = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte_at(bytes, i) & 0xC0u) != 0x80u) return 0;
    code_point = code_point << 6 | (byte_at(bytes, i) & 0x3Fu);
  }
  const bool overlong =
      (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
  return overlong || surrogate || code_point > 0x10FFFF ? 0 : length;
}

/// C1 control characters (U+0080 to U+009F) move a terminal's cursor like their older kin.
bool is_control(std::string_view character) {
  if (character.size() == 1) return byte_at(character, 0) < 0x20 || byte_at(character, 0) == 0x7F;
  return character.size() == 2 && byte_at(character, 0) == 0xC2 && byte_at(character, 1) < 0xA0;
}

std::string escaped(std::string_view character) {
  if (character == "\n") return "\\n";
  if (character == "\t") return "\\t";
  if (character == "\r") return "\\r";
  std::string text;
  for (size_t i = 0; i < character.size(); ++i)
    text += formatted("\\x{:02x}", byte_at(character, i));
  return text;
}

}  // namespace

std::string quote_bytes(std::string_view bytes) {
  std::string text = "\"";
  while (!bytes.empty()) {
    const size_t length = character_length(bytes);
    const std::string_view character = bytes.substr(0, std::max<size_t>(length, 1));
    if (character == "\"" || character == "\\") text += '\\';
    if (length == 0 || is_control(character)) {
      text += escaped(character);
    } else {
      text += character;
    }
    bytes.remove_prefix(character.size());
  }
  return text + "\"";
}

}  // namespace freshet
