// THE list of CPU targets: which this binary carries, which this machine can run.
#pragma once

#include <cstdint>

#include "kernels/cpu/kernels.h"

namespace freshet::kernels {

struct Target {
  const Kernels* kernels;
  bool (*runs_here)() noexcept;
};

struct TargetList {
  const Target* first;
  int n;
  [[nodiscard]] const Target* begin() const { return first; }
  [[nodiscard]] const Target* end() const { return first + n; }
};

/// The targets of this build, best first; the last one, scalar, runs everywhere.
[[nodiscard]] TargetList targets() noexcept;

/// How the processor of this machine has its weights read best.
[[nodiscard]] ReadAhead read_ahead_here(const Kernels& kernels) noexcept;

/// The best target that this machine runs.
[[nodiscard]] const Kernels& best_kernels() noexcept;

}  // namespace freshet::kernels
