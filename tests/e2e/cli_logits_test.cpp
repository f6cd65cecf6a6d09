#include <freshet/engine.h>
#include <gtest/gtest.h>

#include <cstring>

#include "e2e/cli_support.h"

namespace freshet::testing {
namespace {

std::vector<float> floats(const std::string& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

TEST(CliLogits, AreTheEngines) {
  const ProcessResult result =
      with_model("logits", {"--ids", "1,20,30", "-o", "-", "-ctk", "f32", "-ctv", "f32"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::vector<float> logits = floats(result.out);
  Engine engine = Engine::open(
      small_model().path(),
      {.n_threads = 1, .key_cache = CacheFormat::kF32, .value_cache = CacheFormat::kF32});
  const size_t vocab_size = static_cast<size_t>(engine.model().vocab_size);
  ASSERT_EQ(logits.size(), 3 * vocab_size);
  Sequence sequence = engine.new_sequence();
  engine.read(sequence, std::vector<TokenId>{1, 20, 30});
  EXPECT_TRUE(std::ranges::equal(sequence.logits(), std::span(logits).last(vocab_size)));
}

TEST(CliLogits, DoNotDependOnChunksOrThreads) {
  const std::string ids = "[1, 20, 30, 40, 50, 60, 70]";
  const std::string whole = with_model("logits", {"--ids", ids, "-o", "-"}).out;
  EXPECT_EQ(with_model("logits", {"--ids", ids, "-o", "-", "-ub", "2"}).out, whole);
  EXPECT_EQ(freshet({"logits", "-m", small_model().path(), "-t", "2", "--ids", ids, "-o", "-"}).out,
            whole);
}

TEST(CliLogits, AppearInAFileOnlyWhenTheyAreComplete) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "logits.f32";
  EXPECT_EQ(with_model("logits", {"--ids", "1,2", "-o", path}).exit_code, 0);
  EXPECT_EQ(std::filesystem::file_size(path) % (2 * sizeof(float)), 0u);
  const TemporaryFolder other;
  expect_one_line_of_error(with_model("logits", {"--ids", "1,9999999", "-o", other.path() / "x"}),
                           1);
  EXPECT_TRUE(std::filesystem::is_empty(other.path()));
}

TEST(CliLogits, TakeAText) {
  const std::string ids =
      freshet({"tokenize", "-m", small_model().path(), "--ids", "The snow"}).out;
  EXPECT_EQ(with_model("logits", {"-p", "The snow", "-o", "-"}).out,
            with_model("logits", {"--ids", ids, "-o", "-"}).out);
}

TEST(CliLogits, RefuseWhatIsNoListOfTokens) {
  expect_one_line_of_error(with_model("logits", {"--ids", "1,x", "-o", "-"}), 2);
  expect_one_line_of_error(with_model("logits", {"--ids", ",", "-o", "-"}), 2);
  expect_one_line_of_error(with_model("logits", {"--ids", "99999999999", "-o", "-"}), 2);
  expect_one_line_of_error(with_model("logits", {"--ids", "-1", "-o", "-"}), 1);
  expect_one_line_of_error(with_model("logits", {"--ids", "1", "-p", "x", "-o", "-"}), 2);
  expect_one_line_of_error(with_model("logits", {"--ids", "1", "-o", "-", "--cpu", "z80"}), 2);
}

}  // namespace
}  // namespace freshet::testing
