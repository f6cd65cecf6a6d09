#include "base/utf8.h"

#include <gtest/gtest.h>

namespace freshet {
namespace {

TEST(Utf8, EveryScalarValueSurvivesWritingAndReading) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string bytes;
    append_utf8(bytes, c);
    const Utf8Char read = decode_utf8(bytes);
    ASSERT_EQ(read.status, Utf8Status::kValid) << std::hex << static_cast<unsigned>(c);
    ASSERT_EQ(read.code_point, c);
    ASSERT_EQ(read.length, bytes.size());
  }
}

TEST(Utf8, SurrogatesOverlongFormsAndTooLargeValuesAreInvalidFromTheFirstByteThatShowsIt) {
  for (const std::string_view bytes :
       {"\xED\xA0\x80", "\xED\xBF\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80",
        "\xFF", "\xFE"}) {
    const Utf8Char c = decode_utf8(bytes);
    EXPECT_EQ(c.status, Utf8Status::kInvalid) << quoted(bytes);
    EXPECT_EQ(c.length, 1u) << quoted(bytes);
    EXPECT_FALSE(is_valid_utf8(bytes));
  }
}

TEST(Utf8, AnUnfinishedCharacterIsTruncatedAndNotYetInvalid) {
  for (const std::string_view bytes : {"\xC3", "\xE2", "\xE2\x82", "\xF0\x9F", "\xF0\x9F\x98"}) {
    const Utf8Char c = decode_utf8(bytes);
    EXPECT_EQ(c.status, Utf8Status::kTruncated);
    EXPECT_EQ(c.length, bytes.size());
  }
}

TEST(Utf8, EachLongestBrokenRunBecomesOneReplacementCharacter) {
  EXPECT_EQ(replace_invalid_utf8("a\xE2\x82z"), "a\uFFFDz");
  EXPECT_EQ(replace_invalid_utf8("\xF0\x9F\x98"), "\uFFFD");
  EXPECT_EQ(replace_invalid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(replace_invalid_utf8("\xC0\xAF\xF4\x90"), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(replace_invalid_utf8(std::string_view("\0x", 2)), std::string_view("\0x", 2));
}

TEST(Utf8, QuotedTextIsOnOneLineAndShort) {
  EXPECT_EQ(quoted("a\nb\x7F\x80\xC2\x85"), "\"a\\x0ab\\x7f\\x80\\xc2\\x85\"");
  EXPECT_EQ(quoted("äöü", 4), "\"äö...\"");
}

}  // namespace
}  // namespace freshet
