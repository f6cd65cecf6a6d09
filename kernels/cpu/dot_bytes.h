// Products of integer formats with byte activations, written once on format and tag.
//
// The definition that every faster kernel reproduces bit for bit: per block an exact integer sum,
// then one fused multiply-add in float, blocks in ascending order:
//
//   S   = sum of scale[i / 16] * (u[i] - offset) * q[i]      (blocks of 32: all scales are 1)
//   M   = sum of min[i / 16] * q[i]
//   acc = fma(d * dx, S, acc);   with minima also   acc = fma(m * dx, M, acc)
//
// d, m: the weight block's float scale and minimum; dx: the activation block's scale.
#pragma once

#include "kernels/cpu/layouts.h"
#include "kernels/cpu/product.h"
#include "kernels/inline.h"

namespace freshet::kernels {

/// A row of byte activations taken apart.
struct ByteRow {
  const int8_t* q;
  const float* scales;
  const int16_t* sums;

  FRESHET_INLINE static ByteRow at(const char* row, const ActivationLayout& layout) {
    return {reinterpret_cast<const int8_t*>(row),
            reinterpret_cast<const float*>(row + layout.scales),
            reinterpret_cast<const int16_t*>(row + layout.sums)};
  }
};

template <class F, class T>
inline constexpr int kByteBias = F::kOffset + (F::kSigned ? T::kSignedBias : 0);

template <class T, class F>
FRESHET_INLINE typename T::I32 dot_group(typename T::Bytes w, const int8_t* q) {
  const typename T::Bytes x = T::load_bytes(q);
  if constexpr (F::kSigned) {
    return T::dot_signed(T::zero_i32(), w, x);
  } else {
    return T::dot(T::zero_i32(), w, x);
  }
}

/// One weight row with C activation rows; formats of blocks of 32.
template <class T, class F, int C>
FRESHET_INLINE void dot_blocks_of_32(const typename F::Block* row, int64_t n_blocks,
                                     const ByteRow (&x)[C], float (&acc)[C]) {
  for (int64_t b = 0; b < n_blocks; ++b) {
    const typename T::Bytes w = F::template unpack<T>(row[b]);
    const float d = F::template scale<T>(row[b]);
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      const int32_t sum =
          T::reduce_add_i32(dot_group<T, F>(w, x[c].q + b * 32)) - kByteBias<F, T> * x[c].sums[b];
      const float dx = x[c].scales[b];
      acc[c] = T::fma1(d * dx, static_cast<float>(sum), acc[c]);
      if constexpr (F::kHasMin) {
        acc[c] = T::fma1(F::template min<T>(row[b]) * dx, static_cast<float>(x[c].sums[b]), acc[c]);
      }
    }
  }
}

/// One weight row with C activation rows; super-blocks of 256.
template <class T, class F, int C>
FRESHET_INLINE void dot_blocks_of_256(const typename F::Block* row, int64_t n_blocks,
                                      const ByteRow (&x)[C], float (&acc)[C]) {
  for (int64_t b = 0; b < n_blocks; ++b) {
    const GroupScales scales = F::template scales<T>(row[b]);
    typename T::I32 sums[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) sums[c] = T::zero_i32();
    const auto add_group = [&](int g) FRESHET_INLINE_LAMBDA {
      const typename T::Bytes w = F::template unpack<T>(row[b], g);
      const typename T::I32 scale = T::set_pair(scales.scale[2 * g], scales.scale[2 * g + 1]);
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) {
        const typename T::I32 product = dot_group<T, F>(w, x[c].q + b * 256 + g * 32);
        sums[c] = T::add_i32(sums[c], T::mul_i32(product, scale));
      }
    };
    if constexpr (T::kTile == 1) {
      for (int g = 0; g < 8; ++g) add_group(g);
    } else {
#pragma GCC unroll 8
      for (int g = 0; g < 8; ++g) add_group(g);
    }
    const float d = F::template scale<T>(row[b]);
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      const int16_t* x_sums = x[c].sums + b * 16;
      int32_t sum = T::reduce_add_i32(sums[c]);
      if constexpr (kByteBias<F, T> != 0) {
        sum -= kByteBias<F, T> * T::dot_i16(scales.scale, x_sums);
      }
      const float dx = x[c].scales[b];
      acc[c] = T::fma1(d * dx, static_cast<float>(sum), acc[c]);
      if constexpr (F::kHasMin) {
        const int32_t min_sum = T::dot_i16(scales.min, x_sums);
        acc[c] = T::fma1(F::template min<T>(row[b]) * dx, static_cast<float>(min_sum), acc[c]);
      }
    }
  }
}

/// C activation rows from column c0 on against all weight rows.
template <class T, class F, int C>
void multiply_bytes_columns(const MatrixProduct& p, int c0) noexcept {
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  ByteRow x[C];
#pragma GCC unroll 8
  for (int c = 0; c < C; ++c) x[c] = ByteRow::at(p.activation_row(c0 + c), layout);
  for (int r = 0; r < p.rows; ++r) {
    const auto* row = reinterpret_cast<const typename F::Block*>(p.weight_row(r));
    float acc[C] = {};
    if constexpr (F::kBlockSize == 32) {
      dot_blocks_of_32<T, F, C>(row, p.k / 32, x, acc);
    } else {
      dot_blocks_of_256<T, F, C>(row, p.k / 256, x, acc);
    }
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) p.out[(c0 + c) * p.out_stride + r] = acc[c];
  }
}

template <class T, class F>
void multiply_bytes(const MatrixProduct& p) noexcept {
  int c = 0;
  if constexpr (T::kTile > 1) {
    for (; c + T::kTile <= p.columns; c += T::kTile) multiply_bytes_columns<T, F, T::kTile>(p, c);
  }
  for (; c < p.columns; ++c) multiply_bytes_columns<T, F, 1>(p, c);
}

}  // namespace freshet::kernels
