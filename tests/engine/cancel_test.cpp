// A step that does not finish, whatever stops it, leaves its sequences as they were.
#include <freshet/engine.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "engine/streams.h"
#include "support/tiny_models.h"

namespace freshet::testing {
namespace {

constexpr int64_t kShared[] = {37};

class Cancel : public ::testing::Test {
 protected:
  Engine engine = Engine::open(model_file(tiny_moe(), "q4_0"), {.micro_batch = 40});
  Streams streams{engine, kShared, 250, 1};
  Sequence sequence = engine.new_sequence();
  std::atomic<bool> flag{false};

  /// Reads stream 0 up to `end` and compares the last logits.
  void expect_reads_on(Sequence& s, int64_t end) {
    engine.read(s, streams.tokens(0, s.size(), end));
    EXPECT_TRUE(same_logits(s.logits(), streams.logits(0, end - 1)));
  }
};

TEST_F(Cancel, BetweenPassesLeavesTheSequenceAsItWas) {
  engine.read(sequence, streams.tokens(0, 0, 50));
  const auto cancel_at = [&](int64_t done, int64_t) { flag = done >= 80; };
  try {
    engine.read(sequence, streams.tokens(1, 37, 240), {.progress = cancel_at, .cancel = &flag});
    FAIL() << "the step was not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
  EXPECT_EQ(sequence.size(), 50);
  EXPECT_TRUE(same_logits(sequence.logits(), streams.logits(0, 49)));
  expect_reads_on(sequence, 120);
}

TEST_F(Cancel, BeforeTheFirstLayerLeavesTheSequenceAsItWas) {
  engine.read(sequence, streams.tokens(0, 0, 50));
  flag = true;
  for (int attempt = 0; attempt < 3; ++attempt) {
    EXPECT_THROW(engine.read(sequence, streams.tokens(0, 50, 70), {.cancel = &flag}), Error);
  }
  expect_reads_on(sequence, 51);
  expect_reads_on(sequence, 120);
}

TEST_F(Cancel, FromAnotherThreadAtAnyTimeLeavesTheSequenceAsItWas) {
  for (int attempt = 0; attempt < 30; ++attempt) {
    flag = false;
    std::atomic<bool> begun{false};
    std::thread canceller([&] {
      while (!begun) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::microseconds(attempt * 300));
      flag = true;
    });
    const int64_t size = sequence.size();
    begun = true;
    try {
      engine.read(sequence, streams.tokens(0, size, size + 200), {.cancel = &flag});
      sequence.rewind(size + 1);
    } catch (const Error&) {
      ASSERT_EQ(sequence.size(), size);
    }
    canceller.join();
    expect_reads_on(sequence, sequence.size() + 1);
  }
}

TEST_F(Cancel, LeavesTheLogitsOfACompanionThatHadFinished) {
  Sequence companion = engine.new_sequence();
  engine.read(companion, streams.tokens(0, 0, 10));
  Feed feeds[] = {{.sequence = &companion, .tokens = streams.tokens(0, 10, 12)},
                  {.sequence = &sequence, .tokens = streams.tokens(0, 0, 200)}};
  const auto cancel = [&](int64_t, int64_t) { flag = true; };
  EXPECT_THROW(engine.step(feeds, {.progress = cancel, .cancel = &flag}), Error);
  EXPECT_EQ(companion.size(), 10);
  EXPECT_TRUE(same_logits(companion.logits(), streams.logits(0, 9)));
  EXPECT_EQ(sequence.size(), 0);
  EXPECT_TRUE(sequence.logits().empty());
  expect_reads_on(companion, 90);
  expect_reads_on(sequence, 90);
}

TEST_F(Cancel, ThenForkAndRewindStaysExact) {
  engine.read(sequence, streams.tokens(0, 0, 130));
  const auto cancel = [&](int64_t, int64_t) { flag = true; };
  EXPECT_THROW(
      engine.read(sequence, streams.tokens(1, 0, 90), {.progress = cancel, .cancel = &flag}),
      Error);
  Sequence fork = sequence.fork();
  fork.rewind(126);
  expect_reads_on(fork, 128);
  expect_reads_on(sequence, 140);
  expect_reads_on(fork, 200);
}

TEST_F(Cancel, ByAnExceptionOfTheCallerIsTheSame) {
  engine.read(sequence, streams.tokens(0, 0, 20));
  Feed feed{.sequence = &sequence, .tokens = streams.tokens(0, 20, 100)};
  feed.on_logits = [](int64_t position, std::span<const float>) {
    if (position == 50) throw std::runtime_error("enough");
  };
  EXPECT_THROW(engine.step({&feed, 1}), std::runtime_error);
  EXPECT_EQ(sequence.size(), 20);
  EXPECT_TRUE(same_logits(sequence.logits(), streams.logits(0, 19)));
  expect_reads_on(sequence, 100);
}

}  // namespace
}  // namespace freshet::testing
