// The flags of freshet bench, and the runs that they ask for.
#pragma once

#include <freshet/bench.h>

#include <string>
#include <vector>

#include "tools/model_options.h"

namespace freshet {

/// Lists are as they were written; a flag may be given several times.
struct BenchFlags {
  ModelOptions model;
  std::vector<std::string> n_prompt, n_gen, prompt_gen, n_depth, n_parallel;
  std::vector<std::string> n_threads, batch, micro_batch, key_cache, value_cache;
  std::string output = "md", output_err;
  int repetitions = 5;
  bool no_warmup = false, no_roof = false, roofline = false, progress = false;
};

/// An engine's options and the batch to feed it with.
struct BenchSetup {
  EngineOptions engine;
  int64_t batch;
};

/// All tests of one engine, in llama-bench's order: prompts, answers, then both; none if everything
/// is 0. Throws Error{kUsage} for a list that is none.
std::vector<BenchTest> bench_tests(const BenchFlags& flags);

/// Every combination of threads, batches and cache formats. Throws likewise.
std::vector<BenchSetup> bench_setups(const BenchFlags& flags);

}  // namespace freshet
