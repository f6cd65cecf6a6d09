// AVX-512: super-blocks of Q4_K and Q5_K for the rows of avx512_row_256.h.
//
// vpdpbusd leaves sums of four products, which fit int16 (4 * 31 * 127 < 2^15): two vectors of them
// are packed into one, and vpmaddwd multiplies by the groups' scales and adds. A group's halves lie
// in the same quarter of two registers, so that their products add up without an instruction: then
// 8 * 31 * 127 < 2^15. The activations are put in that order.
//
// One core of a Zen 4, k 2048, Q4_K: 35.7 GB/s from cache; 31.7 where a group is half a register.
// What counts is the number of 64-byte operations, whose ports are full. Tried and left out: the
// sums of one pair of blocks while the next is multiplied (+2 % from cache, none from memory);
// minima summed up together with products (+1 %).
#pragma once

#include "kernels/cpu/tuned/avx512_row_256.h"

namespace freshet::kernels::avx512 {

/// Activations as these rows read them.
struct OrderedRow {
  alignas(64) int8_t q[kMostBlocks * 256];     ///< by 16: 0 4 8 12, 2 6 10 14, 1 5 9 13, 3 7 11 15
  alignas(64) int16_t sums[kMostBlocks * 16];  ///< of 32; of each pair of blocks [b b next next]
  PairedScales scales;

  OrderedRow(const ByteRow& x, int64_t n) noexcept : scales(x.scales, n) {
    if (n % 2 != 0) std::memset(sums + n / 2 * 32, 0, 64);  // of the block that is not there
    for (int64_t b = 0; b < n; ++b) {
      const __m512i* from = reinterpret_cast<const __m512i*>(x.q + b * 256);
      const __m512i x0 = _mm512_loadu_si512(from), x1 = _mm512_loadu_si512(from + 1);
      const __m512i x2 = _mm512_loadu_si512(from + 2), x3 = _mm512_loadu_si512(from + 3);
      const __m512i even_01 = _mm512_shuffle_i64x2(x0, x1, 0x88);  // 0 2 4 6
      const __m512i even_23 = _mm512_shuffle_i64x2(x2, x3, 0x88);
      const __m512i odd_01 = _mm512_shuffle_i64x2(x0, x1, 0xDD);
      const __m512i odd_23 = _mm512_shuffle_i64x2(x2, x3, 0xDD);
      int8_t* to = q + b * 256;
      _mm512_store_si512(to, _mm512_shuffle_i64x2(even_01, even_23, 0x88));
      _mm512_store_si512(to + 64, _mm512_shuffle_i64x2(even_01, even_23, 0xDD));
      _mm512_store_si512(to + 128, _mm512_shuffle_i64x2(odd_01, odd_23, 0x88));
      _mm512_store_si512(to + 192, _mm512_shuffle_i64x2(odd_01, odd_23, 0xDD));
      const __m128i of_32 = _mm256_cvtepi32_epi16(
          _mm256_madd_epi16(T::load_bytes(x.sums + b * 16), _mm256_set1_epi16(1)));
      _mm256_store_si256(reinterpret_cast<__m256i*>(sums + b * 16),
                         _mm256_broadcastsi128_si256(of_32));
    }
  }
};

/// 6-bit scales and minima (six_bit_scales.h) from the heads of four super-blocks: in each 128
/// bits, eight bytes of scales and eight of minima.
FRESHET_INLINE __m512i scale_bytes(__m512i heads) {
  const __m512i fields =
      _mm512_shuffle_epi8(heads, _mm512_broadcast_i32x4(_mm_setr_epi8(4, 5, 6, 7, 12, 13, 14, 15, 8,
                                                                      9, 10, 11, 12, 13, 14, 15)));
  // vpmultishiftqb takes eight bits from any bit on: of the low parts, then of the high parts.
  const __m512i low =
      _mm512_multishift_epi64_epi8(_mm512_broadcast_i32x4(_mm_setr_epi8(
                                       0, 8, 16, 24, 32, 40, 48, 56, 0, 8, 16, 24, 36, 44, 52, 60)),
                                   fields);
  const __m512i high = _mm512_multishift_epi64_epi8(
      _mm512_broadcast_i32x4(_mm_setr_epi8(0, 0, 0, 0, 2, 10, 18, 26, 0, 0, 0, 0, 2, 10, 18, 26)),
      fields);
  constexpr int kOrAnd = 0xF8;  // a | (b & c)
  return _mm512_ternarylogic_epi64(_mm512_and_si512(low, _mm512_set1_epi64(0x0F0F0F0F3F3F3F3F)),
                                   high, _mm512_set1_epi64(0x3030303000000000), kOrAnd);
}

/// For each word of the packed sums of block i, which byte of scale_bytes() it is multiplied by:
/// in quarter j, four words are of group 2j and four of 2j + 1.
constexpr Constant scale_picks(int i) {
  Constant c{};
  for (int w = 0; w < 32; ++w) {
    c.parts[w / 4] |= static_cast<uint64_t>(16 * i + w / 4) << (w % 4 * 16);
  }
  return c;
}
alignas(64) inline constexpr Constant kScalePicks[4] = {scale_picks(0), scale_picks(1),
                                                        scale_picks(2), scale_picks(3)};

/// In quarter j, the fifth bit of weights of group 2j + odd.
constexpr Constant fifth_bits(int odd) {
  Constant c{};
  for (int part = 0; part < 8; ++part) c.parts[part] = move_bits(part / 2 * 2 + odd, 1, 4);
  return c;
}
alignas(64) inline constexpr Constant kFifthBits[2] = {fifth_bits(0), fifth_bits(1)};

FRESHET_INLINE const uint8_t* nibbles_of(const Q4_K::Block& block) { return block.q; }
FRESHET_INLINE const uint8_t* nibbles_of(const Q5_K::Block& block) { return block.low; }

template <class F>
requires(F::kId == Format::Q4_K || F::kId == Format::Q5_K) struct FourBlocks<F> {
  using Row = OrderedRow;
  static constexpr int kShift = 0;

  const typename F::Block* at[4];
  __m512i heads, bytes;

  FRESHET_INLINE explicit FourBlocks(const typename F::Block* const (&blocks)[4])
      : at{blocks[0], blocks[1], blocks[2], blocks[3]},
        heads(load_four(blocks[0], blocks[1], blocks[2], blocks[3])),
        bytes(scale_bytes(heads)) {}

  FRESHET_INLINE __m512i scales(int i) const {
    constexpr __mmask64 kLowBytes = 0x5555555555555555;
    return _mm512_maskz_permutexvar_epi8(kLowBytes, kScalePicks[i], bytes);
  }
  FRESHET_INLINE __m512i products(int i, const __m512i (&x)[4], const Row&, int64_t) const {
    const uint8_t* nibbles = nibbles_of(*at[i]);
    const __m512i front = _mm512_loadu_si512(nibbles), back = _mm512_loadu_si512(nibbles + 64);
    __m512i even = _mm512_setzero_si512(), odd = even;
    const auto add = [&](__m512i both, int part) FRESHET_INLINE_LAMBDA {
      __m512i low = _mm512_and_si512(both, _mm512_set1_epi8(15));
      __m512i high = affine(both, kHighNibbles);
      if constexpr (F::kId == Format::Q5_K) {
        const __m512i fifth = _mm512_broadcast_i32x4(
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(at[i]->high + 16 * part)));
        low = _mm512_or_si512(low, affine(fifth, kFifthBits[0]));
        high = _mm512_or_si512(high, affine(fifth, kFifthBits[1]));
      }
      even = _mm512_dpbusd_epi32(even, low, x[2 * part]);
      odd = _mm512_dpbusd_epi32(odd, high, x[2 * part + 1]);
    };
    add(_mm512_shuffle_i64x2(front, back, 0x88), 0);
    add(_mm512_shuffle_i64x2(front, back, 0xDD), 1);
    return _mm512_madd_epi16(_mm512_packs_epi32(even, odd), scales(i));
  }
  FRESHET_INLINE __m256 factors() const { return first_halves(heads); }
  FRESHET_INLINE __m128i min_products(const Row& row, int64_t b) const {
    return sums_of_quarters(_mm512_madd_epi16(_mm512_unpackhi_epi8(bytes, _mm512_setzero_si512()),
                                              _mm512_load_si512(row.sums + b * 16)));
  }
};

}  // namespace freshet::kernels::avx512
