// What a vocabulary must be, and what is said when it is not.
#include <freshet/error.h>
#include <gtest/gtest.h>

#include <functional>

#include "gguf/reader.h"
#include "gguf/writer.h"
#include "text/golden.h"
#include "text/tokenizer_gguf.h"

namespace freshet {
namespace {

using testing::golden;

// A vocabulary to spoil, with its own copies of the lists.
struct Draft {
  std::vector<std::string_view> tokens = golden().token_views;
  std::vector<std::string_view> merges = golden().merge_views;
  VocabularySpec spec = golden().spec();
};

// The message with which a spoiled vocabulary is refused; it must name the file and be one line.
std::string refusal(ErrorKind kind, const std::function<void(Draft&)>& spoil) {
  Draft draft;
  spoil(draft);
  draft.spec.tokens = draft.tokens;
  draft.spec.merges = draft.merges;
  try {
    (void)make_tokenizer(draft.spec);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with("golden.gguf: ")) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  }
  return "accepted";
}

void expect_refused(std::string_view part, const std::function<void(Draft&)>& spoil,
                    ErrorKind kind = ErrorKind::kBadFile) {
  const std::string message = refusal(kind, spoil);
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(VocabularyLoading, NamesTheSupportedKindsWhenItRefusesAnother) {
  expect_refused(
      "only \"gpt2\"", [](Draft& d) { d.spec.model = "llama"; }, ErrorKind::kUnsupported);
  expect_refused(
      "supported are lfm2, llama-bpe", [](Draft& d) { d.spec.pre = "qwen2"; },
      ErrorKind::kUnsupported);
}

TEST(VocabularyLoading, RefusesTokensThatContradictEachOther) {
  expect_refused("no tokens", [](Draft& d) { d.tokens.clear(); });
  expect_refused("tokens 300 and 301 are both", [](Draft& d) { d.tokens[301] = d.tokens[300]; });
  expect_refused("token 300 is empty", [](Draft& d) { d.tokens[300] = ""; });
  expect_refused("1615 entries for 1616 tokens", [](Draft& d) { d.spec.types.pop_back(); });
  expect_refused("token 9 has type 7", [](Draft& d) { d.spec.types[9] = 7; });
  expect_refused("token 9 has type -1", [](Draft& d) { d.spec.types[9] = -1; });
}

TEST(VocabularyLoading, RefusesAByteThatNoTokenSpells) {
  expect_refused("no token for byte 0x20", [](Draft& d) {
    for (auto& token : d.tokens) {
      if (token == "Ġ") token = "nothing spells a space now";
    }
  });
}

TEST(VocabularyLoading, RefusesMergesThatNameNoTokens) {
  expect_refused("merge 3 is \"nospace\"", [](Draft& d) { d.merges[3] = "nospace"; });
  expect_refused("merge 3 is \"a \"", [](Draft& d) { d.merges[3] = "a "; });
  expect_refused("merge 3 is \" a\"", [](Draft& d) { d.merges[3] = " a"; });
  expect_refused("names \"qqqq\"", [](Draft& d) { d.merges[3] = "qqqq a"; });
  expect_refused("names \"Zq\"", [](Draft& d) { d.merges[3] = "Z q"; });
  expect_refused("names \"b\\x0ac\"", [](Draft& d) { d.merges[3] = "a b\nc"; });
}

TEST(VocabularyLoading, RefusesRolesOutsideTheVocabulary) {
  expect_refused("beginning-of-sequence token id is 1616", [](Draft& d) { d.spec.bos = 1616; });
  expect_refused("end-of-sequence token id is -1", [](Draft& d) { d.spec.eos = -1; });
  expect_refused("padding token id is 4294967296",
                 [](Draft& d) { d.spec.pad = std::int64_t{1} << 32; });
  expect_refused("end-of-turn token id is 9999",
                 [](Draft& d) { d.spec.end_of_generation = {9999}; });
  expect_refused("no tokenizer.ggml.bos_token_id", [](Draft& d) { d.spec.bos.reset(); });
}

TEST(VocabularyLoading, RefusesASpecialTokenOfAbsurdLength) {
  const std::string text(2000, 'x');
  expect_refused("2000 bytes long", [&text](Draft& d) { d.tokens[5] = text; });
}

TEST(VocabularyLoading, WithoutTypesEveryTokenIsOrdinary) {
  VocabularySpec spec = golden().spec();
  spec.types.clear();
  const Tokenizer tokenizer = make_tokenizer(spec);
  EXPECT_FALSE(tokenizer.is_control(3));
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("<|im_end|>", {.add_bos = false})), "<|im_end|>");
}

TEST(VocabularyLoading, OfAMergeListedTwiceTheLastRankCounts) {
  VocabularySpec spec = golden().spec();
  const std::vector<std::string_view> merges = {"t h", "h e", "t h"};
  spec.merges = merges;
  const Tokenizer tokenizer = make_tokenizer(spec);
  EXPECT_EQ(tokenizer.piece(tokenizer.encode("the", {.add_bos = false}).back()), "he");
}

GgufWriter golden_file() {
  GgufWriter writer;
  writer.add("tokenizer.ggml.model", "gpt2");
  writer.add("tokenizer.ggml.pre", "lfm2");
  writer.add_array("tokenizer.ggml.tokens", golden().tokens);
  writer.add_array("tokenizer.ggml.token_type", golden().types);
  writer.add_array("tokenizer.ggml.merges", golden().merges);
  writer.add("tokenizer.ggml.bos_token_id", std::uint32_t{1});
  writer.add("tokenizer.ggml.eos_token_id", std::uint32_t{4});
  writer.add("tokenizer.ggml.padding_token_id", std::uint32_t{0});
  return writer;
}

TEST(VocabularyLoading, ReadsAFilesMetadata) {
  const auto bytes = golden_file().to_bytes();
  const GgufFile file(bytes, "image.gguf");
  const Tokenizer tokenizer = make_tokenizer(vocabulary_spec(file.metadata()));
  EXPECT_EQ(tokenizer.vocab_size(), 1616);
  EXPECT_TRUE(tokenizer.adds_bos()) << "a file that does not say";
  EXPECT_EQ(tokenizer.pad(), 0);
  for (const auto& c : golden().cases) {
    EXPECT_EQ(tokenizer.encode(c.text, {.add_bos = false}), c.lfm2);
  }
}

TEST(VocabularyLoading, SaysWhichKeyIsMissing) {
  GgufWriter writer;
  writer.add("tokenizer.ggml.model", "gpt2");
  const auto bytes = writer.to_bytes();
  const GgufFile file(bytes, "image.gguf");
  try {
    (void)vocabulary_spec(file.metadata());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    EXPECT_NE(std::string_view(error.what()).find("tokenizer.ggml.tokens"), std::string::npos);
  }
}

}  // namespace
}  // namespace freshet
