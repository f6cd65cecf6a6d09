// The engine against the logits of transformers, on every CPU target that this machine runs.
#include <freshet/engine.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "kernels/cpu/dispatch.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

namespace freshet::testing {
namespace {

/// Of the logits' standard deviation. The reference's own rounding takes a tenth of it.
constexpr float kTolerance = 1e-4f;

/// The furthest that the engine's logits are from the kept ones.
float largest_error(Engine& engine, const GoldenModel& model, const GoldenSequence& golden) {
  float largest = 0;
  size_t next = 0;  // of the kept positions
  Sequence sequence = engine.new_sequence();
  Feed feed{.sequence = &sequence, .tokens = golden.ids};
  feed.on_logits = [&](int64_t position, std::span<const float> logits) {
    if (next == golden.positions.size() || golden.positions[next] != position) return;
    const std::span<const float> want = model.row(golden, next++);
    ASSERT_EQ(logits.size(), want.size());
    for (size_t i = 0; i < want.size(); ++i) {
      const float error = std::fabs(logits[i] - want[i]);
      ASSERT_TRUE(std::isfinite(error)) << "position " << position << ", token " << i;
      largest = std::max(largest, error);
    }
  };
  engine.step(std::span(&feed, 1));
  EXPECT_EQ(next, golden.positions.size()) << "rows of logits did not come";
  return largest;
}

std::vector<std::string> targets_of_this_machine() {
  std::vector<std::string> names;
  for (const kernels::Target& target : kernels::targets()) {
    if (target.runs_here()) names.emplace_back(target.kernels->name);
  }
  return names;
}

class GoldenLogits : public ::testing::TestWithParam<std::string> {
 protected:
  void expect_golden_logits_from(DType dtype) {
    const TemporaryFolder folder;
    const std::string path = folder.path() / "model.gguf";
    for (const GoldenModel& model : load_golden_models()) {
      write_with_dtype(model.path, dtype, path);
      Engine engine = Engine::open(path, {.cpu_target = GetParam(),
                                          .key_cache = CacheFormat::kF32,
                                          .value_cache = CacheFormat::kF32});
      for (const GoldenSequence& sequence : model.sequences) {
        EXPECT_LE(largest_error(engine, model, sequence), kTolerance * model.logit_std)
            << model.name << ", " << sequence.ids.size() << " tokens";
      }
    }
  }
};

TEST_P(GoldenLogits, ComeFromF32Weights) { expect_golden_logits_from(DType::F32); }
TEST_P(GoldenLogits, ComeFromBf16Weights) { expect_golden_logits_from(DType::BF16); }
TEST_P(GoldenLogits, ComeFromF16Weights) { expect_golden_logits_from(DType::F16); }

INSTANTIATE_TEST_SUITE_P(EveryTarget, GoldenLogits, ::testing::ValuesIn(targets_of_this_machine()),
                         [](const auto& target) {
                           std::string name = target.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace freshet::testing
