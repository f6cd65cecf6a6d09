#include "base/utf8.h"

#include <cstddef>

#include "base/check.h"
#include "base/format.h"

namespace freshet {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// What a lead byte promises: the sequence's length and the range of its second byte, which is where
// overlong forms, surrogates and values above U+10FFFF show.
struct Lead {
  std::uint32_t length;  // 0: no character starts so
  unsigned second_low;
  unsigned second_high;
};

constexpr Lead lead_of(unsigned byte) noexcept {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

// Appends the decided part of `text`; returns how many bytes at its end are an unfinished
// character.
std::size_t append_decided(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const Utf8Char c = decode_utf8(text);
    if (c.status == Utf8Status::kTruncated) return text.size();
    if (c.status == Utf8Status::kValid) {
      out.append(text.substr(0, c.length));
    } else {
      append_utf8(out, kReplacement);
    }
    text.remove_prefix(c.length);
  }
  return 0;
}

}  // namespace

Utf8Char decode_utf8(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1, Utf8Status::kValid};
  const Lead lead = lead_of(first);
  if (lead.length == 0) return {kReplacement, 1, Utf8Status::kInvalid};
  char32_t code_point = first & (0x7Fu >> lead.length);
  unsigned low = lead.second_low;
  unsigned high = lead.second_high;
  for (std::uint32_t i = 1; i < lead.length; ++i) {
    if (i == text.size()) return {kReplacement, i, Utf8Status::kTruncated};
    if (byte(i) < low || byte(i) > high) return {kReplacement, i, Utf8Status::kInvalid};
    code_point = (code_point << 6) | (byte(i) & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {code_point, lead.length, Utf8Status::kValid};
}

void append_utf8(std::string& out, char32_t code_point) {
  FRESHET_CHECK(code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF));
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  const auto put_tail = [&put, code_point](int shift) {
    put(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put_tail(0);
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put_tail(6);
    put_tail(0);
  } else {
    put(0xF0 | (code_point >> 18));
    put_tail(12);
    put_tail(6);
    put_tail(0);
  }
}

bool is_valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const Utf8Char c = decode_utf8(text);
    if (c.status != Utf8Status::kValid) return false;
    text.remove_prefix(c.length);
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (append_decided(out, text) > 0) append_utf8(out, kReplacement);
  return out;
}

std::string quoted(std::string_view text, std::size_t limit) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = decode_utf8(text.substr(at));
    if (at + c.length > limit) {
      out += "...";
      break;
    }
    const bool printable = c.status == Utf8Status::kValid && c.code_point >= 0x20 &&
                           (c.code_point < 0x7F || c.code_point > 0x9F) && c.code_point != 0x2028 &&
                           c.code_point != 0x2029;
    for (const char byte : text.substr(at, c.length)) {
      if (printable) {
        out.push_back(byte);
      } else {
        out += formatted("\\x{:02x}", static_cast<unsigned char>(byte));
      }
    }
    at += c.length;
  }
  out.push_back('"');
  return out;
}

std::string take_decided_utf8(std::string& pending) {
  std::string out;
  const std::size_t unfinished = append_decided(out, pending);
  pending.erase(0, pending.size() - unfinished);
  return out;
}

}  // namespace freshet
