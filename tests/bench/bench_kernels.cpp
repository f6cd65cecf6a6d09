// bench_kernels: how fast the kernels are, one thread, without an engine around them.
//
//   bench_kernels                           every target that runs here: products, attention,
//   rounding bench_kernels products Q4_K avx512      what matches all of the words bench_kernels
//   --smoke                   each once, to see that it runs
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/thread_team.h"
#include "conformance/cases.h"
#include "kernels/cpu/dispatch.h"
#include "kernels/quantise/quantise.h"
#include "tasks/roofs.h"

namespace freshet::testing {
namespace {

using kernels::Activation;
using kernels::Kernels;

/// What the command line asks for, and how long a measurement takes.
struct Request {
  std::vector<std::string> words;
  bool smoke = false;

  [[nodiscard]] bool wants(std::initializer_list<std::string> names) const {
    return std::ranges::all_of(words, [&](const std::string& word) {
      return std::ranges::find(names, word) != names.end();
    });
  }
  [[nodiscard]] double seconds() const { return smoke ? 0 : 0.03; }
};

/// Seconds of one call: the least of three runs of many.
template <class F>
double time_of(const Request& request, F&& call) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  call();
  for (int run = 0; run < (request.smoke ? 1 : 3); ++run) {
    const Clock::time_point start = Clock::now();
    double seconds = 0;
    int n = 0;
    do {
      call();
      ++n;
      seconds = std::chrono::duration<double>(Clock::now() - start).count();
    } while (seconds < request.seconds());
    best = std::min(best, seconds / n);
  }
  return best;
}

/// Roofs of one thread.
class Roofs {
 public:
  Roofs(const Request& request, const std::vector<std::byte>& memory) {
    Tensor tensor;
    tensor.data = memory.data();
    tensor.bytes = memory.size();
    read_ = ReadRoof({&tensor, 1}, team_, request.smoke ? 1 : uint64_t{1} << 30).measure();
  }
  [[nodiscard]] double read() const { return read_; }
  [[nodiscard]] double products(const Kernels& target, bool floats) {
    const auto [known, is_new] = products_.try_emplace({&target, floats});
    if (is_new) {
      known->second = measure_products(floats ? target.peak_floats : target.peak_bytes, team_);
    }
    return known->second;
  }

 private:
  ThreadTeam team_{1};
  double read_;
  std::map<std::pair<const Kernels*, bool>, double> products_;
};

/// A title and the rows under it; nothing if there are none.
class Table {
 public:
  explicit Table(std::string title) : title_(std::move(title)) {}

  void row(const Kernels& target, const std::string& what, double bytes, double products,
           double seconds, double roof_seconds) {
    if (!std::exchange(begun_, true)) {
      fmt::print(
          "\n{}\n\n"
          "| target     | what                             |     GB/s |   GMAC/s | of the roof |\n"
          "| ---------- | -------------------------------- | -------: | -------: | ----------: |\n",
          title_);
    }
    fmt::print("| {:<10} | {:<32} | {:>8.2f} | {:>8.2f} | {:>10.1f}% |\n", target.name, what,
               bytes / seconds / 1e9, products / seconds / 1e9, 100 * roof_seconds / seconds);
    std::fflush(stdout);
  }

 private:
  std::string title_;
  bool begun_ = false;
};

/// Rows of weights in memory, more of them than caches hold, walked through task by task.
class Stream {
 public:
  Stream(const FormatFacts& format, int64_t k, std::vector<std::byte>& memory) : memory_(memory) {
    Numbers numbers(1);
    const std::vector<std::byte> rows = random_blocks(format, k * kRows, Values::kTypical, numbers);
    task_bytes_ = rows.size();
    for (size_t i = 0; i + rows.size() <= memory.size(); i += rows.size()) {
      std::memcpy(&memory[i], rows.data(), rows.size());
    }
  }
  [[nodiscard]] const std::byte* next() {
    if (at_ + 2 * task_bytes_ > memory_.size()) at_ = 0;
    return &memory_[std::exchange(at_, at_ + task_bytes_)];
  }
  [[nodiscard]] size_t task_bytes() const { return task_bytes_; }

  static constexpr int kRows = 64;

 private:
  std::vector<std::byte>& memory_;
  size_t task_bytes_ = 0, at_ = 0;
};

void bench_products(const Request& request, std::vector<std::byte>& memory, Roofs& roofs) {
  Table table("Products: 64 weight rows of k weights, streamed from memory, n rows of activations");
  for (const Kernels* target : targets_that_run_here()) {
    for (const FormatFacts& format : all_formats()) {
      if (!request.wants({"products", target->name, format.name})) continue;
      const bool floats = format.activation == Activation::kFloat;
      const double product_roof = roofs.products(*target, floats);
      for (const int64_t k : {int64_t{2048}, int64_t{1536}, int64_t{7168}}) {
        Stream stream(format, k, memory);
        for (const int columns : {1, 2, 4, 8, 16, 32, 64, 128}) {
          if (request.smoke && columns > 2) break;
          const ProductOperands operands(format, k, Stream::kRows, columns, Values::kTypical, 1);
          std::vector<float> out(static_cast<size_t>(Stream::kRows) * columns);
          kernels::MatrixProduct product =
              operands.product({k, Stream::kRows, columns}, out.data(), Stream::kRows);
          product.read_ahead = kernels::read_ahead_here(*target);
          const double seconds = time_of(request, [&] {
            product.weights = stream.next();
            target->of(format.format).multiply(product);
          });
          const auto bytes = static_cast<double>(stream.task_bytes());
          const double products = static_cast<double>(k) * Stream::kRows * columns;
          table.row(*target, fmt::format("{} k {} n {}", format.name, k, columns), bytes, products,
                    seconds, std::max(bytes / roofs.read(), products / product_roof));
        }
        if (request.smoke) break;
      }
    }
  }
}

void bench_attention(const Request& request, Roofs& roofs) {
  Table table("Attention: one token, 4 query heads of 64 that share a key head, over n positions");
  constexpr int kHeadDim = 64, kQueryHeads = 4;
  for (const Kernels* target : targets_that_run_here()) {
    for (const kernels::CacheType type : kAllCacheTypes) {
      if (!request.wants({"attention", target->name, name_of(type)})) continue;
      const double product_roof = roofs.products(*target, true);
      const kernels::CacheKernels& cache =
          target->caches[static_cast<int>(type)][static_cast<int>(type)];
      for (const int64_t n : {int64_t{512}, int64_t{4096}, int64_t{16384}}) {
        if (request.smoke && n > 512) break;
        const AttentionOperands operands(*target, type, type, kHeadDim, n, 1);
        const kernels::AttentionQuery query = operands.query(0, kQueryHeads, n);
        constexpr int64_t kSplit = int64_t{kernels::kSplitPages} * kernels::kPageSize;
        kernels::AttentionPartial sum[kQueryHeads], next[kQueryHeads];
        std::vector<float> out(kHeadDim);
        const double seconds = time_of(request, [&] {
          cache.attend_split(query, 0, sum);
          for (int64_t split = 1; split < n / kSplit; ++split) {
            cache.attend_split(query, split, next);
            for (int h = 0; h < kQueryHeads; ++h) target->merge_partial(&sum[h], next[h], kHeadDim);
          }
          for (const auto& head : sum) target->finish_partial(head, out.data(), kHeadDim);
        });
        const auto bytes = static_cast<double>(kernels::cache_layout(type, type, kHeadDim).bytes *
                                               (n / kernels::kPageSize));
        const double products = 2.0 * kQueryHeads * kHeadDim * static_cast<double>(n);
        table.row(*target, fmt::format("{} n {}", name_of(type), n), bytes, products, seconds,
                  std::max(bytes / roofs.read(), products / product_roof));
      }
    }
  }
}

void bench_rounding(const Request& request, Roofs& roofs) {
  constexpr int64_t kWidth = 2048;
  Numbers numbers(1);
  const std::vector<float> x = numbers.units(kWidth);
  std::vector<std::byte> out(kWidth * sizeof(float));
  const auto bytes = static_cast<double>(kWidth * sizeof(float));
  Table table(
      "Rounding rows of 2048 floats, whose bytes are counted: activations; weights, by search");
  const auto row = [&](const Kernels& target, const std::string& what, auto&& call) {
    table.row(target, what, bytes, 0, time_of(request, call), bytes / roofs.read());
  };
  for (const Kernels* target : targets_that_run_here()) {
    if (!request.wants({"quantise", target->name})) continue;
    row(*target, "activations, per 32", [&] { target->quantize_32(x.data(), kWidth, out.data()); });
    row(*target, "activations, per 256",
        [&] { target->quantize_256(x.data(), kWidth, out.data()); });
  }
  for (const FormatFacts& format : all_formats()) {
    const Kernels& target = *targets_that_run_here().front();
    if (!request.wants({"quantise", format.name})) continue;
    row(target, fmt::format("weights, {}", format.name),
        [&] { kernels::quantise_row(format.format, x.data(), nullptr, out.data(), kWidth); });
  }
}

int run(const Request& request) {
  // Far more than caches hold, or where they are enormous, as much as is decent.
  std::vector<std::byte> memory(size_t{request.smoke ? 4U : 512U} << 20, std::byte{1});
  Roofs roofs(request, memory);
  fmt::print("One thread; it reads {:.1f} GB/s at most.\n", roofs.read() / 1e9);
  bench_products(request, memory, roofs);
  bench_attention(request, roofs);
  bench_rounding(request, roofs);
  return 0;
}

}  // namespace
}  // namespace freshet::testing

int main(int argc, char** argv) {
  freshet::testing::Request request;
  for (int i = 1; i < argc; ++i) {
    if (argv[i] == std::string("--smoke")) {
      request.smoke = true;
    } else {
      request.words.emplace_back(argv[i]);
    }
  }
  return freshet::testing::run(request);
}
