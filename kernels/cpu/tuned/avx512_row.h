// AVX-512: weight rows with a few rows of byte activations, for decoding, where memory sets the
// pace.
//
// Rows are taken two or four at a time, and several such sets by turns, each row from a stream of
// its own (rows.h): reads that lie apart go on at once, and so do their chains of float additions.
#pragma once

#include "kernels/cpu/tuned/avx512_row_32.h"
#include "kernels/cpu/tuned/avx512_row_iq4.h"
#include "kernels/cpu/tuned/avx512_row_low_bits.h"
#include "kernels/cpu/tuned/avx512_row_nibbles.h"
#include "kernels/cpu/tuned/avx512_row_q6_k.h"

namespace freshet::kernels::avx512 {

/// Every row with every column, a few of them: each row is read once.
template <class F>
void multiply_rows(const MatrixProduct& p) noexcept {
  if (p.k > kLongestRow) {
    multiply_bytes<T, F>(p);
  } else if constexpr (F::kBlockSize == 32) {
    multiply_rows_32<F>(p);
  } else {
    multiply_rows_256<F>(p);
  }
}

}  // namespace freshet::kernels::avx512
