#include <freshet/engine.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <thread>

#include "base/cpu_topology.h"

namespace freshet {
namespace {

using namespace std::chrono_literals;

double process_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST(IdleEngine, UsesNoProcessorWhileItsUserThinks) {
  Engine engine = Engine::open_built_in({.n_threads = 4});
  Sequence sequence = engine.new_sequence();
  const TokenId tokens[] = {1, 2, 3};
  engine.read(sequence, tokens);
  std::this_thread::sleep_for(20ms);
  const double before = process_cpu_seconds();
  std::this_thread::sleep_for(200ms);
  EXPECT_LT(process_cpu_seconds() - before, 0.02);
}

TEST(IdleEngine, HasByDefaultTheThreadsThatMaskAndQuotaAllow) {
  const Engine engine = Engine::open_built_in();
  EXPECT_EQ(engine.setup().n_threads, default_threads().n_threads);
  EXPECT_EQ(engine.setup().threads_reason, default_threads().why);
}

}  // namespace
}  // namespace freshet
