// AVX-512: rows of super-blocks with a few rows of activations, for decoding: two rows, two
// super-blocks of each at a time, with one to three rows of activations.
//
// The exact sums of dot_bytes.h by another route. What four super-blocks have in common is done
// once: their scales, their reduction, the floats of both rows side by side in a register. What a
// format does its own way is its FourBlocks:
//
//   Row                     activations as its rows read them, made once for all rows of a task
//   FourBlocks(at)          two blocks of each of two rows: [b of both, b + 1 of both]
//   products(i, x, row, b)  a block's products by their scales, in sixteen sums
//   kShift                  those are 2^kShift times as large as they should be
//   factors()               d of each; where there are minima, dmin of each behind them
//   min_products(row, b)    where there are minima: they by the sums of activations
#pragma once

#include <cstring>

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/tuned/avx512_reduce.h"
#include "kernels/cpu/tuned/avx512_unpack.h"

namespace freshet::kernels::avx512 {

inline constexpr int64_t kMostBlocks = kLongestRow / 256;

/// dx of pairs of blocks as two rows want them: [b b next next], and the same negated.
struct PairedScales {
  alignas(64) float values[kMostBlocks * 4];

  PairedScales(const float* dx, int64_t n) noexcept {
    for (int64_t b = 0; b < n; b += 2) {
      const float first = dx[b], second = b + 1 < n ? dx[b + 1] : 0.0f;
      const __m128 pairs = _mm_setr_ps(first, first, second, second);
      _mm_store_ps(values + b * 4, pairs);
      _mm_store_ps(values + b * 4 + 4, _mm_xor_ps(pairs, _mm_set1_ps(-0.0f)));
    }
  }
  [[nodiscard]] FRESHET_INLINE const float* of(int64_t b) const { return values + b * 4; }
};

template <class F>
struct FourBlocks;

using Streams = RowStreams<2, true>;

/// Four scales as factors() gives them.
FRESHET_INLINE __m256 halves_of_four(uint16_t a, uint16_t b, uint16_t c, uint16_t d) {
  const auto word = [](uint16_t half) FRESHET_INLINE_LAMBDA { return static_cast<int16_t>(half); };
  return _mm256_cvtph_ps(_mm_setr_epi16(word(a), word(b), word(c), word(d), 0, 0, 0, 0));
}

/// What one row of activations adds: [first, second, ..] of super-blocks b and, of two, b + 1.
template <class F, int kBlocks>
FRESHET_INLINE __m128 add_sums(const FourBlocks<F>& four, const __m512i (&products)[4],
                               const typename FourBlocks<F>::Row& row, int64_t b, __m128 acc) {
  const __m128i sums = sum_of_each(products[0], products[1], products[2], products[3]);
  const __m128 product = _mm_cvtepi32_ps(_mm_srai_epi32(sums, FourBlocks<F>::kShift));
  const __m256 factors = _mm256_mul_ps(four.factors(), _mm256_load_ps(row.scales.of(b)));
  const auto upper = [](__m128 v) FRESHET_INLINE_LAMBDA { return _mm_movehl_ps(v, v); };
  const __m128 scale = _mm256_castps256_ps128(factors);
  if constexpr (F::kHasMin) {
    const __m128 min = _mm256_extractf128_ps(factors, 1);
    const __m128 min_product = _mm_cvtepi32_ps(four.min_products(row, b));
    acc = _mm_fmadd_ps(min, min_product, _mm_fmadd_ps(scale, product, acc));
    if constexpr (kBlocks == 1) return acc;
    acc = _mm_fmadd_ps(upper(scale), upper(product), acc);
    return _mm_fmadd_ps(upper(min), upper(min_product), acc);
  } else {
    acc = _mm_fmadd_ps(scale, product, acc);
    return kBlocks == 1 ? acc : _mm_fmadd_ps(upper(scale), upper(product), acc);
  }
}

/// Super-blocks b and, where kBlocks is 2, b + 1 of two rows onto their sums with C rows of
/// activations: [first, second, ..].
template <class F, int kBlocks, int C>
FRESHET_INLINE void add_blocks(const typename F::Block* first, const typename F::Block* second,
                               int64_t b, const typename FourBlocks<F>::Row (&row)[C],
                               const Streams& streams, int s, __m128 (&acc)[C]) {
  constexpr int kSize = sizeof(typename F::Block);
  constexpr int64_t next = kBlocks - 1;
  const FourBlocks<F> four({first + b, second + b, first + b + next, second + b + next});
  __m512i products[C][4];
#pragma GCC unroll 2
  for (int i = 0; i < kBlocks; ++i) {
#pragma GCC unroll 2
    for (int j = 2 * i; j < 2 * i + 2; ++j) {
      const auto* at = j % 2 == 0 ? first + b : second + b;
      i == 0 ? streams.ask<0, kSize>(s + j % 2, at) : streams.ask<kSize, 2 * kSize>(s + j % 2, at);
#pragma GCC unroll 3
      for (int c = 0; c < C; ++c) {
        const int8_t* q = row[c].q + (b + i) * 256;
        const __m512i x[4] = {_mm512_loadu_si512(q), _mm512_loadu_si512(q + 64),
                              _mm512_loadu_si512(q + 128), _mm512_loadu_si512(q + 192)};
        products[c][j] = four.products(j, x, row[c], b + i);
        if (kBlocks == 1) products[c][j + 2] = products[c][j];
      }
    }
  }
#pragma GCC unroll 3
  for (int c = 0; c < C; ++c) {
    acc[c] = add_sums<F, kBlocks>(four, products[c], row[c], b, acc[c]);
  }
}

/// Every weight row with C rows of activations from column c0 on.
template <class F, int C>
FRESHET_INLINE void multiply_columns_256(const MatrixProduct& p, int c0,
                                         const typename FourBlocks<F>::Row (&row)[C]) {
  using Block = typename F::Block;
  const int64_t n = p.k / 256;
  Streams streams(p);
  const int sets = streams.sets();
  while (streams.next()) {
    __m128 acc[Streams::kMostSets][C];
    const auto add = [&]<int kBlocks>(int set, int64_t b) FRESHET_INLINE_LAMBDA {
      add_blocks<F, kBlocks, C>(reinterpret_cast<const Block*>(streams.at(2 * set)),
                                reinterpret_cast<const Block*>(streams.at(2 * set + 1)), b, row,
                                streams, 2 * set, acc[set]);
    };
    for (int set = 0; set < sets; ++set) {
      for (int c = 0; c < C; ++c) acc[set][c] = _mm_setzero_ps();
    }
    int64_t b = 0;
    for (; b + 2 <= n; b += 2) {
#pragma GCC unroll 1
      for (int set = 0; set < sets; ++set) add.template operator()<2>(set, b);
    }
    if (b < n) {
#pragma GCC unroll 1
      for (int set = 0; set < sets; ++set) add.template operator()<1>(set, b);
    }
    for (int c = 0; c < C; ++c) {
      float* out = p.out + (c0 + c) * p.out_stride;
      for (int set = 0; set < sets; ++set) {
        out[streams.row(2 * set)] = acc[set][c][0];
        out[streams.row(2 * set + 1)] = acc[set][c][1];
      }
    }
  }
}

/// Every row with every column, a few of them, by threes; rows of kLongestRow weights at most.
template <class F>
void multiply_rows_256(const MatrixProduct& p) noexcept {
  using Row = typename FourBlocks<F>::Row;
  Streams(p).ask_for_beginnings();
  const auto row = [&](int c) {
    return Row(ByteRow::at(p.activation_row(c), activation_layout(F::kActivation, p.k)), p.k / 256);
  };
  int c = 0;
  for (; c + 3 <= p.columns; c += 3) {
    multiply_columns_256<F, 3>(p, c, {row(c), row(c + 1), row(c + 2)});
  }
  if (c + 2 == p.columns) multiply_columns_256<F, 2>(p, c, {row(c), row(c + 1)});
  if (c + 1 == p.columns) multiply_columns_256<F, 1>(p, c, {row(c)});
}

}  // namespace freshet::kernels::avx512
