// What this machine can do at most, measured in this process: how fast it reads weights, and how
// many multiply-adds it does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_team.h"
#include "tensor/tensor.h"

namespace freshet {

/// Reads memory in several ways and keeps the best: processors differ in whether software prefetch
/// and several streams per thread help.
class ReadRoof {
 public:
  /// A try reads at least `bytes_per_try` (1 or more) of the tensors' data; where there is less,
  /// all of it, repeatedly. The tensors' memory and the team outlive this.
  ReadRoof(std::span<const Tensor> tensors, ThreadTeam& team, uint64_t bytes_per_try);

  /// Bytes per second. The first call maps the pages in and tries every way, later ones the two
  /// that did best.
  [[nodiscard]] double measure();

 private:
  [[nodiscard]] double try_way(size_t way);

  ThreadTeam& team_;
  uint64_t bytes_per_try_;
  std::vector<std::span<const std::byte>> chunks_;  // of about kChunkBytes each
  std::vector<size_t> ways_;                        // best first once measured
};

/// Multiply-adds per second of all threads together: the best of a few runs of one of the target's
/// loops (Kernels::peak_bytes, Kernels::peak_floats), each some 30 ms long.
[[nodiscard]] double measure_products(uint64_t (*loop)(uint64_t rounds) noexcept, ThreadTeam& team);

}  // namespace freshet
