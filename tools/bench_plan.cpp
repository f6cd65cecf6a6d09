#include "tools/bench_plan.h"

#include <algorithm>

#include "base/format.h"
#include "tools/bench_list.h"
#include "tools/quote_bytes.h"

namespace freshet {
namespace {

using Texts = std::vector<std::string>;

/// Every number of a flag given any number of times.
std::vector<int64_t> numbers(const char* flag, const Texts& texts, int64_t default_value) {
  std::vector<int64_t> all;
  for (const std::string& text : texts) {
    for (const int64_t value : parse_bench_list(flag, text)) all.push_back(value);
  }
  if (all.empty()) all.push_back(default_value);
  return all;
}

std::vector<CacheFormat> cache_formats(const Texts& texts) {
  std::vector<CacheFormat> all;
  for (const std::string& text : texts) {
    for (size_t begin = 0; begin <= text.size();) {
      const size_t end = std::min(text.find(',', begin), text.size());
      all.push_back(parse_cache_format(text.substr(begin, end - begin)));
      begin = end + 1;
    }
  }
  if (all.empty()) all.push_back(CacheFormat::kF16);
  return all;
}

/// -pg 512,128
std::pair<int64_t, int64_t> parse_pair(const std::string& text) {
  const std::vector<int64_t> values = parse_bench_list("-pg", text);
  if (values.size() != 2) {
    throw Error(ErrorKind::kUsage,
                formatted("-pg: expected a prompt and an answer as in 512,128, found {}",
                          freshet::quote_bytes(text)));
  }
  return {values[0], values[1]};
}

}  // namespace

std::vector<BenchTest> bench_tests(const BenchFlags& flags) {
  std::vector<BenchTest> tests;
  for (const int64_t depth : numbers("-d", flags.n_depth, 0)) {
    for (const int64_t parallel : numbers("-np", flags.n_parallel, 1)) {
      const auto add = [&](int64_t n_prompt, int64_t n_gen) {
        if (n_prompt + n_gen == 0) return;
        tests.push_back(
            {n_prompt, n_gen, depth, static_cast<int>(std::min<int64_t>(parallel, 4096))});
      };
      for (const int64_t n : numbers("-p", flags.n_prompt, 512)) add(n, 0);
      for (const int64_t n : numbers("-n", flags.n_gen, 128)) add(0, n);
      for (const std::string& text : flags.prompt_gen) {
        const auto [n_prompt, n_gen] = parse_pair(text);
        add(n_prompt, n_gen);
      }
    }
  }
  return tests;
}

std::vector<BenchSetup> bench_setups(const BenchFlags& flags) {
  const auto int_of = [](int64_t n) { return static_cast<int>(std::min<int64_t>(n, INT32_MAX)); };
  std::vector<BenchSetup> setups;
  for (const int64_t threads : numbers("-t", flags.n_threads, 0)) {
    for (const int64_t batch : numbers("-b", flags.batch, BenchOptions{}.batch)) {
      for (const int64_t rows : numbers("-ub", flags.micro_batch, EngineOptions{}.micro_batch)) {
        for (const CacheFormat key : cache_formats(flags.key_cache)) {
          for (const CacheFormat value : cache_formats(flags.value_cache)) {
            setups.push_back({{.n_threads = int_of(threads),
                               .cpu_target = flags.model.cpu_target,
                               .key_cache = key,
                               .value_cache = value,
                               .micro_batch = int_of(rows)},
                              batch});
          }
        }
      }
    }
  }
  return setups;
}

}  // namespace freshet
