// AVX2 and AVX-VNNI: weight rows with a few rows of byte activations, for decoding, where memory
// sets the pace.
#pragma once

#include "kernels/cpu/tuned/avx2_row_32.h"
#include "kernels/cpu/tuned/avx2_row_groups.h"
#include "kernels/cpu/tuned/avx2_row_six_bit.h"

namespace freshet::kernels::avx2 {

template <class T, class F>
void multiply_rows(const MatrixProduct& p) noexcept {
  if constexpr (F::kBlockSize == 32) {
    multiply_rows_32<T, F>(p);
  } else if constexpr (F::kId == Format::IQ4_XS) {
    multiply_super_blocks<T, Iq4XsWay>(p);
  } else if constexpr (kSixBitScales<F>) {
    multiply_super_blocks<T, SixBitWay<F>>(p);
  } else {
    multiply_super_blocks<T, GroupsOf16Way<F>>(p);
  }
}

}  // namespace freshet::kernels::avx2
