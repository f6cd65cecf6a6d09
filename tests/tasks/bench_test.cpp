#include <freshet/bench.h>
#include <freshet/error.h>
#include <gtest/gtest.h>

#include "base/thread_team.h"
#include "kernels/cpu/dispatch.h"
#include "tasks/roofs.h"

namespace freshet {
namespace {

BenchOptions quick() { return {.repetitions = 2, .roofs = false}; }

TEST(BenchTest, HasTheLabelsThatReadersOfTablesKnow) {
  EXPECT_EQ((BenchTest{.n_prompt = 512}).label(), "pp512");
  EXPECT_EQ((BenchTest{.n_gen = 128}).label(), "tg128");
  EXPECT_EQ((BenchTest{.n_prompt = 512, .n_depth = 512}).label(), "pp512 @ d512");
  EXPECT_EQ((BenchTest{.n_prompt = 32, .n_gen = 8}).label(), "pp32+tg8");
  EXPECT_EQ((BenchTest{.n_gen = 16, .n_parallel = 4}).label(), "tg16 x4");
}

TEST(Bench, TimesEveryRepetitionAndCountsEverySequence) {
  Engine engine = Engine::open_built_in();
  std::vector<int> begun;
  BenchOptions options = quick();
  options.progress = [&](int repetition, int) { begun.push_back(repetition); };
  const BenchResult result =
      run_bench(engine, {.n_prompt = 8, .n_gen = 4, .n_depth = 70, .n_parallel = 3}, options);
  EXPECT_EQ(result.seconds.size(), 2u);
  EXPECT_EQ(result.n_tokens(), 36);
  EXPECT_EQ(begun, (std::vector<int>{0, 1, 2}));
  EXPECT_FALSE(result.roof.has_value());
  EXPECT_EQ(result.started.size(), std::string("2026-01-31T12:00:00Z").size());
}

TEST(Bench, NamesTheRoofThatATestRunsInto) {
  Engine engine = Engine::open_built_in();
  BenchOptions options = quick();
  options.repetitions = 1;
  options.roofs = true;
  options.roof_bytes = 1 << 20;
  const auto roof = [&](const BenchTest& test) { return *run_bench(engine, test, options).roof; };
  const RoofResult read = roof({.n_gen = 2});
  EXPECT_EQ(read.kind, RoofKind::kRead);
  EXPECT_GT(read.roof, 0);
  EXPECT_GT(read.share, 0);
  EXPECT_EQ(roof({.n_prompt = 8}).kind, RoofKind::kByteProducts);
  EXPECT_EQ(roof({.n_prompt = 8, .n_gen = 2}).kind, RoofKind::kMixed);
}

TEST(Bench, RefusesATestThatDoesNotFitOrIsNone) {
  Engine engine = Engine::open_built_in({.context = 64});
  EXPECT_THROW((void)run_bench(engine, {}, quick()), Error);
  EXPECT_THROW((void)run_bench(engine, {.n_prompt = 65}, quick()), Error);
  EXPECT_THROW((void)run_bench(engine, {.n_gen = 1, .n_depth = 64}, quick()), Error);
  EXPECT_THROW((void)run_bench(engine, {.n_prompt = INT64_MAX, .n_gen = INT64_MAX}, quick()),
               Error);
  EXPECT_NO_THROW((void)run_bench(engine, {.n_prompt = 64}, quick()));
}

TEST(Bench, StopsWhenItIsTold) {
  Engine engine = Engine::open_built_in();
  const std::atomic<bool> cancel = true;
  BenchOptions options = quick();
  options.cancel = &cancel;
  try {
    (void)run_bench(engine, {.n_prompt = 8}, options);
    FAIL() << "it ran";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
}

TEST(Spread, OfSamples) {
  EXPECT_EQ(spread_of({2, 4, 6}).mean, 4);
  EXPECT_EQ(spread_of({2, 4, 6}).deviation, 2);
  EXPECT_EQ(spread_of({5}).deviation, 0);
}

TEST(Roofs, ReadsTensorsThatLieApartAndSmallOnes) {
  ThreadTeam team(2);
  const std::vector<std::byte> a(5'000'001), b(100);
  Tensor first, second;
  first.data = a.data() + 1;
  first.bytes = a.size() - 1;
  second.data = b.data();
  second.bytes = b.size();
  const Tensor tensors[] = {second, first};
  ReadRoof roof(tensors, team, 20'000'000);
  EXPECT_GT(roof.measure(), 0);
  EXPECT_GT(roof.measure(), 0);
}

TEST(Roofs, EveryTargetOfThisMachineHasItsLoops) {
  for (const kernels::Target& target : kernels::targets()) {
    if (!target.runs_here()) continue;
    const uint64_t bytes = target.kernels->peak_bytes(1), floats = target.kernels->peak_floats(1);
    EXPECT_GT(bytes, 0u) << target.kernels->name;
    EXPECT_GE(bytes, floats) << target.kernels->name;
    EXPECT_EQ(target.kernels->peak_bytes(1000), 1000 * bytes);
    EXPECT_EQ(target.kernels->peak_floats(1000), 1000 * floats);
  }
}

}  // namespace
}  // namespace freshet
