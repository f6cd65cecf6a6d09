// What the row kernels of x86 targets share.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/inline.h"

namespace freshet::kernels {

/// Weights that a row may have where its activations are put in order on the stack; for longer
/// ones, which no model has, there is dot_bytes.h.
inline constexpr int64_t kLongestRow = 16384;

/// All rows as four streams that lie far apart: rows first[0] + r .. first[3] + r for r < n. The
/// last streams overlap where rows are not a multiple of four.
struct FourStreams {
  int n;
  int first[4];

  FRESHET_INLINE explicit FourStreams(int rows) : n((rows + 3) / 4) {
    for (int i = 0; i < 4; ++i) first[i] = i * n < rows - n ? i * n : rows - n;
  }
};

/// Asks for the lines of weights that begin in bytes [kBegin, kEnd) of what is read now, but
/// further on in their stream: kFar ahead into the second cache, which has room for more requests
/// on their way, and kNear ahead into the first. Best called in pieces between the products: many
/// requests at once wait for each other.
template <int kFar, int kNear, int kBegin, int kEnd>
FRESHET_INLINE void prefetch_ahead(const void* now) {
  constexpr int kLine = 64;
#pragma GCC unroll 32
  for (int at = (kBegin + kLine - 1) / kLine * kLine; at < kEnd; at += kLine) {
    _mm_prefetch(static_cast<const char*>(now) + kFar + at, _MM_HINT_T1);
    _mm_prefetch(static_cast<const char*>(now) + kNear + at, _MM_HINT_T0);
  }
}

}  // namespace freshet::kernels
