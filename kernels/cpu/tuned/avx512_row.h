// AVX-512: one weight row with one row of byte activations, for decoding, where memory sets the
// pace.
//
// The exact sums of dot_bytes.h by another route. For super-blocks of 256: vpmaddubsw leaves sums
// of two products in int16 (at most 2 * 128 * 127, no saturation), vpdpwssd multiplies them by the
// group's scale and adds, so that scaling costs no instruction of its own; four super-blocks are
// then reduced together. For blocks of 32: vpdpbusd, and sixteen block sums at a time are reduced
// together.
#pragma once

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/simd/avx512.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels::avx512 {

using T = Avx512Vnni;

FRESHET_INLINE __m512i join(__m256i low, __m256i high) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

/// Signed weights as magnitudes, their signs moved to the activations.
struct Signless {
  __m512i w, x;
};
template <class F>
FRESHET_INLINE Signless signless(__m512i w, __m512i x) {
  if constexpr (F::kSigned) {
    return {_mm512_abs_epi8(w),
            _mm512_mask_sub_epi8(x, _mm512_movepi8_mask(w), _mm512_setzero_si512(), x)};
  } else {
    return {w, x};
  }
}

/// Four vectors of sixteen to the sums of each: [a, b, c, d].
FRESHET_INLINE __m128i reduce_four(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
  const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
  const __m512i abcd =
      _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
  const __m256i half =
      _mm256_add_epi32(_mm512_castsi512_si256(abcd), _mm512_extracti64x4_epi64(abcd, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/// Word i of the result is word 2 pair + i / 16 (groups of 32) or 4 pair + i / 8 (groups of 16) of
/// the sixteen scales: what multiplies the pair sums of bytes 64 pair .. 64 pair + 63.
FRESHET_INLINE __m512i scale_words(__m512i scales, int pair) {
  const __m512i lane = _mm512_set_epi16(3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1,
                                        1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  return _mm512_permutexvar_epi16(
      _mm512_add_epi16(lane, _mm512_set1_epi16(static_cast<int16_t>(4 * pair))), scales);
}

/// Asks for weights that a thread will read soon: far ahead into the second cache, which has room
/// for more requests on their way, nearer into the first: decoding the 24B went from 7.3 to 8.4
/// tokens a second with one of them and to 8.7 with both (two cores of a Xeon, 4 KiB pages).
template <int kBytes>
FRESHET_INLINE void prefetch_ahead(const void* at) {
  constexpr int kFar = 8192, kNear = 1024;
#pragma GCC unroll 16
  for (int line = 0; line < kBytes; line += 64) {
    _mm_prefetch(static_cast<const char*>(at) + kFar + line, _MM_HINT_T1);
    _mm_prefetch(static_cast<const char*>(at) + kNear + line, _MM_HINT_T0);
  }
}

/// A super-block's integer sums, not yet added across lanes.
struct BlockSums {
  __m512i products;
  __m512i mins;
};

template <class F>
FRESHET_INLINE BlockSums block_sums(const typename F::Block& block, const int8_t* q,
                                    const int16_t* x_sums) {
  const GroupScales scales = F::template scales<T>(block);
  const __m512i scale = _mm512_castsi256_si512(T::load_bytes(scales.scale));
  BlockSums sums{_mm512_setzero_si512(), _mm512_setzero_si512()};
  prefetch_ahead<sizeof(block)>(&block);
#pragma GCC unroll 4
  for (int pair = 0; pair < 4; ++pair) {
    const __m512i w =
        join(F::template unpack<T>(block, 2 * pair), F::template unpack<T>(block, 2 * pair + 1));
    const Signless s = signless<F>(w, _mm512_loadu_si512(q + 64 * pair));
    sums.products = _mm512_dpwssd_epi32(sums.products, _mm512_maddubs_epi16(s.w, s.x),
                                        scale_words(scale, pair));
  }
  if constexpr (F::kOffset != 0) {
    const __m256i negative = _mm256_mullo_epi16(
        _mm512_castsi512_si256(scale), _mm256_set1_epi16(static_cast<int16_t>(-F::kOffset)));
    sums.products = _mm512_dpwssd_epi32(sums.products, _mm512_zextsi256_si512(negative),
                                        _mm512_zextsi256_si512(T::load_bytes(x_sums)));
  }
  if constexpr (F::kHasMin) {
    sums.mins =
        _mm512_zextsi256_si512(_mm256_madd_epi16(T::load_bytes(scales.min), T::load_bytes(x_sums)));
  }
  return sums;
}

/// N <= 4 super-blocks from b on, added to acc in ascending order.
template <class F, int N>
FRESHET_INLINE float add_super_blocks(const typename F::Block* row, int64_t b, const ByteRow& x,
                                      float acc) {
  BlockSums sums[4];
  for (auto& s : sums) s = {_mm512_setzero_si512(), _mm512_setzero_si512()};
#pragma GCC unroll 4
  for (int i = 0; i < N; ++i) {
    sums[i] = block_sums<F>(row[b + i], x.q + (b + i) * 256, x.sums + (b + i) * 16);
  }
  alignas(16) float products[4], mins[4];
  _mm_store_ps(products, _mm_cvtepi32_ps(reduce_four(sums[0].products, sums[1].products,
                                                     sums[2].products, sums[3].products)));
  if constexpr (F::kHasMin) {
    _mm_store_ps(
        mins, _mm_cvtepi32_ps(reduce_four(sums[0].mins, sums[1].mins, sums[2].mins, sums[3].mins)));
  }
#pragma GCC unroll 4
  for (int i = 0; i < N; ++i) {
    const float dx = x.scales[b + i];
    acc = T::fma1(F::template scale<T>(row[b + i]) * dx, products[i], acc);
    if constexpr (F::kHasMin) acc = T::fma1(F::template min<T>(row[b + i]) * dx, mins[i], acc);
  }
  return acc;
}

template <class F>
FRESHET_INLINE float dot_row_256(const char* weights, int64_t n_blocks, const ByteRow& x) {
  const auto* row = reinterpret_cast<const typename F::Block*>(weights);
  float acc = 0.0f;
  int64_t b = 0;
  for (; b + 4 <= n_blocks; b += 4) {
    acc = add_super_blocks<F, 4>(row, b, x, acc);
  }
  switch (n_blocks - b) {
    case 3:
      return add_super_blocks<F, 3>(row, b, x, acc);
    case 2:
      return add_super_blocks<F, 2>(row, b, x, acc);
    case 1:
      return add_super_blocks<F, 1>(row, b, x, acc);
    default:
      return acc;
  }
}

/// Sixteen block sums from eight vectors that hold two blocks each.
FRESHET_INLINE __m512i reduce_sixteen(const __m512i (&v)[8]) {
  __m512i pairs[4], quads[2];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {  // per 128 bits: [v0 v1 v0 v1] by two lanes
    pairs[i] = _mm512_add_epi32(_mm512_unpacklo_epi32(v[2 * i], v[2 * i + 1]),
                                _mm512_unpackhi_epi32(v[2 * i], v[2 * i + 1]));
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {  // per 128 bits: [v0 v1 v2 v3]
    quads[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(pairs[2 * i], pairs[2 * i + 1]),
                                _mm512_unpackhi_epi64(pairs[2 * i], pairs[2 * i + 1]));
  }
  // 128-bit parts 0, 1 belong to the first block of each vector, 2, 3 to the second.
  const __m512i even = _mm512_add_epi32(_mm512_shuffle_i64x2(quads[0], quads[1], 0x88),
                                        _mm512_shuffle_i64x2(quads[0], quads[1], 0xDD));
  // Now [v0..v3 first, v0..v3 second, v4..v7 first, v4..v7 second]: put the blocks in order.
  const __m512i order = _mm512_set_epi32(15, 11, 14, 10, 13, 9, 12, 8, 7, 3, 6, 2, 5, 1, 4, 0);
  return _mm512_permutexvar_epi32(order, even);
}

template <class F>
FRESHET_INLINE __m512i two_blocks(const typename F::Block* row, int64_t b, int64_t n_blocks,
                                  const int8_t* q) {
  if (b + 1 < n_blocks) {
    const __m512i w = join(F::template unpack<T>(row[b]), F::template unpack<T>(row[b + 1]));
    const Signless s = signless<F>(w, _mm512_loadu_si512(q + b * 32));
    return _mm512_dpbusd_epi32(_mm512_setzero_si512(), s.w, s.x);
  }
  if (b >= n_blocks) return _mm512_setzero_si512();
  const __m512i w = _mm512_zextsi256_si512(F::template unpack<T>(row[b]));
  const Signless s = signless<F>(w, _mm512_zextsi256_si512(T::load_bytes(q + b * 32)));
  return _mm512_dpbusd_epi32(_mm512_setzero_si512(), s.w, s.x);
}

template <class F>
FRESHET_INLINE float dot_row_32(const char* weights, int64_t n_blocks, const ByteRow& x) {
  const auto* row = reinterpret_cast<const typename F::Block*>(weights);
  float acc = 0.0f;
  for (int64_t b = 0; b < n_blocks; b += 16) {
    const int n = n_blocks - b < 16 ? static_cast<int>(n_blocks - b) : 16;
    prefetch_ahead<16 * sizeof(typename F::Block)>(row + b);
    __m512i v[8];
    float d[16], m[16];
    if (n == 16) {
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) v[i] = two_blocks<F>(row, b + 2 * i, b + 16, x.q);
    } else {
      for (int i = 0; i < 8; ++i) v[i] = two_blocks<F>(row, b + 2 * i, n_blocks, x.q);
    }
    for (int i = 0; i < n; ++i) {
      d[i] = F::template scale<T>(row[b + i]);
      if constexpr (F::kHasMin) m[i] = F::template min<T>(row[b + i]);
    }
    const __mmask16 valid = T::first(n);
    const __m512i x_sums = _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(valid, x.sums + b));
    __m512i sums = reduce_sixteen(v);
    if constexpr (F::kOffset != 0) {
      sums = _mm512_sub_epi32(sums, _mm512_mullo_epi32(x_sums, _mm512_set1_epi32(F::kOffset)));
    }
    const __m512 dx = T::load_n(x.scales + b, n);
    alignas(64) float scales[16], products[16], mins[16], min_sums[16];
    T::store(scales, T::mul(T::load_n(d, n), dx));
    T::store(products, _mm512_cvtepi32_ps(sums));
    if constexpr (F::kHasMin) {
      T::store(mins, T::mul(T::load_n(m, n), dx));
      T::store(min_sums, _mm512_cvtepi32_ps(x_sums));
    }
    for (int i = 0; i < n; ++i) {
      acc = T::fma1(scales[i], products[i], acc);
      if constexpr (F::kHasMin) acc = T::fma1(mins[i], min_sums[i], acc);
    }
  }
  return acc;
}

/// Every row with columns c0 .. p.columns - 1, a few of them: each row is read once.
template <class F>
void multiply_rows(const MatrixProduct& p) noexcept {
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  for (int r = 0; r < p.rows; ++r) {
    for (int c = 0; c < p.columns; ++c) {
      const ByteRow x = ByteRow::at(p.activation_row(c), layout);
      float sum = 0.0f;
      if constexpr (F::kBlockSize == 256) {
        sum = dot_row_256<F>(p.weight_row(r), p.k / 256, x);
      } else {
        sum = dot_row_32<F>(p.weight_row(r), p.k / 32, x);
      }
      p.out[c * p.out_stride + r] = sum;
    }
  }
}

}  // namespace freshet::kernels::avx512
