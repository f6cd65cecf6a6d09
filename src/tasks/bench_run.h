// The timed part of a bench: sequences that read random tokens.
#pragma once

#include <freshet/bench.h>

#include <vector>

#include "tasks/random.h"

namespace freshet {

/// Throws Error{kUsage} if the test is empty or no repetition is asked for, {kBadRequest} if it
/// does not fit the engine's context.
void check_bench(const Engine& engine, const BenchTest& test, const BenchOptions& options);

/// The sequences of a test, at its depth.
class BenchRun {
 public:
  /// All of these outlive this.
  BenchRun(Engine& engine, const BenchTest& test, const BenchOptions& options);

  /// What BenchOptions::warm_up says.
  void warm_up();

  struct Timing {
    double seconds;
    uint64_t experts_touched;  ///< while writing, summed over steps and layers
  };
  /// Forks of the sequences read and write, all of them together; what they learn is forgotten.
  [[nodiscard]] Timing once(int64_t n_prompt, int64_t n_gen);

 private:
  /// Each sequence reads n random tokens, all of them together.
  void read_all(std::vector<Sequence>& sequences, int64_t n);

  Engine& engine_;
  const BenchTest& test_;
  const BenchOptions& options_;
  Random random_;
  std::vector<Sequence> start_;
};

}  // namespace freshet
