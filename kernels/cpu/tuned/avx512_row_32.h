// AVX-512: sixteen blocks of 32 weights with activations, for decoding. The exact sums of
// dot_bytes.h: vpdpbusd on two blocks at a time, and sixteen block sums are reduced together.
#pragma once

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/tuned/avx512_unpack.h"

namespace freshet::kernels::avx512 {

/// What n <= 16 blocks add to their row: scale * product, and min * x_sum.
struct BlockTerms {
  alignas(64) float scale[16], product[16], min[16], x_sum[16];
};

/// Words i * kStride + kFirst, modulo two vectors.
template <int kStride, int kFirst>
constexpr Constant half_picks() {
  Constant c{};
  for (int i = 0; i < 16; ++i) {
    c.parts[i / 4] |= static_cast<uint64_t>((i * kStride + kFirst) % 64) << (i % 4 * 16);
  }
  return c;
}
template <int kStride, int kFirst>
alignas(64) inline constexpr Constant kHalfPicks = half_picks<kStride, kFirst>();

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

/// Halves at p + (i * kStride + kFirst) words, i = 0..15, as floats; reads kStride * 32 bytes from
/// p.
template <int kStride, int kFirst>
FRESHET_INLINE __m512 gather_halves(const void* p) {
  constexpr int kWords = 16 * kStride, kVectors = (kWords + 31) / 32;
  const auto* at = static_cast<const char*>(p);
  __m512i v[kVectors + 1];
#pragma GCC unroll 16
  for (int i = 0; i < kVectors; ++i) {
    const int words = kWords - 32 * i;
    v[i] = words >= 32 ? _mm512_loadu_si512(at + 64 * i)
                       : _mm512_maskz_loadu_epi16((__mmask32{1} << (words & 31)) - 1, at + 64 * i);
  }
  v[kVectors] = _mm512_setzero_si512();
  // vpermt2w takes the index modulo 64, which is two vectors: one index serves every pair of them.
  __m512i words = _mm512_setzero_si512();
#pragma GCC unroll 8
  for (int i = 0; i < kVectors; i += 2) {
    const int first = (32 * i - kFirst + kStride - 1) / kStride;
    const int end = (32 * (i + 2) - kFirst + kStride - 1) / kStride;
    const auto mask =
        static_cast<__mmask32>((1u << (end < 16 ? end : 16)) - (1u << (first < 0 ? 0 : first)));
    words = _mm512_mask_mov_epi16(
        words, mask, _mm512_permutex2var_epi16(v[i], kHalfPicks<kStride, kFirst>, v[i + 1]));
  }
  return _mm512_cvtph_ps(_mm512_castsi512_si256(words));
}

/// Float scales, and minima, of sixteen blocks.
template <class F>
FRESHET_INLINE void load_scales(const typename F::Block* row, BlockTerms& terms) {
  if constexpr (F::kId == Format::MXFP4) {
    const __m512i e = _mm512_cvtepu8_epi32(_mm_setr_epi8(
        static_cast<char>(row[0].e), static_cast<char>(row[1].e), static_cast<char>(row[2].e),
        static_cast<char>(row[3].e), static_cast<char>(row[4].e), static_cast<char>(row[5].e),
        static_cast<char>(row[6].e), static_cast<char>(row[7].e), static_cast<char>(row[8].e),
        static_cast<char>(row[9].e), static_cast<char>(row[10].e), static_cast<char>(row[11].e),
        static_cast<char>(row[12].e), static_cast<char>(row[13].e), static_cast<char>(row[14].e),
        static_cast<char>(row[15].e)));
    // MXFP4::power: the two smallest are subnormal.
    const __m512i normal = _mm512_slli_epi32(_mm512_sub_epi32(e, _mm512_set1_epi32(1)), 23);
    const __m512i bits = _mm512_mask_sllv_epi32(
        normal, _mm512_cmplt_epi32_mask(e, _mm512_set1_epi32(2)), _mm512_set1_epi32(0x00200000), e);
    T::store(terms.scale, _mm512_castsi512_ps(bits));
  } else {
    constexpr int kStride = sizeof(typename F::Block) / 2;
    T::store(terms.scale, gather_halves<kStride, 0>(row));
    if constexpr (F::kHasMin) T::store(terms.min, gather_halves<kStride, 1>(row));
  }
}

/// Two blocks from b on with their activations, or one, or none, where a row of n ends.
template <class F>
FRESHET_INLINE __m512i two_block_sums(const typename F::Block* row, int64_t b, int64_t n,
                                      const int8_t* q) {
  if (b >= n) return _mm512_setzero_si512();
  const bool both = b + 1 < n;
  const __m512i w = unpack_two<F>(row[b], row[both ? b + 1 : b]);
  const __m512i x = _mm512_maskz_loadu_epi64(both ? 0xFF : 0x0F, q + b * 32);
  return _mm512_dpbusd_epi32(_mm512_setzero_si512(), w, x);
}

/// The terms of blocks b .. b + 15; of fewer where the row of n_blocks ends.
template <class F, bool kWhole>
FRESHET_INLINE int block_terms(const typename F::Block* row, int64_t b, int64_t n_blocks,
                               const ByteRow& x, BlockTerms& terms) {
  const int n = kWhole ? 16 : static_cast<int>(n_blocks - b);
  __m512i v[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    v[i] = two_block_sums<F>(row, b + 2 * i, kWhole ? b + 16 : n_blocks, x.q);
  }
  if constexpr (kWhole) {
    load_scales<F>(row + b, terms);
  } else {
    for (int i = 0; i < n; ++i) {
      terms.scale[i] = F::template scale<T>(row[b + i]);
      if constexpr (F::kHasMin) terms.min[i] = F::template min<T>(row[b + i]);
    }
  }
  const __m512i x_sums = _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(T::first(n), x.sums + b));
  __m512i sums = reduce_sixteen(v);
  if constexpr (kRowOffset<F> != 0) {
    sums = _mm512_sub_epi32(sums, _mm512_mullo_epi32(x_sums, _mm512_set1_epi32(kRowOffset<F>)));
  }
  const __m512 dx = T::load_n(x.scales + b, n);
  T::store(terms.product, _mm512_cvtepi32_ps(sums));
  T::store(terms.scale, T::mul(T::load_n(terms.scale, n), dx));
  if constexpr (F::kHasMin) {
    T::store(terms.min, T::mul(T::load_n(terms.min, n), dx));
    T::store(terms.x_sum, _mm512_cvtepi32_ps(x_sums));
  }
  return n;
}

/// The chains of two rows side by side: each waits for its last sum.
template <class F>
FRESHET_INLINE void add_terms(const BlockTerms (&t)[2], int i, float (&sums)[2]) {
  sums[0] = T::fma1(t[0].scale[i], t[0].product[i], sums[0]);
  sums[1] = T::fma1(t[1].scale[i], t[1].product[i], sums[1]);
  if constexpr (F::kHasMin) {
    sums[0] = T::fma1(t[0].min[i], t[0].x_sum[i], sums[0]);
    sums[1] = T::fma1(t[1].min[i], t[1].x_sum[i], sums[1]);
  }
}

/// Two rows of n blocks of 32 with one row of activations.
template <class F>
FRESHET_INLINE void dot_two_rows_32(const char* first_row, const char* second_row, int64_t n,
                                    const ByteRow& x, float (&sums)[2]) {
  const typename F::Block* const rows[2] = {reinterpret_cast<const typename F::Block*>(first_row),
                                            reinterpret_cast<const typename F::Block*>(second_row)};
  sums[0] = sums[1] = 0.0f;
  BlockTerms terms[2];
  int64_t b = 0;
  for (; b + 16 <= n; b += 16) {
#pragma GCC unroll 2
    for (int r = 0; r < 2; ++r) {
      prefetch_ahead<16 * sizeof(typename F::Block)>(rows[r] + b);
      block_terms<F, true>(rows[r], b, n, x, terms[r]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) add_terms<F>(terms, i, sums);
  }
  if (b < n) {
    const int rest = block_terms<F, false>(rows[0], b, n, x, terms[0]);
    block_terms<F, false>(rows[1], b, n, x, terms[1]);
    for (int i = 0; i < rest; ++i) add_terms<F>(terms, i, sums);
  }
}

/// Every row with every column, a few of them: each row is read once.
template <class F>
void multiply_rows_32(const MatrixProduct& p) noexcept {
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  const int half = (p.rows + 1) / 2;  // an odd row in the middle is its own partner
  for (int r = 0; r < half; ++r) {
    for (int c = 0; c < p.columns; ++c) {
      float sums[2];
      dot_two_rows_32<F>(p.weight_row(r), p.weight_row(p.rows - half + r), p.k / 32,
                         ByteRow::at(p.activation_row(c), layout), sums);
      float* out = p.out + c * p.out_stride;
      out[r] = sums[0];
      out[p.rows - half + r] = sums[1];
    }
  }
}

}  // namespace freshet::kernels::avx512
