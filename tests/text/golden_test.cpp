// Against the official library's results.
#include "text/golden.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace freshet {
namespace {

using testing::golden;

TEST(TokenizerGolden, Lfm2IdsAreTheOfficialLibrarys) {
  const Tokenizer tokenizer = make_tokenizer(golden().spec("lfm2"));
  for (const auto& c : golden().cases) {
    EXPECT_EQ(tokenizer.encode(c.text, {.add_bos = false}), c.lfm2) << quoted(c.text, 400);
  }
}

TEST(TokenizerGolden, LlamaBpeIdsAreTheOfficialLibrarysWithIgnoreMerges) {
  const Tokenizer tokenizer = make_tokenizer(golden().spec("llama-bpe"));
  int differing = 0;
  for (const auto& c : golden().cases) {
    EXPECT_EQ(tokenizer.encode(c.text, {.add_bos = false}), c.llama_bpe) << quoted(c.text, 400);
    differing += c.lfm2 != c.llama_bpe ? 1 : 0;
  }
  EXPECT_GT(differing, 0) << "the golden no longer shows what ignore_merges does";
}

TEST(TokenizerGolden, DecodingShowsEveryTextAgain) {
  const Tokenizer tokenizer = make_tokenizer(golden().spec());
  for (const auto& c : golden().cases) {
    EXPECT_EQ(tokenizer.decode(c.lfm2, /*show_special=*/true), c.text);
  }
}

TEST(TokenizerGolden, ArbitraryIdsDecodeAsInTheOfficialLibrary) {
  const Tokenizer tokenizer = make_tokenizer(golden().spec());
  for (const auto& d : golden().decodings) {
    EXPECT_EQ(replace_invalid_utf8(tokenizer.decode(d.ids)), d.text);
    TextDecoder decoder(tokenizer);
    std::string streamed;
    for (const TokenId id : d.ids) streamed += decoder.push(id);
    EXPECT_EQ(streamed + decoder.flush(), d.text);
  }
}

}  // namespace
}  // namespace freshet
