// AVX2 and AVX-VNNI: weight rows with a few rows of byte activations, for decoding, where memory
// sets the pace.
#pragma once

#include "kernels/cpu/tuned/avx2_row_32.h"
#include "kernels/cpu/tuned/avx2_row_groups.h"
#include "kernels/cpu/tuned/avx2_row_six_bit.h"

namespace freshet::kernels::avx2 {

/// C columns from c0 on.
template <class T, class F, int C>
FRESHET_INLINE void multiply_columns(const MatrixProduct& p, int c0) {
  if constexpr (F::kBlockSize == 32) {
    multiply_block_rows<T, F, C>(p, c0);
  } else if constexpr (F::kId == Format::IQ4_XS) {
    multiply_super_block_rows<T, Iq4XsWay, C>(p, c0);
  } else if constexpr (kSixBitScales<F>) {
    multiply_super_block_rows<T, SixBitWay<F>, C>(p, c0);
  } else {
    multiply_super_block_rows<T, GroupsOf16Way<F>, C>(p, c0);
  }
}

/// Every row with every column, up to four columns at a time.
template <class T, class F>
void multiply_rows(const MatrixProduct& p) noexcept {
  if (p.k > kLongestRow) return multiply_bytes<T, F>(p);
  int c = 0;
  for (; c + 4 <= p.columns; c += 4) multiply_columns<T, F, 4>(p, c);
  switch (p.columns - c) {
    case 1:
      return multiply_columns<T, F, 1>(p, c);
    case 2:
      return multiply_columns<T, F, 2>(p, c);
    case 3:
      return multiply_columns<T, F, 3>(p, c);
    default:
      return;
  }
}

}  // namespace freshet::kernels::avx2
