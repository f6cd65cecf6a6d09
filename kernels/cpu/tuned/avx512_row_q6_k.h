// AVX-512: super-blocks of Q6_K for the rows of avx512_row_256.h.
//
// vpdpbusd leaves sums of four products, which fit int16 (4 * 63 * 127 < 2^15): two vectors of them
// are packed into one, and vpdpwssd multiplies by the groups' scales and adds, so that scaling
// costs no instruction of its own.
#pragma once

#include "kernels/cpu/tuned/avx512_row_256.h"

namespace freshet::kernels::avx512 {

/// For each word of the packed sums of half a block, its group's scale: in each 128 bits j, words
/// 0..3 are of group 8 half + j, the others of 8 half + 4 + j.
constexpr Constant packed_picks(int half) {
  Constant c{};
  for (int w = 0; w < 32; ++w) {
    c.parts[w / 4] |= static_cast<uint64_t>(8 * half + w % 8 / 4 * 4 + w / 8) << (w % 4 * 16);
  }
  return c;
}
alignas(64) inline constexpr Constant kPackedPicks[2] = {packed_picks(0), packed_picks(1)};

/// Two upper bits of weights 64 pair and up: of the first 32, of the others.
constexpr Constant upper_bits(int pair) {
  return halves(move_bits(4 * pair, 2, 4), move_bits(4 * pair + 2, 2, 4));
}
alignas(64) inline constexpr Constant kUpperBits[2] = {upper_bits(0), upper_bits(1)};

/// Weights 64 pair .. 64 pair + 63, as Q6_K::unpack gives them.
FRESHET_INLINE __m512i unpack_64(const Q6_K::Block& block, int pair) {
  const __m512i low = _mm512_loadu_si512(block.ql + pair / 2 * 64);
  const __m512i high = affine(load_twice(block.qh + pair / 2 * 32), kUpperBits[pair % 2]);
  if (pair % 2 != 0) return _mm512_or_si512(affine(low, kHighNibbles), high);
  constexpr int kAndOr = 0xEA;  // (a & b) | c
  return _mm512_ternarylogic_epi64(low, _mm512_set1_epi8(15), high, kAndOr);
}

/// Activations as they are.
struct PlainRow {
  const int8_t* q;
  const int16_t* sums;  // of 16
  PairedScales scales;

  PlainRow(const ByteRow& x, int64_t n) noexcept : q(x.q), sums(x.sums), scales(x.scales, n) {}
};

template <>
struct FourBlocks<Q6_K> {
  using Row = PlainRow;
  static constexpr int kShift = 0;

  const Q6_K::Block* at[4];
  __m256i scales[4];  // words

  FRESHET_INLINE explicit FourBlocks(const Q6_K::Block* const (&blocks)[4])
      : at{blocks[0], blocks[1], blocks[2], blocks[3]} {
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const auto* bytes = reinterpret_cast<const __m128i*>(at[i]->scale);
      scales[i] = _mm256_cvtepi8_epi16(_mm_loadu_si128(bytes));
    }
  }
  FRESHET_INLINE __m512i products(int i, const __m512i (&x)[4], const Row& row, int64_t b) const {
    const auto of_half = [&](int half) FRESHET_INLINE_LAMBDA {
      return _mm512_permutexvar_epi16(kPackedPicks[half], _mm512_castsi256_si512(scales[i]));
    };
    __m512i sums[4];
#pragma GCC unroll 4
    for (int pair = 0; pair < 4; ++pair) {
      sums[pair] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), unpack_64(*at[i], pair), x[pair]);
    }
    const __m512i sum =
        _mm512_dpwssd_epi32(_mm512_madd_epi16(_mm512_packs_epi32(sums[0], sums[1]), of_half(0)),
                            _mm512_packs_epi32(sums[2], sums[3]), of_half(1));
    const __m256i negative = _mm256_mullo_epi16(scales[i], _mm256_set1_epi16(-Q6_K::kOffset));
    return _mm512_dpwssd_epi32(sum, _mm512_zextsi256_si512(negative),
                               _mm512_zextsi256_si512(T::load_bytes(row.sums + b * 16)));
  }
  FRESHET_INLINE __m256 factors() const {
    return halves_of_four(at[0]->d, at[1]->d, at[2]->d, at[3]->d);
  }
};

}  // namespace freshet::kernels::avx512
