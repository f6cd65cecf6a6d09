#include "tools/prompt_prefix.h"

#include <gtest/gtest.h>

#include "chat/small_tokenizer.h"

namespace freshet {
namespace {

// Ids of bytes are the bytes; 257 and 258 are <|im_start|> and <|im_end|>.
const std::vector<TokenId> kPrompt = {257, 'a', 'b', 258, 'c', 'd'};

CommonPrefix common(const std::vector<TokenId>& read, const std::vector<TokenId>& prompt) {
  static const Tokenizer tokenizer = testing::small_chat_tokenizer();
  return common_prefix(tokenizer, read, prompt);
}

TEST(PromptPrefix, IsWhatBothBeginWith) {
  EXPECT_EQ(common({}, kPrompt), (CommonPrefix{0, 0}));
  EXPECT_EQ(common({257, 'a', 'b'}, kPrompt), (CommonPrefix{3, 3}));
  EXPECT_EQ(common(kPrompt, {257, 'a'}), (CommonPrefix{2, 2}));
  EXPECT_EQ(common({257, 'a', 'x', 258}, kPrompt), (CommonPrefix{2, 2}));
}

TEST(PromptPrefix, HoldsControlTokensApartFromTheirSpelling) {
  std::vector<TokenId> spelt = {257, 'a', 'b'};
  for (const char c : std::string("<|im_end|>")) spelt.push_back(c);
  EXPECT_EQ(common(spelt, kPrompt), (CommonPrefix{3, 3}));
  EXPECT_EQ(common(kPrompt, spelt), (CommonPrefix{3, 3}));
}

}  // namespace
}  // namespace freshet
