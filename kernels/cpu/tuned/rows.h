// What the row kernels of x86 targets share.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/inline.h"

namespace freshet::kernels {

/// Weights that a row may have where its activations are put in order on the stack; for longer
/// ones, which no model has, there is dot_bytes.h.
inline constexpr int64_t kLongestRow = 16384;

/// Rows taken N at a time, neighbours, so that a task reads one stretch of memory from end to end
/// and the next task goes on where it ended. The last N overlap those before where rows are not a
/// multiple of N; fewer rows than N are taken more than once.
template <int N>
struct RowGroups {
  int rows, n;

  FRESHET_INLINE explicit RowGroups(int n_rows) : rows(n_rows), n((n_rows + N - 1) / N) {}

  [[nodiscard]] FRESHET_INLINE int row(int group, int i) const {
    const int first = group * N < rows - N ? group * N : rows - N;
    return first + i > 0 ? first + i : 0;
  }
};

/// Asks for weights before they are read: far ahead into the second cache, which has room for more
/// requests on their way, and near into the first. Both count from the group of rows that is read
/// now; where that is larger, near is a part of a row.
class Ahead {
 public:
  FRESHET_INLINE explicit Ahead(int64_t group_bytes)
      : far_(group_bytes > kFar ? group_bytes : kFar),
        near_(group_bytes <= kMostNear ? group_bytes : kPartOfRow) {}

  /// The lines that begin in bytes [kBegin, kEnd) of what is read now, or rather those that lie
  /// ahead of them. Best called between products: many requests at once wait for each other.
  template <int kBegin, int kEnd>
  FRESHET_INLINE void ask(const void* now) const {
    constexpr int kLine = 64;
    const auto* at = static_cast<const char*>(now);
#pragma GCC unroll 32
    for (int i = (kBegin + kLine - 1) / kLine * kLine; i < kEnd; i += kLine) {
      _mm_prefetch(at + far_ + i, _MM_HINT_T1);
      _mm_prefetch(at + near_ + i, _MM_HINT_T0);
    }
  }

 private:
  static constexpr int64_t kFar = 16384, kMostNear = 8192, kPartOfRow = 1024;
  int64_t far_, near_;
};

}  // namespace freshet::kernels
