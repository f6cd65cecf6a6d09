// Products of float formats with float activations: lane l of 16 sums the terms i = l mod 16 in
// ascending order by fused multiply-add; the lanes are then added pairwise (reduce_add of the tag).
#pragma once

#include "kernels/cpu/product.h"
#include "kernels/inline.h"

namespace freshet::kernels {

/// Asks for weights ahead of their use: far ahead into the second cache, nearer into the first.
FRESHET_INLINE void prefetch_floats(const void* weights) {
  const auto* at = static_cast<const char*>(weights);
  __builtin_prefetch(at + 3072, 0, 2);
  __builtin_prefetch(at + 512, 0, 3);
}

/// R weight rows with C activation rows.
template <class T, class F, int R, int C>
FRESHET_INLINE void multiply_float_tile(const MatrixProduct& p, const int (&rows)[R], int c0) {
  using Block = typename F::Block;
  const Block* w[R];
  const float* x[C];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) w[r] = reinterpret_cast<const Block*>(p.weight_row(rows[r]));
#pragma GCC unroll 8
  for (int c = 0; c < C; ++c) x[c] = reinterpret_cast<const float*>(p.activation_row(c0 + c));
  typename T::F32 acc[R][C];
#pragma GCC unroll 8
  for (auto& row : acc) {
#pragma GCC unroll 8
    for (auto& a : row) a = T::zero();
  }
  int64_t i = 0;
  for (; i + 16 <= p.k; i += 16) {
    typename T::F32 xs[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) xs[c] = T::load(x[c] + i);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      if constexpr (C == 1) prefetch_floats(w[r] + i);
      const typename T::F32 ws = F::template load<T>(w[r] + i);
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) acc[r][c] = T::fma(ws, xs[c], acc[r][c]);
    }
  }
  if (const int rest = static_cast<int>(p.k - i); rest > 0) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const typename T::F32 ws = F::template load_n<T>(w[r] + i, rest);
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) acc[r][c] = T::fma(ws, T::load_n(x[c] + i, rest), acc[r][c]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      p.out[(c0 + c) * p.out_stride + rows[r]] = T::reduce_add(acc[r][c]);
    }
  }
}

/// Several columns: neighbouring rows, which are read from a cache. One: rows from all parts of the
/// task, so that each is a stream of reads of its own.
template <class T, class F, int C>
void multiply_float_columns(const MatrixProduct& p, int c0) noexcept {
  int r = 0;
  if constexpr (T::kTile == 4 && C == 1) {
    const int quarter = p.rows / 4;
    for (int i = 0; i < quarter; ++i) {
      multiply_float_tile<T, F, 4, C>(p, {i, i + quarter, i + 2 * quarter, i + 3 * quarter}, c0);
    }
    r = 4 * quarter;
  } else if constexpr (T::kTile == 4 && T::kSums >= 8) {  // 16 sums in registers
    for (; r + 4 <= p.rows; r += 4) {
      multiply_float_tile<T, F, 4, C>(p, {r, r + 1, r + 2, r + 3}, c0);
    }
  }
  for (; r < p.rows; ++r) multiply_float_tile<T, F, 1, C>(p, {r}, c0);
}

template <class T, class F>
void multiply_float(const MatrixProduct& p) noexcept {
  int c = 0;
  if constexpr (T::kTile > 1) {
    for (; c + T::kTile <= p.columns; c += T::kTile) multiply_float_columns<T, F, T::kTile>(p, c);
  }
  for (; c < p.columns; ++c) multiply_float_columns<T, F, 1>(p, c);
}

}  // namespace freshet::kernels
