#include <fmt/chrono.h>
#include <freshet/bench.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <numeric>

#include "backend/cpu/choose_kernels.h"
#include "base/format.h"
#include "engine/engine_impl.h"
#include "tasks/bench_run.h"
#include "tasks/roofs.h"
#include "tasks/statistics.h"
#include "tasks/work.h"

namespace freshet {
namespace {

/// The roofs that a test needs, and the work that it holds against them.
class Roofs {
 public:
  struct Reading {
    double read = 0, products = 0;  // per second
  };

  Roofs(Engine& engine, const BenchTest& test, uint64_t read_bytes)
      : test_(test),
        team_(engine.setup().n_threads),
        read_(engine.impl().file->tensors(), team_, read_bytes),
        work_(count_work(engine.impl().file->tensors(), engine.impl().config.n_experts_used)),
        floats_(2 * work_.float_products > work_.row_products) {
    const kernels::Kernels& kernels = choose_kernels(engine.setup().cpu_target);
    loop_ = floats_ ? kernels.peak_floats : kernels.peak_bytes;
  }

  [[nodiscard]] Reading measure() {
    Reading reading;
    if (test_.n_gen > 0) reading.read = read_.measure();
    if (test_.n_prompt > 0) reading.products = measure_products(loop_, team_);
    return reading;
  }

  /// Seconds that the test takes a machine at its roof.
  [[nodiscard]] double seconds_at(const Reading& roof, uint64_t experts_touched) const {
    double seconds = 0;
    if (test_.n_prompt > 0) {
      const auto n = static_cast<uint64_t>(test_.n_parallel);
      const uint64_t rows = n * static_cast<uint64_t>(test_.n_prompt);
      seconds +=
          static_cast<double>(rows * work_.row_products + n * work_.head_products) / roof.products;
    }
    if (test_.n_gen > 0) {
      const auto steps = static_cast<uint64_t>(test_.n_gen);
      const uint64_t bytes = steps * work_.shared_bytes + experts_touched * work_.expert_bytes;
      seconds += static_cast<double>(bytes) / roof.read;
    }
    return seconds;
  }

  [[nodiscard]] RoofKind kind() const {
    if (test_.n_gen == 0) return floats_ ? RoofKind::kFloatProducts : RoofKind::kByteProducts;
    return test_.n_prompt == 0 ? RoofKind::kRead : RoofKind::kMixed;
  }

 private:
  BenchTest test_;
  ThreadTeam team_;
  ReadRoof read_;
  ModelWork work_;
  bool floats_;
  uint64_t (*loop_)(uint64_t rounds) noexcept;
};

}  // namespace

std::string BenchTest::label() const {
  std::string label;
  if (n_prompt > 0) label += formatted("pp{}", n_prompt);
  if (n_gen > 0) label += formatted("{}tg{}", n_prompt > 0 ? "+" : "", n_gen);
  if (n_parallel > 1) label += formatted(" x{}", n_parallel);
  if (n_depth > 0) label += formatted(" @ d{}", n_depth);
  return label;
}

const char* roof_kind_name(RoofKind kind) noexcept {
  switch (kind) {
    case RoofKind::kRead:
      return "read";
    case RoofKind::kByteProducts:
      return "byte_multiply_adds";
    case RoofKind::kFloatProducts:
      return "float_multiply_adds";
    case RoofKind::kMixed:
      return "mixed";
  }
  return "";
}

Spread spread_of(const std::vector<double>& values) {
  if (values.empty()) return {0, 0};
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? 0 : std::sqrt(squares / (n - 1))};
}

BenchResult run_bench(Engine& engine, const BenchTest& test, const BenchOptions& options) {
  check_bench(engine, test, options);
  const auto progress = [&](int repetition) {
    if (options.progress) options.progress(repetition, options.repetitions);
  };
  BenchResult result{.test = test,
                     .started = formatted("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)))};
  progress(0);
  BenchRun run(engine, test, options);
  if (options.warm_up) run.warm_up();

  std::optional<Roofs> roofs;
  Roofs::Reading before;
  std::vector<double> shares, readings;
  if (options.roofs) before = roofs.emplace(engine, test, options.roof_bytes).measure();
  for (int repetition = 1; repetition <= options.repetitions; ++repetition) {
    progress(repetition);
    const BenchRun::Timing timing = run.once(test.n_prompt, test.n_gen);
    result.seconds.push_back(timing.seconds);
    if (!roofs) continue;
    const Roofs::Reading after = roofs->measure();
    const Roofs::Reading paired = {(before.read + after.read) / 2,
                                   (before.products + after.products) / 2};
    shares.push_back(roofs->seconds_at(paired, timing.experts_touched) / timing.seconds);
    readings.push_back(test.n_gen > 0 ? paired.read : paired.products);
    before = after;
  }
  if (roofs) {
    const RoofKind kind = roofs->kind();
    result.roof = {kind, kind == RoofKind::kMixed ? 0 : median(readings), median(shares)};
  }
  return result;
}

}  // namespace freshet
