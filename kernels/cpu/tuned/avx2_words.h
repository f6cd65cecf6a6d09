// AVX2: sums of products kept as words, as long as they fit.
#pragma once

#include "kernels/formats/formats.h"

namespace freshet::kernels::avx2 {

/// The largest unpacked weight, of unsigned formats.
template <class F>
constexpr int largest_weight() {
  switch (F::kId) {
    case Format::Q2_K:
      return 3;
    case Format::Q3_K:
      return 7;
    case Format::Q4_0:
    case Format::Q4_1:
    case Format::Q4_K:
      return 15;
    case Format::MXFP4:
      return 24;
    case Format::Q5_0:
    case Format::Q5_1:
    case Format::Q5_K:
      return 31;
    case Format::Q6_K:
      return 63;
    default:
      return 128;
  }
}

/// Whether sums of n products of weights with activations fit a word.
template <class F>
constexpr bool fits_word(int n) {
  return n * 127 * largest_weight<F>() <= 32767;
}

}  // namespace freshet::kernels::avx2
