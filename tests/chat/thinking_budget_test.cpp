// A bound on thinking, with a vocabulary whose marks are tokens and with one that spells them.
#include "chat/thinking_budget.h"

#include <gtest/gtest.h>

#include "text/byte_alphabet.h"
#include "text/tokenizer.h"

namespace freshet {
namespace {

/// A token for each byte, and for the marks if `has_marks`.
Tokenizer byte_tokenizer(bool has_marks) {
  std::vector<std::string> tokens;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    append_alphabet_text(tokens.emplace_back(), {&c, 1});
  }
  std::vector<std::int32_t> types(tokens.size(), 1);
  if (has_marks) {
    for (const char* mark : {"<think>", "</think>"}) {
      tokens.emplace_back(mark);
      types.push_back(3);
    }
  }
  const std::vector<std::string_view> views(tokens.begin(), tokens.end());
  VocabularySpec spec;
  spec.source = "test";
  spec.model = "gpt2";
  spec.pre = "lfm2";
  spec.tokens = views;
  spec.types = types;
  return make_tokenizer(spec);
}

/// What a model says that would go on with `text`, where the budget lets it: each forced token
/// stands in place of one of the text.
std::string said(const Tokenizer& tokenizer, std::string_view text, int64_t budget, bool open) {
  ThinkingBudget thinking(tokenizer, budget, open);
  std::vector<TokenId> tokens;
  for (const TokenId wanted : tokenizer.encode(text, {.add_bos = false})) {
    const TokenId token = thinking.forced().value_or(wanted);
    thinking.accept(token);
    tokens.push_back(token);
  }
  return tokenizer.decode(tokens, /*show_special=*/true);
}

TEST(ThinkingBudget, ClosesThinkingThatIsTooLong) {
  const Tokenizer tokenizer = byte_tokenizer(/*has_marks=*/true);
  EXPECT_EQ(said(tokenizer, "<think>abcdefgh", 3, false), "<think>abc</think>efgh");
  EXPECT_EQ(said(tokenizer, "abcdefgh", 3, true), "abc</think>efgh");
  EXPECT_EQ(said(tokenizer, "abcd", 0, true), "</think>bcd");
}

TEST(ThinkingBudget, SpellsTheMarkWhereItIsNoToken) {
  const Tokenizer tokenizer = byte_tokenizer(/*has_marks=*/false);
  EXPECT_EQ(said(tokenizer, "<think>abcdefghijklmno", 3, false), "<think>abc</think>lmno");
}

TEST(ThinkingBudget, LeavesThinkingThatIsShortEnough) {
  for (const bool has_marks : {true, false}) {
    const Tokenizer tokenizer = byte_tokenizer(has_marks);
    const std::string text = "<think>ab</think>cdefghijklmn";
    EXPECT_EQ(said(tokenizer, text, 20, false), text);
    EXPECT_EQ(said(tokenizer, text, -1, false), text);
    EXPECT_EQ(said(tokenizer, "no thinking at all", 0, false), "no thinking at all");
  }
}

TEST(ThinkingBudget, CountsAllSpansOfAnAnswer) {
  const Tokenizer tokenizer = byte_tokenizer(/*has_marks=*/true);
  EXPECT_EQ(said(tokenizer, "<think>ab</think>c<think>defg", 4, false),
            "<think>ab</think>c<think>d</think>fg");
}

}  // namespace
}  // namespace freshet
