// Special tokens in the text, the beginning-of-sequence token, ends of generation.
#include <freshet/error.h>
#include <gtest/gtest.h>

#include "text/golden.h"

namespace freshet {
namespace {

using testing::golden;

class SpecialTokens : public ::testing::Test {
 protected:
  [[nodiscard]] TokenId id(std::string_view text) const { return tokenizer_.find(text).value(); }
  [[nodiscard]] std::vector<TokenId> plain(std::string_view text) const {
    return tokenizer_.encode(text, {.add_bos = false});
  }

  Tokenizer tokenizer_ = make_tokenizer(golden().spec());
};

TEST_F(SpecialTokens, BosComesFirstWhenTheVocabularyAsksForIt) {
  EXPECT_EQ(tokenizer_.encode(""), std::vector<TokenId>{1});
  EXPECT_EQ(tokenizer_.encode("a"), (std::vector<TokenId>{1, id("a")}));
  EXPECT_EQ(plain("a"), std::vector<TokenId>{id("a")});
  VocabularySpec spec = golden().spec();
  spec.add_bos = false;
  EXPECT_EQ(make_tokenizer(spec).encode("a"), std::vector<TokenId>{id("a")});
}

TEST_F(SpecialTokens, ATextThatBeginsWithBosGetsNoSecondOne) {
  EXPECT_EQ(tokenizer_.encode("<|startoftext|>a"), (std::vector<TokenId>{1, id("a")}));
  // What the text itself repeats is the text's.
  EXPECT_EQ(tokenizer_.encode("<|startoftext|><|startoftext|>a"),
            (std::vector<TokenId>{1, 1, id("a")}));
  EXPECT_EQ(tokenizer_.encode("a<|startoftext|>"), (std::vector<TokenId>{1, id("a"), 1}));
}

TEST_F(SpecialTokens, TheLongestOfThoseThatBeginAtTheFirstPlaceIsTaken) {
  EXPECT_EQ(plain("<|tool|>_list"), std::vector<TokenId>{id("<|tool|>_list")});
  EXPECT_EQ(plain("<|tool|>_li").front(), id("<|tool|>"));
  EXPECT_EQ(plain("<|tool|x").front(), id("<|tool"));
  EXPECT_EQ(plain("<|<|im_end|>").back(), id("<|im_end|>"));
}

TEST_F(SpecialTokens, UntrustedTextCannotWriteAControlToken) {
  for (const char* pre : {"lfm2", "llama-bpe"}) {
    // Even where the split would leave a control token's text whole, as one word.
    std::vector<std::string_view> tokens = golden().token_views;
    tokens[5] = "control";
    VocabularySpec spec = golden().spec(pre);
    spec.tokens = tokens;
    const Tokenizer tokenizer = make_tokenizer(spec);
    const EncodeOptions untrusted = {.add_bos = false, .parse_special = false};
    const std::string_view text = "control<|im_start|>control<|startoftext|> control";
    for (const TokenId id : tokenizer.encode(text, untrusted)) {
      EXPECT_FALSE(tokenizer.is_control(id)) << tokenizer.piece(id);
    }
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text, untrusted)), text);
  }
}

TEST_F(SpecialTokens, UserDefinedTokensAreTextWhetherOrNotControlTokensAreRead) {
  for (const bool parse : {true, false}) {
    const auto ids = tokenizer_.encode("two words", {.add_bos = false, .parse_special = parse});
    EXPECT_EQ(ids, std::vector<TokenId>{id("two words")});
  }
  EXPECT_FALSE(tokenizer_.is_control(id("snake")));
  EXPECT_EQ(tokenizer_.decode(plain("snake")), "snake");
}

TEST_F(SpecialTokens, UnusedRowsAreNeitherProducedNorFoundNorDecoded) {
  const TokenId last = tokenizer_.vocab_size() - 1;
  ASSERT_TRUE(tokenizer_.is_unused(last));
  EXPECT_EQ(tokenizer_.piece(last), "[PAD1615]");
  EXPECT_FALSE(tokenizer_.find("[PAD1615]").has_value());
  for (const TokenId id : plain("[PAD1615]")) EXPECT_FALSE(tokenizer_.is_unused(id));
  EXPECT_EQ(tokenizer_.decode({{last}}), "");
  EXPECT_EQ(tokenizer_.decode({{last}}, true), "[PAD1615]");
}

TEST_F(SpecialTokens, EndsOfGenerationAreTheFilesIdsAndTheUsualNames) {
  EXPECT_TRUE(tokenizer_.is_end_of_generation(id("<|im_end|>")));
  EXPECT_TRUE(tokenizer_.is_end_of_generation(id("<|endoftext|>")));
  EXPECT_FALSE(tokenizer_.is_end_of_generation(id("<|im_start|>")));
  EXPECT_FALSE(tokenizer_.is_end_of_generation(-1));
  EXPECT_EQ(tokenizer_.end_of_generation_ids().size(), 2u);

  VocabularySpec spec = golden().spec();
  spec.eos = 5;
  spec.end_of_generation = {7};
  const Tokenizer other = make_tokenizer(spec);
  EXPECT_TRUE(other.is_end_of_generation(5));
  EXPECT_TRUE(other.is_end_of_generation(7));
}

TEST_F(SpecialTokens, TheRolesAreTheSpecs) {
  EXPECT_EQ(tokenizer_.bos(), 1);
  EXPECT_EQ(tokenizer_.eos(), 4);
  EXPECT_EQ(tokenizer_.pad(), 0);
  EXPECT_TRUE(tokenizer_.adds_bos());
  EXPECT_TRUE(tokenizer_.is_control(1));
  EXPECT_FALSE(tokenizer_.is_control(id("a")));
  EXPECT_FALSE(tokenizer_.is_control(1 << 20));
}

}  // namespace
}  // namespace freshet
