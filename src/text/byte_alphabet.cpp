#include "text/byte_alphabet.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace freshet {
namespace {

constexpr char32_t kAlphabetEnd = 0x144;
constexpr std::int16_t kNoByte = -1;

struct Alphabet {
  std::array<char32_t, 256> code_point{};
  std::array<std::int16_t, kAlphabetEnd> byte{};
};

constexpr Alphabet make_alphabet() {
  Alphabet alphabet;
  alphabet.byte.fill(kNoByte);
  char32_t next = 0x100;
  for (char32_t b = 0; b < 256; ++b) {
    const bool itself = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b != 0xAD);
    const char32_t code_point = itself ? b : next++;
    alphabet.code_point[b] = code_point;
    alphabet.byte[code_point] = static_cast<std::int16_t>(b);
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = make_alphabet();

}  // namespace

bool append_alphabet_bytes(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t code_point = static_cast<unsigned char>(text[i]);
    if (code_point >= 0x80) {  // the alphabet has sequences of one and two bytes only
      const unsigned tail = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
      const bool pair = code_point >= 0xC2 && code_point <= 0xC5 && (tail & 0xC0u) == 0x80;
      code_point = pair ? (code_point & 0x1F) << 6 | (tail & 0x3F) : kAlphabetEnd;
      ++i;
    }
    const std::int16_t byte = code_point < kAlphabetEnd ? kAlphabet.byte[code_point] : kNoByte;
    if (byte == kNoByte) {
      out.resize(before);
      return false;
    }
    out.push_back(static_cast<char>(byte));
  }
  return true;
}

void append_alphabet_text(std::string& out, std::string_view bytes) {
  for (const char b : bytes) {
    const char32_t code_point = kAlphabet.code_point[static_cast<unsigned char>(b)];
    if (code_point < 0x80) {
      out.push_back(static_cast<char>(code_point));
    } else {
      out.push_back(static_cast<char>(0xC0 | (code_point >> 6)));
      out.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
    }
  }
}

}  // namespace freshet
