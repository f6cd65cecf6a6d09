#include "tasks/roofs.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <numeric>

#include "base/check.h"

namespace freshet {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr size_t kLine = 64;
constexpr size_t kChunkBytes = size_t{2} << 20;
/// Longest gap between tensors that is still read as one piece.
constexpr ptrdiff_t kGap = 4096;

/// Brings every line of memory[0 .. size) in, as kStreams streams of equal length side by side,
/// asking for lines kNear bytes ahead into L1 and kFar ahead into L2. Memory moves whole lines, so
/// a word of each will do; the sum makes the reads necessary.
template <size_t kStreams, size_t kNear, size_t kFar>
uint64_t read_all(const std::byte* memory, size_t size) noexcept {
  const size_t stream = size / kStreams / kLine * kLine;
  uint64_t sums[kStreams] = {};
  for (size_t i = 0; i < stream; i += kLine) {
    for (size_t s = 0; s < kStreams; ++s) {
      const std::byte* line = memory + s * stream + i;
      if constexpr (kNear > 0) __builtin_prefetch(line + kNear, 0, 3);
      if constexpr (kFar > 0) __builtin_prefetch(line + kFar, 0, 2);
      uint64_t word;
      std::memcpy(&word, line, sizeof word);
      sums[s] += word;
    }
  }
  return std::accumulate(std::begin(sums), std::end(sums), uint64_t{0});
}

/// Two cores of a Xeon over a mapped file, GB/s of the first eight: 22.1, 24.5, 24.6, 25.3, 26.3,
/// 27.1, 27.4, 26.7; three streams and 6 KiB ahead were slower. Zen 3 reads ahead
/// best where it is let alone, or asked for a little: the next two, 40 where others give 28 to 34.
/// A newer Xeon reads eight streams best, 32 where four give 28. Streams of a 2 MiB chunk lie 512
/// KiB apart or more: other pages, other trackers of the hardware's own prefetch.
using ReadWay = uint64_t (*)(const std::byte*, size_t) noexcept;
constexpr ReadWay kWays[] = {
    read_all<1, 0, 0>,      read_all<1, 512, 3072>, read_all<1, 1024, 8192>, read_all<2, 0, 0>,
    read_all<2, 512, 3072>, read_all<4, 512, 2048>, read_all<4, 512, 3072>,  read_all<4, 0, 2048>,
    read_all<4, 0, 0>,      read_all<4, 512, 0>,    read_all<8, 0, 0>,       read_all<8, 512, 0>};

/// The memory that tensors lie in, neighbours merged, in order of address.
std::vector<std::span<const std::byte>> regions_of(std::span<const Tensor> tensors) {
  std::vector<std::span<const std::byte>> parts;
  for (const Tensor& tensor : tensors) parts.emplace_back(tensor.data, tensor.bytes);
  std::ranges::sort(parts, {}, [](auto part) { return part.data(); });
  std::vector<std::span<const std::byte>> merged;
  for (const auto part : parts) {
    const std::byte* end = part.data() + part.size();
    if (!merged.empty() && part.data() - (merged.back().data() + merged.back().size()) < kGap) {
      merged.back() = {merged.back().data(), end};
    } else {
      merged.push_back(part);
    }
  }
  return merged;
}

}  // namespace

ReadRoof::ReadRoof(std::span<const Tensor> tensors, ThreadTeam& team, uint64_t bytes_per_try)
    : team_(team), bytes_per_try_(bytes_per_try), ways_(std::size(kWays)) {
  std::iota(ways_.begin(), ways_.end(), size_t{0});
  uint64_t total = 0;
  for (std::span<const std::byte> region : regions_of(tensors)) {
    while (!region.empty() && total < bytes_per_try) {
      chunks_.push_back(region.first(std::min(region.size(), kChunkBytes)));
      total += chunks_.back().size();
      region = region.subspan(chunks_.back().size());
    }
  }
  FRESHET_CHECK(total > 0);
}

double ReadRoof::try_way(size_t way) {
  uint64_t bytes_once = 0;
  for (const auto chunk : chunks_) bytes_once += chunk.size();
  const auto n_passes = static_cast<size_t>((bytes_per_try_ + bytes_once - 1) / bytes_once);
  std::atomic<uint64_t> sink{0};
  const Clock::time_point start = Clock::now();
  team_.run([&](Worker& worker) {
    uint64_t sum = 0;
    // One pass after the other: in passes side by side, threads would read the same chunks at the
    // same time, and one of them from a cache that they share (57 GB/s where memory gives 35).
    for (size_t pass = 0; pass < n_passes; ++pass) {
      worker.for_each_chunk(chunks_.size(), 1, [&](size_t i, size_t) {
        sum += kWays[way](chunks_[i].data(), chunks_[i].size());
      });
    }
    sink += sum;
  });
  return static_cast<double>(bytes_once * n_passes) / seconds_since(start);
}

double ReadRoof::measure() {
  const bool first = ways_.size() == std::size(kWays);
  if (first) static_cast<void>(try_way(0));
  std::vector<std::pair<double, size_t>> speeds;
  for (const size_t way : ways_) speeds.emplace_back(try_way(way), way);
  std::ranges::sort(speeds, std::ranges::greater{});
  if (first) ways_ = {speeds[0].second, speeds[1].second};
  return speeds[0].first;
}

double measure_products(uint64_t (*loop)(uint64_t rounds) noexcept, ThreadTeam& team) {
  constexpr double kSeconds = 0.03;
  uint64_t rounds = 1000;
  for (;; rounds *= 4) {
    const Clock::time_point start = Clock::now();
    loop(rounds);
    const double seconds = seconds_since(start);
    if (seconds < kSeconds / 10) continue;
    rounds = static_cast<uint64_t>(static_cast<double>(rounds) * kSeconds / seconds) + 1;
    break;
  }
  double best = 0;
  for (int run = 0; run < 3; ++run) {
    std::atomic<uint64_t> products{0};
    const Clock::time_point start = Clock::now();
    team.run([&](Worker&) { products += loop(rounds); });
    best = std::max(best, static_cast<double>(products.load()) / seconds_since(start));
  }
  return best;
}

}  // namespace freshet
