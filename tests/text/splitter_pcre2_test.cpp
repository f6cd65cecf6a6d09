// The hand-written split and the Unicode tables against PCRE2.
//
// PCRE2's \s with Unicode properties counts U+180E as white space, which Unicode does not and the
// official library's Oniguruma does not; so \s is spelled out here.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/utf8.h"
#include "text/golden.h"
#include "text/pcre2_oracle.h"
#include "text/splitter.h"
#include "text/unicode.h"

namespace freshet {
namespace {

using testing::golden;
using testing::has_pcre2;
using testing::pcre2_matches;

#define SPACE R"(\p{Z}\x09-\x0d\x{85})"
constexpr const char* kFamilyPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3})"
    "| ?[^" SPACE R"(\p{L}\p{N}]+[\r\n]*|[)" SPACE R"(]*[\r\n]+|[)" SPACE "]+(?![^" SPACE
    "])|[" SPACE "]+";
#undef SPACE

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = pre_tokenizers().front().piece_end(text, begin);
    pieces.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return pieces;
}

TEST(SplitterAgainstPcre2, AgreesOnTheGoldenTexts) {
  if (!has_pcre2()) GTEST_SKIP() << "built without PCRE2 (libpcre2-dev)";
  for (const auto& c : golden().cases) {
    // Characters newer than PCRE2's tables are the next test's matter.
    if (c.text.find("\U00010d4a") != std::string::npos) continue;
    EXPECT_EQ(split(c.text), pcre2_matches(kFamilyPattern, c.text)) << quoted(c.text, 400);
  }
}

TEST(SplitterAgainstPcre2, AgreesOnRandomStringsOfTrickyCharacters) {
  if (!has_pcre2()) GTEST_SKIP() << "built without PCRE2 (libpcre2-dev)";
  constexpr char32_t kTricky[] = {
      '\'',   '\'',   '\'',    's',     'S',      't',    'r',    'R',    'e',    'E',    'v',
      'm',    'M',    'l',     'L',     'd',      'x',    ' ',    ' ',    ' ',    '\n',   '\r',
      '\t',   '\v',   '\f',    '1',     '2',      '9',    '.',    '-',    '_',    '<',    0,
      0x1C,   0x7F,   0x85,    0xA0,    0xAD,     0xBD,   0xE9,   0x131,  0x17F,  0x301,  0x37A,
      0x3A9,  0x661,  0x2028,  0x2029,  0x200B,   0x3000, 0x180E, 0x4E2D, 0x2167, 0xFB05, 0xFEFF,
      0xFFFD, 0xFF13, 0x1D7D8, 0x1F600, 0x10FFFF, 0xE000};
  std::mt19937 random(17);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (auto n = random() % 24; n > 0; --n) {
      append_utf8(text, kTricky[random() % std::size(kTricky)]);
    }
    ASSERT_EQ(split(text), pcre2_matches(kFamilyPattern, text)) << quoted(text, 400);
  }
}

TEST(SplitterAgainstPcre2, EveryCharacterThatPcre2KnowsHasItsClass) {
  if (!has_pcre2()) GTEST_SKIP() << "built without PCRE2 (libpcre2-dev)";
  std::string all;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c < 0xD800 || c > 0xDFFF) append_utf8(all, c);
  }
  // Its Unicode may be older than ours: what it calls unassigned (\p{Cn}) is left out.
  const auto check = [&all](const char* pattern, auto belongs) {
    std::size_t in_pcre2 = 0;
    for (const std::string_view match : pcre2_matches(pattern, all)) {
      const Utf8Char c = decode_utf8(match);
      EXPECT_TRUE(belongs(char_class(c.code_point)))
          << pattern << " U+" << std::hex << static_cast<unsigned>(c.code_point);
      ++in_pcre2;
    }
    return in_pcre2;
  };
  using enum CharClass;
  EXPECT_GT(check(R"(\p{L})", [](CharClass c) { return c == kLetter; }), 130000u);
  EXPECT_GT(check(R"(\p{N})", [](CharClass c) { return c == kNumber; }), 1700u);
  EXPECT_EQ(check(R"([\p{Z}\x09\x0b\x0c\x{85}])", [](CharClass c) { return c == kSpace; }), 23u);
  EXPECT_EQ(check(R"([\r\n])", [](CharClass c) { return c == kNewline; }), 2u);
  check(R"([^\p{L}\p{N}\p{Z}\p{Cn}\x09-\x0d\x{85}])", [](CharClass c) { return c == kOther; });
}

}  // namespace
}  // namespace freshet
