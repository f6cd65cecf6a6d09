// bench_hostile: how long each hostile grammar or schema takes to be refused, the best of some
// tries. Not a test: run it on a quiet machine.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "grammar/hostile_cases.h"

int main() {
  using namespace freshet::testing;
  using Clock = std::chrono::steady_clock;
  constexpr int kTries = 5;
  fmt::print("{:<48} {:>10} {:>8}\n", "refused", "bytes", "ms");
  double most = 0;
  for (const HostileCase& one : hostile_cases()) {
    double best = 1e9;
    for (int i = 0; i < kTries; ++i) {
      const auto start = Clock::now();
      const bool refused = !refusal_of(one).empty();
      best =
          std::min(best, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
      if (refused) continue;
      fmt::print("{}: not refused\n", one.name);
      return 1;
    }
    fmt::print("{:<48} {:>10} {:>8.2f}\n", one.name, one.text.size(), best);
    most = std::max(most, best);
  }
  fmt::print("{:<48} {:>10} {:>8.2f}\n", "most", "", most);
  return 0;
}
