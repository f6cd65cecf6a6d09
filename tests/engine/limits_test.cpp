// Requests and options out of their bounds: one line that says so, and nothing has changed.
#include <freshet/engine.h>
#include <gtest/gtest.h>

#include "engine/streams.h"
#include "support/edited_model.h"
#include "support/temporary_folder.h"
#include "support/tiny_models.h"

namespace freshet::testing {
namespace {

template <class Act>
void expect_refusal(const Act& act, ErrorKind kind, std::initializer_list<const char*> words) {
  try {
    act();
    FAIL() << "it was accepted";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), kind) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    for (const char* word : words) {
      EXPECT_NE(message.find(word), std::string::npos) << word << " is not in: " << message;
    }
  }
}

const std::string& small_file() { return model_file(tiny_dense(), "q4_0"); }

void expect_no_engine(const EngineOptions& options, ErrorKind kind,
                      std::initializer_list<const char*> words) {
  expect_refusal([&] { static_cast<void>(Engine::open(small_file(), options)); }, kind, words);
}

class Limits : public ::testing::Test {
 protected:
  Engine engine = Engine::open(small_file(), {.context = 100, .micro_batch = 30});
  Sequence sequence = engine.new_sequence();
  std::vector<TokenId> tokens = random_tokens(engine, 200, 1);

  void expect_bad_request(std::span<const TokenId> what, std::initializer_list<const char*> words) {
    const int64_t size = sequence.size();
    const std::vector<float> logits(sequence.logits().begin(), sequence.logits().end());
    expect_refusal([&] { engine.read(sequence, what); }, ErrorKind::kBadRequest, words);
    EXPECT_EQ(sequence.size(), size);
    EXPECT_TRUE(same_logits(sequence.logits(), logits));
  }
};

TEST_F(Limits, RefuseATokenOutOfTheVocabulary) {
  engine.read(sequence, std::span(tokens).first(5));
  for (const TokenId token : {272, 1'000'000, -1, INT32_MIN}) {
    const std::vector<TokenId> ids = {1, 2, token};
    expect_bad_request(ids, {"token", std::to_string(token).c_str(), "271"});
  }
}

TEST_F(Limits, RefuseAPromptLongerThanTheContext) {
  expect_bad_request(std::span(tokens).first(101), {"101", "100", "context"});
  engine.read(sequence, std::span(tokens).first(60));
  expect_bad_request(std::span(tokens).first(41), {"41", "60", "100"});
  engine.read(sequence, std::span(tokens).first(40));
  expect_bad_request(std::span(tokens).first(1), {"100"});
}

TEST_F(Limits, RefuseToReadNothing) { expect_bad_request({}, {"no tokens"}); }

TEST_F(Limits, RefuseTheSameSequenceTwiceInAStep) {
  Feed feeds[] = {{.sequence = &sequence, .tokens = std::span(tokens).first(3)},
                  {.sequence = &sequence, .tokens = std::span(tokens).first(3)}};
  expect_refusal([&] { engine.step(feeds); }, ErrorKind::kBadRequest, {"once"});
  EXPECT_EQ(sequence.size(), 0);
}

TEST_F(Limits, RefuseAStepIfOneOfItsFeedsIsWrong) {
  Sequence other = engine.new_sequence();
  const TokenId wrong[] = {9999};
  Feed feeds[] = {{.sequence = &other, .tokens = std::span(tokens).first(3)},
                  {.sequence = &sequence, .tokens = wrong}};
  expect_refusal([&] { engine.step(feeds); }, ErrorKind::kBadRequest, {"9999"});
  EXPECT_EQ(other.size(), 0);
}

TEST_F(Limits, RefuseARewindOutOfTheSequence) {
  engine.read(sequence, std::span(tokens).first(7));
  for (const int64_t size : {int64_t{8}, int64_t{-1}, INT64_MIN}) {
    expect_refusal([&] { sequence.rewind(size); }, ErrorKind::kBadRequest, {"7"});
  }
  EXPECT_EQ(sequence.size(), 7);
}

TEST(EngineOptions, AreRefusedOutOfTheirBounds) {
  expect_no_engine({.context = 4097}, ErrorKind::kUsage, {"4097", "4096"});
  expect_no_engine({.context = -1}, ErrorKind::kUsage, {"-1"});
  expect_no_engine({.micro_batch = 0}, ErrorKind::kUsage, {"micro-batch", "0"});
  expect_no_engine({.micro_batch = 1'000'000}, ErrorKind::kUsage, {"1000000"});
  expect_no_engine({.n_threads = -2}, ErrorKind::kUsage, {"-2", "threads"});
  expect_no_engine({.n_threads = 1'000'000}, ErrorKind::kUsage, {"1000000", "threads"});
  expect_no_engine({.cpu_target = "mmx"}, ErrorKind::kUsage, {"mmx", "scalar"});
}

TEST(EngineOptions, OfAContextThatDoesNotFitAreRefusedWithNumbersBeforeAnythingIsTaken) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "endless.gguf";
  const int64_t context = int64_t{1} << 31;  // of 1 KiB each
  EditedModel(small_file())
      .with_key("lfm2.context_length", static_cast<uint64_t>(context))
      .write(path);
  expect_refusal(
      [&] {
        static_cast<void>(Engine::open(path, {.key_cache = CacheFormat::kF32,
                                              .value_cache = CacheFormat::kF32,
                                              .context = context}));
      },
      ErrorKind::kResources, {"2147483648", "GiB", "smaller context"});
  // Unasked for, it is only what the model could do.
  Engine engine = Engine::open(path);
  Sequence sequence = engine.new_sequence();
  engine.read(sequence, random_tokens(engine, 3, 1));
  EXPECT_EQ(engine.setup().context, context);
}

TEST(EngineFile, WithMoreTokensThanRowsIsRefused) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "few.gguf";
  EditedModel(small_file()).with_tensor("token_embd.weight", {256, 271}).write(path);
  expect_refusal([&] { static_cast<void>(Engine::open(path)); }, ErrorKind::kBadFile,
                 {"272", "271"});
}

TEST(EngineFile, WithAHeadOfItsOwnUsesIt) {
  const TemporaryFolder folder;
  const std::string same = folder.path() / "same.gguf", other = folder.path() / "other.gguf";
  EditedModel(small_file()).with_copy("token_embd.weight", "output.weight").write(same);
  EditedModel(small_file()).with_tensor("output.weight", {256, 272}).write(other);
  Engine tied = Engine::open(small_file()), copied = Engine::open(same), zero = Engine::open(other);
  const std::vector<TokenId> tokens = random_tokens(tied, 5, 1);
  EXPECT_TRUE(same_logits(read_all(copied, tokens), read_all(tied, tokens)));
  EXPECT_EQ(read_all(zero, tokens), std::vector<float>(5 * 272));
}

TEST(EngineFile, WithTheOtherNameOfTheFinalNormIsTheSameModel) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "dialect.gguf";
  EditedModel(small_file())
      .with_tensor_named("token_embd_norm.weight", "output_norm.weight")
      .with_key("lfm2.feed_forward_length", uint32_t{12345})
      .write(path);
  Engine usual = Engine::open(small_file()), dialect = Engine::open(path);
  const std::vector<TokenId> tokens = random_tokens(usual, 5, 1);
  EXPECT_TRUE(same_logits(read_all(dialect, tokens), read_all(usual, tokens)));
}

}  // namespace
}  // namespace freshet::testing
