// AVX-512: super-blocks of IQ4_XS for the rows of avx512_row_256.h.
//
// 64 bytes are four groups, each a quarter of a register: low nibbles the first half of its
// weights, high ones the second. Both add into one vpdpbusd, which begins with what the table's
// offset takes off, and one vpmulld scales four groups. The activations are put in that order.
#pragma once

#include "kernels/cpu/tuned/avx512_row_256.h"

namespace freshet::kernels::avx512 {

/// Activations as these rows read them.
struct HalfOrderedRow {
  alignas(64) int8_t q[kMostBlocks * 256];     ///< of four groups: first halves, then second ones
  alignas(64) int32_t bias[kMostBlocks * 32];  ///< a quarter per group: -128 times its sum, 0, 0, 0
  PairedScales scales;

  HalfOrderedRow(const ByteRow& x, int64_t n) noexcept : scales(x.scales, n) {
    for (int64_t half = 0; half < 2 * n; ++half) {
      const __m512i first = _mm512_loadu_si512(x.q + half * 128);
      const __m512i second = _mm512_loadu_si512(x.q + half * 128 + 64);
      _mm512_store_si512(q + half * 128, _mm512_shuffle_i64x2(first, second, 0x88));
      _mm512_store_si512(q + half * 128 + 64, _mm512_shuffle_i64x2(first, second, 0xDD));
      for (int group = 0; group < 4; ++group) {
        const int16_t* sums = x.sums + half * 8 + group * 2;
        _mm_store_si128(reinterpret_cast<__m128i*>(bias + half * 16 + group * 4),
                        _mm_setr_epi32(-128 * (sums[0] + sums[1]), 0, 0, 0));
      }
    }
  }
};

/// Byte group of block i's scales, to the upper byte of each dword of the group's quarter.
constexpr Constant quarter_scale_picks(int i, int half) {
  Constant c{};
  for (int lane = 0; lane < 16; ++lane) {
    c.parts[lane / 2] |= static_cast<uint64_t>(16 * i + 4 * half + lane / 4)
                         << (lane % 2 * 32 + 24);
  }
  return c;
}
alignas(64) inline constexpr Constant kQuarterScalePicks[4][2] = {
    {quarter_scale_picks(0, 0), quarter_scale_picks(0, 1)},
    {quarter_scale_picks(1, 0), quarter_scale_picks(1, 1)},
    {quarter_scale_picks(2, 0), quarter_scale_picks(2, 1)},
    {quarter_scale_picks(3, 0), quarter_scale_picks(3, 1)}};

template <>
struct FourBlocks<IQ4_XS> {
  using Row = HalfOrderedRow;
  static constexpr int kShift = 0;

  const IQ4_XS::Block* at[4];
  __m512i heads, scales;  // of each block, in a quarter: the scales are its first eight bytes

  FRESHET_INLINE explicit FourBlocks(const IQ4_XS::Block* const (&blocks)[4])
      : at{blocks[0], blocks[1], blocks[2], blocks[3]},
        heads(load_four(blocks[0], blocks[1], blocks[2], blocks[3])) {
    // Nibble g of bytes 4 to 7, and bits 2g and up of bytes 2 and 3 to bits 4 and 5.
    const __m512i low = _mm512_multishift_epi64_epi8(_mm512_set1_epi64(0x3C3834302C282420), heads);
    const __m512i high = _mm512_multishift_epi64_epi8(_mm512_set1_epi64(0x1A18161412100E0C), heads);
    scales = _mm512_sub_epi8(_mm512_or_si512(_mm512_and_si512(low, _mm512_set1_epi8(0x0F)),
                                             _mm512_and_si512(high, _mm512_set1_epi8(0x30))),
                             _mm512_set1_epi8(32));
  }

  FRESHET_INLINE __m512i products(int i, const __m512i (&x)[4], const Row& row, int64_t b) const {
    __m512i sums[2];
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      const __m512i both = _mm512_loadu_si512(at[i]->q + 64 * half);
      const __m512i low = look_up(kIq4Values, 0x80, _mm512_and_si512(both, _mm512_set1_epi8(15)));
      const __m512i high = look_up(kIq4Values, 0x80, affine(both, kHighNibbles));
      const __m512i bias = _mm512_load_si512(row.bias + b * 32 + half * 16);
      const __m512i dots =
          _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(bias, low, x[2 * half]), high, x[2 * half + 1]);
      constexpr __mmask64 kUpperBytes = 0x8888888888888888;
      const __m512i scale = _mm512_srai_epi32(
          _mm512_maskz_permutexvar_epi8(kUpperBytes, kQuarterScalePicks[i][half], scales), 24);
      sums[half] = _mm512_mullo_epi32(dots, scale);
    }
    return _mm512_add_epi32(sums[0], sums[1]);
  }
  FRESHET_INLINE __m256 factors() const { return first_halves(heads); }
};

}  // namespace freshet::kernels::avx512
