// What a sequence is told depends on its own tokens alone, bit for bit: not on the pieces in which
// it is read, on companions, on rewinds, forks and cancelled steps, nor on the number of threads.
#include <freshet/engine.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "engine/streams.h"
#include "support/tiny_models.h"

namespace freshet::testing {
namespace {

/// Tokens that the other streams share with the first.
constexpr int64_t kShared[] = {37, 64, 130};

/// Two engines of unlike options, each on schedules of its own, against one that reads everything
/// at once on one thread.
void expect_schedules_to_agree(const std::string& file, EngineOptions options, int n_actions,
                               uint64_t seed, int64_t length = 200) {
  options.n_threads = 1;
  Engine plain = Engine::open(file, options);
  const Streams streams(plain, kShared, length, seed);
  options.n_threads = 2;
  options.micro_batch = static_cast<int>(1 + seed % 50);
  Engine pieces = Engine::open(file, options);
  Schedule(pieces, streams, seed + 1).run(n_actions);
  Schedule(plain, streams, seed + 2).run(n_actions);
}

class EveryWeightFormat : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryWeightFormat, ReadsAnyScheduleToTheSameLogits) {
  expect_schedules_to_agree(model_file(tiny_moe(), GetParam()), {}, 25, 11);
}

INSTANTIATE_TEST_SUITE_P(Sameness, EveryWeightFormat, ::testing::ValuesIn(all_weight_types()),
                         [](const auto& param) { return param.param; });

class EveryCache : public ::testing::TestWithParam<std::tuple<CacheFormat, CacheFormat>> {
 protected:
  [[nodiscard]] static EngineOptions options() {
    return {.key_cache = std::get<0>(GetParam()), .value_cache = std::get<1>(GetParam())};
  }
};

TEST_P(EveryCache, ReadsAnyScheduleToTheSameLogits) {
  expect_schedules_to_agree(model_file(tiny_dense(), "q8_0"), options(), 25, 23);
}

TEST_P(EveryCache, ReadsBeyondASplitInPiecesAsAtOnce) {
  EngineOptions one = options(), many = options();
  one.n_threads = 1;
  many.n_threads = 3;
  many.micro_batch = 100;
  Engine whole = Engine::open(model_file(tiny_dense(), "q4_0"), one);
  const Streams streams(whole, {}, 1100, 3);
  Engine pieces = Engine::open(model_file(tiny_dense(), "q4_0"), many);
  Sequence sequence = pieces.new_sequence();
  pieces.read(sequence, streams.tokens(0, 0, 500));
  // One token at a time: the splits of one row are shared out among threads.
  for (int64_t i = 500; i < 530; ++i) {
    pieces.read(sequence, streams.tokens(0, i, i + 1));
    ASSERT_TRUE(same_logits(sequence.logits(), streams.logits(0, i))) << "position " << i;
  }
  pieces.read(sequence, streams.tokens(0, 530, 1090));
  ASSERT_TRUE(same_logits(sequence.logits(), streams.logits(0, 1089)));
  for (int64_t i = 1090; i < 1100; ++i) {
    pieces.read(sequence, streams.tokens(0, i, i + 1));
    ASSERT_TRUE(same_logits(sequence.logits(), streams.logits(0, i))) << "position " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Sameness, EveryCache,
                         ::testing::Combine(::testing::ValuesIn(kAllCaches),
                                            ::testing::ValuesIn(kAllCaches)),
                         [](const auto& param) {
                           return std::string(name_of(std::get<0>(param.param))) + "_" +
                                  name_of(std::get<1>(param.param));
                         });

class EveryCpuTarget : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryCpuTarget, ReadsAnyScheduleToTheSameLogits) {
  for (const char* type : {"f32", "q4_k", "q8_0"}) {
    expect_schedules_to_agree(model_file(tiny_moe(), type), {.cpu_target = GetParam()}, 10, 5, 80);
  }
}

INSTANTIATE_TEST_SUITE_P(Sameness, EveryCpuTarget, ::testing::ValuesIn(cpu_targets()),
                         [](const auto& param) { return as_test_name(param.param); });

TEST(CpuTargets, GiveTheSameLogits) {
  for (const std::string& type : all_weight_types()) {
    for (const SynthShape& shape : {tiny_dense(), tiny_moe()}) {
      const std::string& file = model_file(shape, type);
      Engine scalar = Engine::open(file, {.cpu_target = "scalar"});
      const std::vector<TokenId> tokens = random_tokens(scalar, 11, 7);
      const std::vector<float> want = read_all(scalar, tokens);
      for (const std::string& target : cpu_targets()) {
        Engine engine = Engine::open(file, {.cpu_target = target});
        ASSERT_TRUE(same_logits(read_all(engine, tokens), want))
            << target << ", " << shape.name << ", " << type;
      }
    }
  }
}

class Sameness : public ::testing::Test {
 protected:
  static Engine open(const EngineOptions& options) {
    return Engine::open(model_file(tiny_moe(), "q4_k"), options);
  }
  Engine whole = open({.n_threads = 1});
  Streams streams{whole, kShared, 200, 1};
};

TEST_F(Sameness, OfAnyMicroBatch) {
  for (const int micro_batch : {1, 3, 64, 512}) {
    Engine engine = open({.micro_batch = micro_batch});
    const std::vector<float> logits = read_all(engine, streams.tokens(0, 0, 200));
    for (int64_t i = 0; i < 200; ++i) {
      const size_t vocab = streams.logits(0, i).size();
      ASSERT_TRUE(same_logits(std::span(logits).subspan(static_cast<size_t>(i) * vocab, vocab),
                              streams.logits(0, i)))
          << "micro-batch " << micro_batch << ", position " << i;
    }
  }
}

TEST_F(Sameness, OfTokenByToken) {
  Engine engine = open({});
  Sequence sequence = engine.new_sequence();
  for (int64_t i = 0; i < 200; ++i) {
    engine.read(sequence, streams.tokens(0, i, i + 1));
    ASSERT_TRUE(same_logits(sequence.logits(), streams.logits(0, i))) << "position " << i;
  }
}

TEST_F(Sameness, OfAnyNumberOfThreads) {
  for (const int n_threads : {1, 2, 5}) {
    Engine engine = open({.n_threads = n_threads});
    Sequence sequence = engine.new_sequence();
    engine.read(sequence, streams.tokens(0, 0, 150));
    ASSERT_TRUE(same_logits(sequence.logits(), streams.logits(0, 149))) << n_threads;
    engine.read(sequence, streams.tokens(0, 150, 151));
    ASSERT_TRUE(same_logits(sequence.logits(), streams.logits(0, 150))) << n_threads;
  }
}

TEST_F(Sameness, OfASequenceAloneAndInCompany) {
  Engine engine = open({.micro_batch = 64});
  for (size_t n_companions = 1; n_companions <= 5; ++n_companions) {
    std::vector<Sequence> sequences;
    std::vector<Feed> feeds;
    sequences.reserve(n_companions + 1);
    // Some have a past and decode, others begin.
    for (size_t i = 0; i <= n_companions; ++i) {
      Sequence& sequence = sequences.emplace_back(engine.new_sequence());
      if (i % 2 == 1) engine.read(sequence, streams.tokens(1, 0, static_cast<int64_t>(35 * i)));
    }
    for (size_t i = 0; i <= n_companions; ++i) {
      const int64_t size = sequences[i].size();
      const int64_t n = i % 2 == 1 ? 1 : 30 + static_cast<int64_t>(20 * i);
      feeds.push_back({.sequence = &sequences[i],
                       .tokens = streams.tokens(i % 2 == 1 ? 1 : 2, size, size + n)});
    }
    engine.step(feeds);
    for (size_t i = 0; i <= n_companions; ++i) {
      ASSERT_TRUE(same_logits(sequences[i].logits(),
                              streams.logits(i % 2 == 1 ? 1 : 2, sequences[i].size() - 1)))
          << "sequence " << i << " of " << n_companions + 1;
    }
  }
}

TEST_F(Sameness, AfterARewindOfAnyLength) {
  Engine engine = open({.micro_batch = 50});
  for (const int64_t back : {1, 2, 5, 13, 14, 15, 16, 17, 40, 63, 64, 65, 100, 180}) {
    Sequence sequence = engine.new_sequence();
    // Other tokens first, so that what is forgotten is not what comes back.
    const int64_t kept = 180 - back;
    if (kept > 0) engine.read(sequence, streams.tokens(0, 0, kept));
    engine.read(sequence, streams.tokens(3, 0, back));
    sequence.rewind(kept);
    EXPECT_TRUE(sequence.logits().empty());
    engine.read(sequence, streams.tokens(0, kept, 190));
    ASSERT_TRUE(same_logits(sequence.logits(), streams.logits(0, 189))) << back << " tokens back";
  }
}

TEST_F(Sameness, AfterARewindToACheckpoint) {
  Engine engine = open({});
  Sequence sequence = engine.new_sequence();
  engine.read(sequence, streams.tokens(0, 0, 101));
  sequence.checkpoint();
  for (int round = 0; round < 3; ++round) {
    engine.read(sequence, streams.tokens(2, 0, 90));
    sequence.rewind(101);
  }
  engine.read(sequence, streams.tokens(0, 101, 150));
  EXPECT_TRUE(same_logits(sequence.logits(), streams.logits(0, 149)));
}

TEST_F(Sameness, AfterRewindsWithoutReadingBetweenThem) {
  Engine engine = open({});
  Sequence sequence = engine.new_sequence();
  engine.read(sequence, streams.tokens(0, 0, 170));
  for (const int64_t size : {165, 158, 150, 149, 127, 128 - 40}) sequence.rewind(size);
  engine.read(sequence, streams.tokens(0, 88, 140));
  EXPECT_TRUE(same_logits(sequence.logits(), streams.logits(0, 139)));
}

TEST_F(Sameness, OfForksThatGoTheirOwnWays) {
  Engine engine = open({});
  Sequence first = engine.new_sequence();
  engine.read(first, streams.tokens(0, 0, 37));
  Sequence second = first.fork();
  EXPECT_TRUE(same_logits(second.logits(), first.logits()));
  engine.read(first, streams.tokens(0, 37, 80));
  engine.read(second, streams.tokens(1, 37, 80));
  Sequence third = first.fork();
  first.rewind(64);
  engine.read(first, streams.tokens(2, 64, 110));
  engine.read(third, streams.tokens(0, 80, 110));
  engine.read(second, streams.tokens(1, 80, 110));
  EXPECT_TRUE(same_logits(first.logits(), streams.logits(2, 109)));
  EXPECT_TRUE(same_logits(second.logits(), streams.logits(1, 109)));
  EXPECT_TRUE(same_logits(third.logits(), streams.logits(0, 109)));
}

TEST_F(Sameness, OfAForkThatOutlivesItsParent) {
  Engine engine = open({});
  std::optional<Sequence> parent(engine.new_sequence());
  engine.read(*parent, streams.tokens(0, 0, 100));
  Sequence child = parent->fork();
  parent.reset();
  engine.read(child, streams.tokens(0, 100, 140));
  EXPECT_TRUE(same_logits(child.logits(), streams.logits(0, 139)));
}

TEST(SamenessOfConvolutions, HoldsForAnyNumberOfTaps) {
  for (const int64_t taps : {2, 8}) {
    SynthShape shape = tiny_dense();
    shape.name = "taps-" + std::to_string(taps);
    shape.conv_taps = taps;
    expect_schedules_to_agree(model_file(shape, "q8_0"), {}, 30, static_cast<uint64_t>(taps));
  }
}

}  // namespace
}  // namespace freshet::testing
