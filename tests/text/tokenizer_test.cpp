// Properties of encoding and decoding that hold for any bytes.
#include <freshet/error.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <random>

#include "base/utf8.h"
#include "support/long_text.h"
#include "text/golden.h"

namespace freshet {
namespace {

using testing::golden;
using testing::kLongText;

class TokenizerTest : public ::testing::TestWithParam<const char*> {
 protected:
  void expect_round_trip(std::string_view text) const {
    const auto ids = tokenizer_.encode(text, {.add_bos = false, .parse_special = false});
    ASSERT_EQ(tokenizer_.decode(ids), text) << quoted(text, 100);
  }

  Tokenizer tokenizer_ = make_tokenizer(golden().spec(GetParam()));
};

INSTANTIATE_TEST_SUITE_P(EachPreTokenizer, TokenizerTest, ::testing::Values("lfm2", "llama-bpe"));

TEST_P(TokenizerTest, BytesThatAreNotUtf8SurviveTheRoundTrip) {
  using namespace std::string_view_literals;
  for (const auto text : {"\xFF\xFE"sv,
                          "a\x80"
                          "b"sv,
                          "\xED\xA0\x80"sv, "\xC0\x80"sv, "\0\0x\0"sv, "\xE2\x82"sv, "x\xF0\x9F"sv,
                          " \xC3 \xC3\n"sv, "'\xC5"sv, "'\xC5\xBF"sv}) {
    expect_round_trip(text);
  }
}

TEST_P(TokenizerTest, RandomBytesSurviveTheRoundTrip) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    std::string text(random() % 100, '\0');
    for (char& c : text) c = static_cast<char>(round % 2 ? random() : random() % 64 + 32);
    expect_round_trip(text);
  }
}

TEST_P(TokenizerTest, ALongTextWithoutABreakIsEncoded) {
  for (const std::string_view unit :
       {"a", " ", "7", "\n", ".", "😀", "é", "ab", " \n", "'", "<", "<|tool", "\xFF", "\t "}) {
    std::string text;
    while (text.size() < kLongText) text += unit;
    expect_round_trip(text);
  }
}

TEST_P(TokenizerTest, ALongTextOfRandomBytesIsEncoded) {
  std::mt19937 random(5);
  std::string text(kLongText, '\0');
  for (char& c : text) c = static_cast<char>(random());
  expect_round_trip(text);
}

TEST_P(TokenizerTest, EveryOrdinaryTokenIsFoundByItsBytes) {
  for (TokenId id = 0; id < tokenizer_.vocab_size(); ++id) {
    if (tokenizer_.is_unused(id)) continue;
    EXPECT_EQ(tokenizer_.find(tokenizer_.piece(id)), id);
  }
  EXPECT_FALSE(tokenizer_.find("no such token").has_value());
  EXPECT_FALSE(tokenizer_.find("").has_value());
}

TEST_P(TokenizerTest, AnIdOutOfRangeIsRefusedWithTheRange) {
  for (const TokenId id : {-1, 1616, std::numeric_limits<TokenId>::max()}) {
    try {
      (void)tokenizer_.decode({{id}});
      FAIL() << id;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadRequest);
      EXPECT_NE(std::string(error.what()).find("1616 tokens (0 to 1615)"), std::string::npos);
    }
    EXPECT_THROW((void)tokenizer_.piece(id), Error);
  }
}

TEST_P(TokenizerTest, CopiesShareTheVocabularyAndOutliveTheOriginal) {
  std::optional<Tokenizer> original = make_tokenizer(golden().spec());
  const Tokenizer copy = *original;
  original.reset();
  EXPECT_EQ(copy.decode(copy.encode("still here")), "still here");
}

}  // namespace
}  // namespace freshet
