#include <freshet/roofline.h>

#include <algorithm>

#include "backend/cpu/choose_kernels.h"
#include "backend/timed_backend.h"
#include "base/error.h"
#include "engine/engine_impl.h"
#include "models/built_in_model.h"
#include "tasks/bench_run.h"
#include "tasks/roofs.h"
#include "tasks/statistics.h"

namespace freshet {
namespace {

/// An engine and its clock, which belongs to the engine.
struct TimedEngine {
  Engine engine;
  TimedBackend& clock;
};

TimedEngine open_timed(const std::string& model, const EngineOptions& options) {
  auto file = model.empty() ? std::make_unique<GgufFile>(built_in_model(), "(built in)")
                            : std::make_unique<GgufFile>(model);
  TimedBackend* clock = nullptr;
  const BackendWrapper wrap = [&](std::unique_ptr<Backend> backend) {
    auto timed = std::make_unique<TimedBackend>(std::move(backend), cache_type(options.key_cache),
                                                cache_type(options.value_cache));
    clock = timed.get();
    return timed;
  };
  Engine engine(std::make_unique<Engine::Impl>(std::move(file), options, wrap));
  return {std::move(engine), *clock};
}

/// What the machine does at most, per second.
struct Reading {
  double read, byte_products, float_products;
};

/// All roofs, as an engine with this file and this many threads could meet them.
class AllRoofs {
 public:
  AllRoofs(const Engine& engine, uint64_t read_bytes)
      : kernels_(choose_kernels(engine.setup().cpu_target)),
        team_(engine.setup().n_threads),
        read_(engine.impl().file->tensors(), team_, read_bytes) {}

  [[nodiscard]] Reading measure() {
    return {read_.measure(), measure_products(kernels_.peak_bytes, team_),
            measure_products(kernels_.peak_floats, team_)};
  }

 private:
  const kernels::Kernels& kernels_;
  ThreadTeam team_;
  ReadRoof read_;
};

Reading mean(const Reading& a, const Reading& b) {
  return {(a.read + b.read) / 2, (a.byte_products + b.byte_products) / 2,
          (a.float_products + b.float_products) / 2};
}

double median_of(const std::vector<Reading>& readings, double Reading::*roof) {
  std::vector<double> values;
  for (const Reading& reading : readings) values.push_back(reading.*roof);
  return median(std::move(values));
}

/// Adds a repetition's costs, held against the roofs of its time.
void add(RooflineOperation& operation, const OperationCost& cost, const Reading& roof) {
  operation.calls += cost.calls;
  operation.bytes += cost.bytes;
  operation.byte_products += cost.byte_products;
  operation.float_products += cost.float_products;
  operation.seconds += cost.seconds;
  if (cost.calls == 0) return;
  const double reading = static_cast<double>(cost.bytes) / roof.read;
  const double bytes = static_cast<double>(cost.byte_products) / roof.byte_products;
  const double floats = static_cast<double>(cost.float_products) / roof.float_products;
  operation.roof_seconds += std::max(reading, bytes + floats);
  operation.bound = reading >= bytes + floats ? RoofKind::kRead
                    : bytes >= floats         ? RoofKind::kByteProducts
                                              : RoofKind::kFloatProducts;
}

}  // namespace

Roofline measure_roofline(const std::string& model, const EngineOptions& engine_options,
                          const BenchTest& test, const BenchOptions& options) {
  if (test.n_prompt > 0 && test.n_gen > 0) {
    fail(ErrorKind::kUsage, "{}: a roofline is of reading a prompt (-p) or of writing (-n)",
         test.label());
  }
  TimedEngine timed = open_timed(model, engine_options);
  Engine& engine = timed.engine;
  check_bench(engine, test, options);
  Roofline result{.test = test, .model = engine.model(), .setup = engine.setup()};
  if (const auto type = engine.metadata_number("general.file_type")) {
    result.file_type = static_cast<int64_t>(*type);
  }
  for (size_t i = 0; i < kOperations; ++i) {
    result.operations.push_back({.name = operation_name(static_cast<Operation>(i))});
  }
  RooflineOperation rest{.name = "rest"};

  if (options.progress) options.progress(0, options.repetitions);
  BenchRun run(engine, test, options);
  if (options.warm_up) run.warm_up();
  AllRoofs roofs(engine, options.roof_bytes);
  std::vector<Reading> readings = {roofs.measure()};
  for (int repetition = 1; repetition <= options.repetitions; ++repetition) {
    if (options.progress) options.progress(repetition, options.repetitions);
    static_cast<void>(timed.clock.take());
    const double seconds = run.once(test.n_prompt, test.n_gen).seconds;
    const OperationCosts costs = timed.clock.take();
    readings.push_back(roofs.measure());
    const Reading roof = mean(readings[readings.size() - 2], readings.back());
    double inside = 0;
    for (size_t i = 0; i < kOperations; ++i) {
      add(result.operations[i], costs[i], roof);
      inside += costs[i].seconds;
    }
    result.seconds += seconds;
    rest.seconds += seconds - inside;
  }
  result.passes = result.operations[static_cast<size_t>(Operation::kEmbed)].calls;
  result.operations.push_back(std::move(rest));
  result.read_roof = median_of(readings, &Reading::read);
  result.byte_roof = median_of(readings, &Reading::byte_products);
  result.float_roof = median_of(readings, &Reading::float_products);
  return result;
}

}  // namespace freshet
