#include <freshet/error.h>
#include <gtest/gtest.h>

#include <random>

#include "base/utf8.h"
#include "text/golden.h"

namespace freshet {
namespace {

using testing::golden;

// One token per byte, so that every character is spread over as many tokens as it has bytes.
std::vector<TokenId> byte_ids(const Tokenizer& tokenizer, std::string_view bytes) {
  std::vector<TokenId> ids;
  for (const char& byte : bytes) ids.push_back(tokenizer.find({&byte, 1}).value());
  return ids;
}

class TextDecoderTest : public ::testing::Test {
 protected:
  std::string push_all(const std::vector<TokenId>& ids) {
    std::string joined;
    for (const TokenId id : ids) joined += decoder_.push(id);
    return joined;
  }

  Tokenizer tokenizer_ = make_tokenizer(golden().spec());
  TextDecoder decoder_{tokenizer_};
};

TEST_F(TextDecoderTest, ACharacterComesOutWholeWithItsLastByte) {
  const auto ids = byte_ids(tokenizer_, "a😀é");
  const std::vector<std::string> expected = {"a", "", "", "", "😀", "", "é"};
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(decoder_.push(ids[i]), expected[i]);
  EXPECT_EQ(decoder_.flush(), "");
}

TEST_F(TextDecoderTest, ReplacesAByteOnlyOnceItIsCertainToBeInvalid) {
  const auto ids = byte_ids(tokenizer_, "\xF0\x9F\x98z\x80");
  EXPECT_EQ(push_all({ids[0], ids[1], ids[2]}), "");
  EXPECT_EQ(decoder_.push(ids[3]), "\uFFFDz");
  EXPECT_EQ(decoder_.push(ids[4]), "\uFFFD");
}

TEST_F(TextDecoderTest, FlushEndsAnUnfinishedCharacterAndStartsAfresh) {
  const auto ids = byte_ids(tokenizer_, "\xE2\x82\xAC");
  EXPECT_EQ(push_all({ids[0], ids[1]}), "");
  EXPECT_EQ(decoder_.flush(), "\uFFFD");
  EXPECT_EQ(decoder_.flush(), "");
  EXPECT_EQ(push_all(ids), "€");
}

TEST_F(TextDecoderTest, SurrogatesNeverComeOut) {
  const auto ids = byte_ids(tokenizer_, "\xED\xA0\xBD\xED\xB8\x80");
  EXPECT_EQ(push_all(ids), "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST_F(TextDecoderTest, AHiddenControlTokenDoesNotBreakTheCharacterAroundIt) {
  const auto ids = byte_ids(tokenizer_, "é");
  const TokenId end = tokenizer_.find("<|im_end|>").value();
  EXPECT_EQ(push_all({ids[0], end, ids[1]}), "é");
  TextDecoder showing(tokenizer_, /*show_special=*/true);
  EXPECT_EQ(showing.push(end), "<|im_end|>");
}

TEST_F(TextDecoderTest, JoinedOutputIsTheDecodingOfAllAndAlwaysValid) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<TokenId> ids(random() % 40);
    for (TokenId& id : ids) id = static_cast<TokenId>(random() % (round % 2 ? 300u : 1616u));
    std::string joined;
    for (const TokenId id : ids) {
      const std::string part = decoder_.push(id);
      ASSERT_TRUE(is_valid_utf8(part));
      joined += part;
    }
    joined += decoder_.flush();
    ASSERT_EQ(joined, replace_invalid_utf8(tokenizer_.decode(ids)));
  }
}

TEST_F(TextDecoderTest, RefusesAnIdOutOfRangeAndGoesOn) {
  EXPECT_THROW((void)decoder_.push(1616), Error);
  EXPECT_THROW((void)decoder_.push(-1), Error);
  EXPECT_EQ(decoder_.push(tokenizer_.find("a").value()), "a");
}

}  // namespace
}  // namespace freshet
