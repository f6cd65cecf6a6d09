// Results of freshet bench as text, in the columns and keys that llama-bench's readers know.
#pragma once

#include <freshet/bench.h>

#include <memory>
#include <string>
#include <string_view>

namespace freshet {

/// One test of one engine.
struct BenchRow {
  ModelInfo model;
  EngineSetup setup;
  int64_t batch;
  std::string model_type;  ///< "lfm2moe 24B.A2B Q4_K - Medium"
  BenchResult result;
};

/// Turns rows into text as they come, so that a long run shows what it has.
class BenchReport {
 public:
  virtual ~BenchReport() = default;
  virtual std::string begin() { return {}; }
  virtual std::string row(const BenchRow& row) = 0;
  virtual std::string end() { return {}; }
};

/// `format`: "md", "csv", "json" or "jsonl". Throws Error{kUsage} for another.
std::unique_ptr<BenchReport> make_bench_report(std::string_view format);

}  // namespace freshet
