#include "tasks/bench_run.h"

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "engine/engine_impl.h"

namespace freshet {

using Clock = std::chrono::steady_clock;

void check_bench(const Engine& engine, const BenchTest& test, const BenchOptions& options) {
  if (test.n_prompt < 0 || test.n_gen < 0 || test.n_depth < 0 || test.n_parallel < 1 ||
      (test.n_prompt == 0 && test.n_gen == 0)) {
    fail(ErrorKind::kUsage, "a test needs a prompt (-p) or tokens to write (-n), and sequences");
  }
  if (options.repetitions < 1 || options.batch < 1) {
    fail(ErrorKind::kUsage, "repetitions (-r) and batch (-b) must be at least 1");
  }
  const int64_t context = engine.setup().context;
  const int64_t most = std::max({test.n_prompt, test.n_gen, test.n_depth});
  if (most > context || test.n_prompt + test.n_gen + test.n_depth > context) {
    fail(ErrorKind::kBadRequest,
         "{} needs {} tokens of context and there are {}; choose a smaller test", test.label(),
         most > context ? most : test.n_prompt + test.n_gen + test.n_depth, context);
  }
}

BenchRun::BenchRun(Engine& engine, const BenchTest& test, const BenchOptions& options)
    : engine_(engine), test_(test), options_(options), random_(test.n_depth + 1, 0) {
  for (int i = 0; i < test.n_parallel; ++i) start_.push_back(engine.new_sequence());
  read_all(start_, test.n_depth);
}

void BenchRun::warm_up() {
  engine_.impl().fill_pages();
  static_cast<void>(once(test_.n_prompt, std::min<int64_t>(test_.n_gen, 1)));
}

BenchRun::Timing BenchRun::once(int64_t n_prompt, int64_t n_gen) {
  std::vector<Sequence> sequences;
  for (const Sequence& sequence : start_) sequences.push_back(sequence.fork());
  const Clock::time_point start = Clock::now();
  read_all(sequences, n_prompt);
  const uint64_t touched = engine_.impl().backend->experts_touched();
  for (int64_t i = 0; i < n_gen; ++i) read_all(sequences, 1);
  return {std::chrono::duration<double>(Clock::now() - start).count(),
          engine_.impl().backend->experts_touched() - touched};
}

void BenchRun::read_all(std::vector<Sequence>& sequences, int64_t n) {
  const auto vocab = static_cast<uint64_t>(engine_.model().vocab_size);
  for (int64_t done = 0; done < n;) {
    const int64_t now = std::min(n - done, options_.batch);
    std::vector<std::vector<TokenId>> tokens(sequences.size());
    std::vector<Feed> feeds;
    for (size_t s = 0; s < sequences.size(); ++s) {
      tokens[s].resize(static_cast<size_t>(now));
      for (TokenId& token : tokens[s]) token = static_cast<TokenId>(random_.below(vocab));
      feeds.push_back({.sequence = &sequences[s], .tokens = tokens[s]});
    }
    engine_.step(feeds, {.progress = {}, .cancel = options_.cancel});
    done += now;
  }
}

}  // namespace freshet
