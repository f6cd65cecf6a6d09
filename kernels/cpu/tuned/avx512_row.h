// AVX-512: weight rows with a few rows of byte activations, for decoding, where memory sets the
// pace.
//
// Rows are taken two at a time, one from each half of the task: two streams of reads that lie apart
// go on at once, and two chains of float additions. On two cores of a Xeon that read 24 GB/s, Q4_K
// streams 24 GB/s so and 21 one row at a time.
#pragma once

#include "kernels/cpu/tuned/avx512_row_256.h"
#include "kernels/cpu/tuned/avx512_row_32.h"
#include "kernels/cpu/tuned/avx512_row_nibbles.h"

namespace freshet::kernels::avx512 {

template <class F>
inline constexpr bool kHasOrderedRows = F::kId == Format::Q4_K || F::kId == Format::Q5_K;

template <class F>
FRESHET_INLINE void dot_two_rows(const MatrixProduct& p, int first, int second, int column,
                                 const ActivationLayout& layout) {
  const ByteRow x = ByteRow::at(p.activation_row(column), layout);
  float sums[2];
  if constexpr (F::kBlockSize == 256) {
    dot_two_rows_256<F>(p.weight_row(first), p.weight_row(second), p.k / 256, x, sums);
  } else {
    dot_two_rows_32<F>(p.weight_row(first), p.weight_row(second), p.k / 32, x, sums);
  }
  p.out[column * p.out_stride + first] = sums[0];
  p.out[column * p.out_stride + second] = sums[1];
}

/// Every row with every column, a few of them: each row is read once.
template <class F>
void multiply_rows(const MatrixProduct& p) noexcept {
  if constexpr (kHasOrderedRows<F>) {
    return p.k <= OrderedRow::kMost * 256 ? multiply_ordered_rows<F>(p) : multiply_bytes<T, F>(p);
  } else {
    const ActivationLayout layout = activation_layout(F::kActivation, p.k);
    const int half = (p.rows + 1) / 2;  // an odd row in the middle is its own partner
    for (int r = 0; r < half; ++r) {
      for (int c = 0; c < p.columns; ++c) {
        dot_two_rows<F>(p, r, p.rows - half + r, c, layout);
      }
    }
  }
}

}  // namespace freshet::kernels::avx512
