// What the row kernels of x86 targets share.
#pragma once

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

}  // namespace freshet::kernels
