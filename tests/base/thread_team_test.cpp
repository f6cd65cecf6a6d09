#include "base/thread_team.h"

#include <freshet/error.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <numeric>
#include <random>

namespace freshet {
namespace {

using namespace std::chrono_literals;

double process_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

using Chunks = TaskCounter::Chunks;

TEST(TaskCounter, HandsOutEachChunkOfAPhaseOnce) {
  TaskCounter counter;
  for (std::uint32_t expected = 0; expected < 3; ++expected) {
    EXPECT_EQ(counter.take(1, 3, 1), (Chunks{expected, 1}));
  }
  EXPECT_EQ(counter.take(1, 3, 1).n, 0U);
}

TEST(TaskCounter, HandsOutHalfOfWhatIsLeftAndNeverMoreThanAsked) {
  TaskCounter counter;
  std::vector<std::uint32_t> sizes;
  std::uint32_t next = 0;
  for (Chunks chunks; (chunks = counter.take(1, 40, 8)).n > 0;) {
    EXPECT_EQ(chunks.first, next);
    next += chunks.n;
    sizes.push_back(chunks.n);
  }
  EXPECT_EQ(next, 40U);
  EXPECT_EQ(sizes, (std::vector<std::uint32_t>{8, 8, 8, 8, 4, 2, 1, 1}));
}

TEST(TaskCounter, StartsALaterPhaseFromZeroAndHasNothingLeftOfTheEarlier) {
  TaskCounter counter;
  EXPECT_EQ(counter.take(1, 1, 1).n, 1U);
  EXPECT_EQ(counter.take(1, 1, 1).n, 0U);
  EXPECT_EQ(counter.take(2, 5, 1), (Chunks{0, 1}));
  EXPECT_EQ(counter.take(1, 1, 1).n, 0U) << "a straggler must not take a chunk of phase 2";
  EXPECT_EQ(counter.take(2, 5, 1), (Chunks{1, 1}));
}

TEST(TaskCounter, HasNoChunksInAnEmptyPhase) {
  TaskCounter counter;
  EXPECT_EQ(counter.take(1, 0, 1).n, 0U);
}

TEST(ThreadTeam, RunsTheBodyOnceOnEveryThread) {
  for (const int n_threads : {1, 2, 3, 8}) {
    ThreadTeam team(n_threads);
    std::vector<int> runs(static_cast<std::size_t>(n_threads));
    team.run([&](Worker& worker) {
      EXPECT_EQ(worker.size(), n_threads);
      ++runs[static_cast<std::size_t>(worker.index())];
    });
    EXPECT_EQ(runs, std::vector<int>(static_cast<std::size_t>(n_threads), 1));
  }
}

TEST(ThreadTeam, RunsWorkerZeroOnTheCallersThread) {
  ThreadTeam team(3);
  std::thread::id first;
  team.run([&](Worker& worker) {
    if (worker.index() == 0) {
      first = std::this_thread::get_id();
    }
  });
  EXPECT_EQ(first, std::this_thread::get_id());
}

TEST(ThreadTeam, RefusesASizeThatMakesNoSense) {
  EXPECT_THROW(ThreadTeam(0), Error);
  EXPECT_THROW(ThreadTeam(-1), Error);
  EXPECT_THROW(ThreadTeam(ThreadTeam::kMaxThreads + 1), Error);
}

TEST(ThreadTeam, MakesWritesBeforeABarrierVisibleAfterIt) {
  constexpr int kRounds = 2000;
  ThreadTeam team(4);
  std::vector<int> values(4);
  std::vector<int> mistakes(4);
  team.run([&](Worker& worker) {
    const auto self = static_cast<std::size_t>(worker.index());
    for (int round = 1; round <= kRounds; ++round) {
      values[self] = round;
      worker.barrier();
      mistakes[self] += std::accumulate(values.begin(), values.end(), 0) == 4 * round ? 0 : 1;
      worker.barrier();
    }
  });
  EXPECT_EQ(mistakes, std::vector<int>(4));
}

TEST(ThreadTeam, ChunksDoNotDependOnTheNumberOfThreads) {
  for (const int n_threads : {1, 4}) {
    ThreadTeam team(n_threads);
    std::vector<std::size_t> end_of(100);
    team.run([&](Worker& worker) {
      worker.for_each_chunk(100, 7,
                            [&](std::size_t begin, std::size_t end) { end_of[begin] = end; });
    });
    for (std::size_t i = 0; i < 100; ++i) {
      EXPECT_EQ(end_of[i], i % 7 != 0 ? 0 : std::min<std::size_t>(i + 7, 100)) << i;
    }
  }
}

// Phase p+1 adds what phase p wrote, so a chunk that is lost, done twice or done early shows.
TEST(ThreadTeam, IsExactOverManyPhasesOfRandomSizes) {
  for (const int n_threads : {1, 2, 5}) {
    ThreadTeam team(n_threads);
    std::mt19937 random(7);
    constexpr std::size_t kMaxItems = 300;
    std::vector<std::uint64_t> a(kMaxItems), b(kMaxItems);
    std::vector<std::uint64_t> expected(kMaxItems);
    for (int run = 0; run < 20; ++run) {
      struct Phase {
        std::size_t n_items, grain, most;
      };
      std::vector<Phase> phases(40);
      for (Phase& phase : phases) {
        phase = {random() % (kMaxItems + 1), 1 + random() % 20, 1 + random() % 6};
        for (std::size_t i = 0; i < phase.n_items; ++i) {
          ++expected[i];
        }
      }
      team.run([&](Worker& worker) {
        for (const Phase& phase : phases) {
          worker.for_each_piece(phase.n_items, phase.grain, phase.most,
                                [&](std::size_t begin, std::size_t end) {
                                  EXPECT_EQ(begin % phase.grain, 0U);
                                  EXPECT_LE(end - begin, phase.grain * phase.most);
                                  for (std::size_t i = begin; i < end; ++i) {
                                    b[i] = a[i] + 1;
                                  }
                                });
          worker.barrier();
          worker.for_each_chunk(phase.n_items, 16, [&](std::size_t begin, std::size_t end) {
            std::copy(b.begin() + static_cast<std::ptrdiff_t>(begin),
                      b.begin() + static_cast<std::ptrdiff_t>(end),
                      a.begin() + static_cast<std::ptrdiff_t>(begin));
          });
          worker.barrier();
        }
      });
    }
    EXPECT_EQ(a, expected) << n_threads;
  }
}

TEST(ThreadTeam, NeedsNoBarrierBetweenIndependentPhases) {
  ThreadTeam team(4);
  std::vector<std::atomic<int>> counts(64);
  team.run([&](Worker& worker) {
    for (int phase = 0; phase < 500; ++phase) {
      worker.for_each_chunk(64, 1, [&](std::size_t begin, std::size_t) { ++counts[begin]; });
    }
  });
  for (const auto& count : counts) {
    EXPECT_EQ(count, 500);
  }
}

TEST(ThreadTeam, BurnsNothingWhenIdle) {
  ThreadTeam team(4);
  team.run([](Worker&) {});
  std::this_thread::sleep_for(20ms);
  const double before = process_cpu_seconds();
  std::this_thread::sleep_for(300ms);
  EXPECT_LT(process_cpu_seconds() - before, 0.03);
}

TEST(ThreadTeam, DoesIdleWorkUntilNoneIsLeftAndThenSleeps) {
  std::atomic<int> left{200};
  ThreadTeam team(3, [&] { return left.fetch_sub(1) > 0; });
  for (int i = 0; i < 1000 && left > 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_LE(left, 0);
  std::this_thread::sleep_for(20ms);
  const double before = process_cpu_seconds();
  std::this_thread::sleep_for(300ms);
  EXPECT_LT(process_cpu_seconds() - before, 0.03);
}

TEST(ThreadTeam, RunsWhatItIsGivenWhileThereIsIdleWork) {
  ThreadTeam team(3, [] { return true; });
  for (int run = 0; run < 200; ++run) {
    std::atomic<int> runs{0};
    team.run([&](Worker&) { ++runs; });
    ASSERT_EQ(runs, 3);
  }
}

TEST(ThreadTeam, BurnsLittleWhileOneWorkerIsLate) {
  ThreadTeam team(2);
  const double before = process_cpu_seconds();
  team.run([](Worker& worker) {
    if (worker.index() == 0) {
      std::this_thread::sleep_for(300ms);
    }
    worker.barrier();
  });
  EXPECT_LT(process_cpu_seconds() - before, 0.05);
}

TEST(ThreadTeam, FinishesWithFarMoreThreadsThanProcessors) {
  ThreadTeam team(32);
  std::atomic<int> n_done = 0;
  for (int run = 0; run < 10; ++run) {
    team.run([&](Worker& worker) {
      for (int i = 0; i < 20; ++i) {
        worker.for_each_chunk(64, 1, [&](std::size_t, std::size_t) { ++n_done; });
        worker.barrier();
      }
    });
  }
  EXPECT_EQ(n_done, 10 * 20 * 64);
}

TEST(ThreadTeam, CanBeMadeAndEndedWithoutARun) {
  for (int i = 0; i < 50; ++i) {
    const ThreadTeam team(3);
  }
}

}  // namespace
}  // namespace freshet
