// AVX-512: super-blocks of Q2_K and Q3_K for the rows of avx512_row_256.h.
//
// All 64 bytes of low bits come by one load, and run r of 32 weights of both halves by one
// vgf2p8affineqb; the activations are put in that order. As in avx512_row_nibbles.h, sums of four
// products are packed and multiplied by the groups' scales; the scales of four super-blocks are
// taken apart at once. Q3_K's signed scales stand in the upper bytes of words, which makes the
// products 256 times as large: a sum over a super-block, 256 * 4 * 127 * 32 * 256 at most, is still
// below 2^31. Q2_K's weights stay where they stand, where four products still fit a word, and the
// scales of the other runs make up for it, so that all are 16 times as large.
#pragma once

#include "kernels/cpu/tuned/avx512_row_256.h"

namespace freshet::kernels::avx512 {

/// Activations as these rows read them.
template <class F>
struct RunOrderedRow {
  alignas(64) int8_t q[kMostBlocks * 256];  ///< of run r of 32: that of the first half, the second
  /// -kOffset times the sums of four of q, where there is an offset.
  alignas(64) int32_t bias[F::kOffset != 0 ? kMostBlocks * 64 : 16];
  /// Where there are minima, sums of 16: of each pair of blocks eight of [b b next next], then the
  /// other eight.
  alignas(64) int16_t sums[F::kHasMin ? kMostBlocks * 32 : 32];
  PairedScales scales;

  RunOrderedRow(const ByteRow& x, int64_t n) noexcept : scales(x.scales, n) {
    for (int64_t b = 0; b < n; ++b) {
      for (int i = 0; i < 2; ++i) {
        const __m512i first = _mm512_loadu_si512(x.q + b * 256 + 64 * i);
        const __m512i second = _mm512_loadu_si512(x.q + b * 256 + 128 + 64 * i);
        put(4 * b + 2 * i, _mm512_shuffle_i64x2(first, second, 0x44));
        put(4 * b + 2 * i + 1, _mm512_shuffle_i64x2(first, second, 0xEE));
      }
    }
    if constexpr (F::kHasMin) {
      for (int64_t b = 0; b < n; b += 2) {
        const int64_t next = b + 1 < n ? b + 1 : b;
        for (int half = 0; half < 2; ++half) {
          _mm512_store_si512(sums + b * 32 + half * 32,
                             load_pairs(x.sums + b * 16 + half * 8, x.sums + next * 16 + half * 8));
        }
      }
    }
  }
  FRESHET_INLINE void put(int64_t run, __m512i v) {
    _mm512_store_si512(q + run * 64, v);
    if constexpr (F::kOffset != 0) {
      const __m512i zero = _mm512_setzero_si512();
      const __m512i sum = _mm512_dpbusd_epi32(zero, _mm512_set1_epi8(F::kOffset), v);
      _mm512_store_si512(bias + run * 16, _mm512_sub_epi32(zero, sum));
    }
  }
};

/// For each word of the packed sums of two runs, which scale it is multiplied by: byte 16 i +
/// group, picked for both bytes of the word, of which a mask leaves the one that is wanted.
constexpr Constant run_scale_picks(int i, int runs) {
  Constant c{};
  for (int w = 0; w < 32; ++w) {
    const int run = 2 * runs + w % 8 / 4, part = w / 8;
    const uint64_t pick = 16 * i + 8 * (part / 2) + 2 * run + part % 2;
    c.parts[w / 4] |= (pick | pick << 8) << (w % 4 * 16);
  }
  return c;
}
alignas(64) inline constexpr Constant kRunScalePicks[4][2] = {
    {run_scale_picks(0, 0), run_scale_picks(0, 1)},
    {run_scale_picks(1, 0), run_scale_picks(1, 1)},
    {run_scale_picks(2, 0), run_scale_picks(2, 1)},
    {run_scale_picks(3, 0), run_scale_picks(3, 1)}};

/// Q2_K: for each word of scales, of run w % 4, what makes its products 16 times as large.
alignas(64) inline constexpr Constant kRunFactors = everywhere(16u | 4ull << 16 | 1ull << 32 |
                                                               16ull << 48);

alignas(64) inline constexpr Constant kRunBits[4] = {
    everywhere(move_bits(0, 2, 0)), everywhere(move_bits(2, 2, 0)), everywhere(move_bits(4, 2, 0)),
    everywhere(move_bits(6, 2, 0))};
/// Q3_K's third bit: run r of the first half has bit r, of the second bit 4 + r.
constexpr Constant third_bits(int run) {
  return halves(move_bits(run, 1, 2), move_bits(4 + run, 1, 2));
}
alignas(64) inline constexpr Constant kThirdBits[4] = {third_bits(0), third_bits(1), third_bits(2),
                                                       third_bits(3)};

/// Q3_K's sixteen scales of each of four blocks (q3_k.h), signed, from their twelve bytes.
FRESHET_INLINE __m512i q3_k_scales(__m512i packed) {
  const auto in_quarters = [](__m128i v)
                               FRESHET_INLINE_LAMBDA { return _mm512_broadcast_i32x4(v); };
  const __m512i low = _mm512_multishift_epi64_epi8(
      in_quarters(_mm_setr_epi8(0, 8, 16, 24, 32, 40, 48, 56, 4, 12, 20, 28, 36, 44, 52, 60)),
      _mm512_unpacklo_epi64(packed, packed));
  // Bits 2 (g / 4) and up of the last four bytes, to bits 4 and 5.
  const __m512i high = _mm512_multishift_epi64_epi8(
      in_quarters(_mm_setr_epi8(28, 4, 12, 20, 30, 6, 14, 22, 0, 8, 16, 24, 2, 10, 18, 26)),
      _mm512_shuffle_epi32(packed, _MM_PERM_CCCC));
  const __m512i scales = _mm512_or_si512(_mm512_and_si512(low, _mm512_set1_epi8(0x0F)),
                                         _mm512_and_si512(high, _mm512_set1_epi8(0x30)));
  return _mm512_sub_epi8(scales, _mm512_set1_epi8(32));
}

template <class F>
requires(F::kId == Format::Q2_K || F::kId == Format::Q3_K) struct FourBlocks<F> {
  using Row = RunOrderedRow<F>;
  static constexpr int kShift = F::kId == Format::Q3_K ? 8 : 4;

  const typename F::Block* at[4];
  __m512i scales, mins;

  FRESHET_INLINE explicit FourBlocks(const typename F::Block* const (&blocks)[4])
      : at{blocks[0], blocks[1], blocks[2], blocks[3]} {
    if constexpr (F::kId == Format::Q2_K) {
      const __m512i both = load_four(at[0]->scales, at[1]->scales, at[2]->scales, at[3]->scales);
      scales = _mm512_mullo_epi16(_mm512_and_si512(both, _mm512_set1_epi8(15)), kRunFactors);
      mins = affine(both, kHighNibbles);
    } else {
      // The block ends two bytes after its scales: twelve of these sixteen bytes end with them.
      const __m512i tails =
          load_four(at[0]->scales - 4, at[1]->scales - 4, at[2]->scales - 4, at[3]->scales - 4);
      scales = q3_k_scales(_mm512_shuffle_epi32(tails, _MM_PERM_ADCB));
      mins = _mm512_setzero_si512();
    }
  }

  FRESHET_INLINE __m512i of_runs(int i, int runs) const {
    constexpr __mmask64 kBytes = F::kId == Format::Q2_K ? 0x5555555555555555 : 0xAAAAAAAAAAAAAAAA;
    return _mm512_maskz_permutexvar_epi8(kBytes, kRunScalePicks[i][runs], scales);
  }
  FRESHET_INLINE __m512i products(int i, const __m512i (&x)[4], const Row& row, int64_t b) const {
    __m512i sums[4];
#pragma GCC unroll 4
    for (int run = 0; run < 4; ++run) {
      if constexpr (F::kId == Format::Q2_K) {
        const __m512i all = _mm512_loadu_si512(at[i]->q);
        const __m512i w =
            run == 3 ? affine(all, kRunBits[3])
                     : _mm512_and_si512(all, _mm512_set1_epi8(static_cast<char>(3 << (2 * run))));
        sums[run] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), w, x[run]);
      } else {
        const __m512i w = _mm512_or_si512(affine(_mm512_loadu_si512(at[i]->low), kRunBits[run]),
                                          affine(load_twice(at[i]->high), kThirdBits[run]));
        sums[run] =
            _mm512_dpbusd_epi32(_mm512_load_si512(row.bias + (b * 4 + run) * 16), w, x[run]);
      }
    }
    return _mm512_dpwssd_epi32(
        _mm512_madd_epi16(_mm512_packs_epi32(sums[0], sums[1]), of_runs(i, 0)),
        _mm512_packs_epi32(sums[2], sums[3]), of_runs(i, 1));
  }
  FRESHET_INLINE int32_t d_and_dmin(int i) const {
    int32_t both = 0;
    std::memcpy(&both, &at[i]->d, 4);
    return both;
  }
  FRESHET_INLINE __m256 factors() const {
    if constexpr (F::kHasMin) {
      // By name: four written to the stack one by one and read at once would be waited for.
      const int32_t a = d_and_dmin(0), b = d_and_dmin(1), c = d_and_dmin(2), d = d_and_dmin(3);
      return _mm256_cvtph_ps(
          _mm_shuffle_epi8(_mm_setr_epi32(a, b, c, d),
                           _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15)));
    } else {
      return halves_of_four(at[0]->d, at[1]->d, at[2]->d, at[3]->d);
    }
  }
  FRESHET_INLINE __m128i min_products(const Row& row, int64_t b) const {
    const __m512i zero = _mm512_setzero_si512();
    return sums_of_quarters(_mm512_dpwssd_epi32(
        _mm512_madd_epi16(_mm512_unpacklo_epi8(mins, zero), _mm512_load_si512(row.sums + b * 32)),
        _mm512_unpackhi_epi8(mins, zero), _mm512_load_si512(row.sums + b * 32 + 32)));
  }
};

}  // namespace freshet::kernels::avx512
