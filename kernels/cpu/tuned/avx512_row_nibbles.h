// AVX-512: super-blocks of Q4_K and Q5_K for the rows of avx512_row_256.h.
//
// vpdpbusd leaves sums of four products, which fit int16 (4 * 31 * 127 < 2^15): two vectors of them
// are packed into one, and vpmaddwd multiplies by the groups' scales and adds. The activations are
// put in the order in which 64 bytes of nibbles come apart.
//
// One core of a Zen 4, k 2048, Q4_K: 31 GB/s from cache and 26 from memory that is read with 27.5.
// Four super-blocks of one row at a time, activations in their own order: 24 and 19. Tried and left
// out: groups in quarters of a register, so that two vpdpbusd add into one, since a load of 16
// bytes into four places costs as much as one of 64 (23 GB/s).
#pragma once

#include "kernels/cpu/tuned/avx512_row_256.h"

namespace freshet::kernels::avx512 {

/// Activations as these rows read them.
struct OrderedRow {
  alignas(64) int8_t q[kMostBlocks * 256];     ///< groups of 32: 0 2, 1 3, 4 6, 5 7
  alignas(64) int16_t sums[kMostBlocks * 16];  ///< of 32; of each pair of blocks [b b next next]
  PairedScales scales;

  OrderedRow(const ByteRow& x, int64_t n) noexcept : scales(x.scales, n) {
    if (n % 2 != 0) std::memset(sums + n / 2 * 32, 0, 64);  // of the block that is not there
    for (int64_t b = 0; b < n; ++b) {
      for (int half = 0; half < 2; ++half) {
        const __m512i* from = reinterpret_cast<const __m512i*>(x.q + b * 256 + half * 128);
        const __m512i first = _mm512_loadu_si512(from), second = _mm512_loadu_si512(from + 1);
        int8_t* to = q + b * 256 + half * 128;
        _mm512_store_si512(to, _mm512_shuffle_i64x2(first, second, 0x44));
        _mm512_store_si512(to + 64, _mm512_shuffle_i64x2(first, second, 0xEE));
      }
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

/// For each word of the packed sums of a half, which byte of scale_bytes() it is multiplied by.
constexpr Constant scale_picks(int i, int half) {
  Constant c{};
  for (int w = 0; w < 32; ++w) {
    const int group = 4 * half + w / 16 * 2 + w % 8 / 4;
    c.parts[w / 4] |= static_cast<uint64_t>(16 * i + group) << (w % 4 * 16);
  }
  return c;
}
alignas(64) inline constexpr Constant kScalePicks[4][2] = {{scale_picks(0, 0), scale_picks(0, 1)},
                                                           {scale_picks(1, 0), scale_picks(1, 1)},
                                                           {scale_picks(2, 0), scale_picks(2, 1)},
                                                           {scale_picks(3, 0), scale_picks(3, 1)}};

/// For nibble n (0, 1) of a half: bit 4 half + n of the low 32 bytes, 4 half + n + 2 of the others.
constexpr Constant fifth_bits(int half, int n) {
  return halves(move_bits(4 * half + n, 1, 4), move_bits(4 * half + n + 2, 1, 4));
}
alignas(64) inline constexpr Constant kFifthBits[2][2] = {{fifth_bits(0, 0), fifth_bits(0, 1)},
                                                          {fifth_bits(1, 0), fifth_bits(1, 1)}};

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

  FRESHET_INLINE __m512i of_half(int i, int half) const {
    constexpr __mmask64 kLowBytes = 0x5555555555555555;
    return _mm512_maskz_permutexvar_epi8(kLowBytes, kScalePicks[i][half], bytes);
  }
  FRESHET_INLINE __m512i products(int i, const __m512i (&x)[4], const Row&, int64_t) const {
    __m512i sums[4];
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      __m512i low, high;
      if constexpr (F::kId == Format::Q4_K) {
        const __m512i both = _mm512_loadu_si512(at[i]->q + 64 * half);
        low = _mm512_and_si512(both, _mm512_set1_epi8(15));
        high = affine(both, kHighNibbles);
      } else {
        const __m512i both = _mm512_loadu_si512(at[i]->low + 64 * half);
        const __m512i fifth = load_twice(at[i]->high);
        constexpr int kAndOr = 0xEA;  // (a & b) | c
        low = _mm512_ternarylogic_epi64(both, _mm512_set1_epi8(15),
                                        affine(fifth, kFifthBits[half][0]), kAndOr);
        high = _mm512_or_si512(affine(both, kHighNibbles), affine(fifth, kFifthBits[half][1]));
      }
      sums[2 * half] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), low, x[2 * half]);
      sums[2 * half + 1] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), high, x[2 * half + 1]);
    }
    return _mm512_dpwssd_epi32(
        _mm512_madd_epi16(_mm512_packs_epi32(sums[0], sums[1]), of_half(i, 0)),
        _mm512_packs_epi32(sums[2], sums[3]), of_half(i, 1));
  }
  FRESHET_INLINE __m256 factors() const { return first_halves(heads); }
  FRESHET_INLINE __m128i min_products(const Row& row, int64_t b) const {
    return sums_of_quarters(_mm512_madd_epi16(_mm512_unpackhi_epi8(bytes, _mm512_setzero_si512()),
                                              _mm512_load_si512(row.sums + b * 16)));
  }
};

}  // namespace freshet::kernels::avx512
