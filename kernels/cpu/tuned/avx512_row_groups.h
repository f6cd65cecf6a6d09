// AVX-512: super-blocks with scales for groups of 16 or 32, for the rows of avx512_row_256.h: Q2_K,
// Q3_K, Q6_K, IQ4_XS.
//
// vpdpbusd leaves sums of four products; where they fit int16 (weights up to 63: 4 * 63 * 127 <
// 2^15) two such vectors are packed into one, and vpdpwssd multiplies by the groups' scales and
// adds, so that scaling costs no instruction of its own. IQ4_XS reaches further and takes sums of
// two, by vpmaddubsw.
#pragma once

#include "kernels/cpu/tuned/avx512_row_256.h"

namespace freshet::kernels::avx512 {

/// Which group's scale each word wants. Sums of two: word w of pair p is of group 4p + w / 8 (of 16
/// weights). Packed sums of four, half h: in each 128 bits j, words 0..3 are of group 8h + j, the
/// others of 8h + 4 + j.
constexpr int group_of_pair_word(int pair, int word) { return 4 * pair + word / 8; }
constexpr int group_of_packed_word(int half, int word) {
  return 8 * half + word % 8 / 4 * 4 + word / 8;
}
template <class Group>
constexpr Constant word_picks(Group group) {
  Constant c{};
  for (int w = 0; w < 32; ++w) c.parts[w / 4] |= static_cast<uint64_t>(group(w)) << (w % 4 * 16);
  return c;
}
constexpr Constant pair_picks(int pair) {
  return word_picks([=](int w) { return group_of_pair_word(pair, w); });
}
constexpr Constant packed_picks(int half) {
  return word_picks([=](int w) { return group_of_packed_word(half, w); });
}
alignas(64) inline constexpr Constant kPairPicks[4] = {pair_picks(0), pair_picks(1), pair_picks(2),
                                                       pair_picks(3)};
alignas(64) inline constexpr Constant kPackedPicks[2] = {packed_picks(0), packed_picks(1)};
/// Activations as they are.
struct PlainRow {
  const int8_t* q;
  const int16_t* sums;  // of 16
  PairedScales scales;

  PlainRow(const ByteRow& x, int64_t n) noexcept : q(x.q), sums(x.sums), scales(x.scales, n) {}
};

template <class F>
struct FourBlocks {
  using Row = PlainRow;

  const typename F::Block* at[4];
  GroupScales groups[4];

  FRESHET_INLINE explicit FourBlocks(const typename F::Block* const (&blocks)[4])
      : at{blocks[0], blocks[1], blocks[2], blocks[3]} {
    for (int i = 0; i < 4; ++i) groups[i] = F::template scales<T>(*at[i]);
  }
  FRESHET_INLINE __m512i words(int i) const {
    return _mm512_castsi256_si512(T::load_bytes(groups[i].scale));
  }
  FRESHET_INLINE __m512i of_packed(int i, int half) const {
    return _mm512_permutexvar_epi16(kPackedPicks[half], words(i));
  }
  /// Sums of four in int16.
  FRESHET_INLINE __m512i packed(int i, const __m512i (&x)[4]) const {
    __m512i sums[4];
#pragma GCC unroll 4
    for (int pair = 0; pair < 4; ++pair) {
      sums[pair] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), unpack_64<F>(*at[i], pair), x[pair]);
    }
    return _mm512_dpwssd_epi32(
        _mm512_madd_epi16(_mm512_packs_epi32(sums[0], sums[1]), of_packed(i, 0)),
        _mm512_packs_epi32(sums[2], sums[3]), of_packed(i, 1));
  }
  /// The same of signed weights of up to 127, by their magnitudes: the signs go to the activations.
  FRESHET_INLINE __m512i pairs(int i, const __m512i (&x)[4]) const {
    __m512i sum = _mm512_setzero_si512();
#pragma GCC unroll 4
    for (int pair = 0; pair < 4; ++pair) {
      const __m512i w = unpack_64<F>(*at[i], pair);
      const __m512i signed_x =
          _mm512_mask_sub_epi8(x[pair], _mm512_movepi8_mask(w), _mm512_setzero_si512(), x[pair]);
      sum = _mm512_dpwssd_epi32(sum, _mm512_maddubs_epi16(_mm512_abs_epi8(w), signed_x),
                                _mm512_permutexvar_epi16(kPairPicks[pair], words(i)));
    }
    return sum;
  }
  FRESHET_INLINE __m512i products(int i, const __m512i (&x)[4], const Row& row, int64_t b) const {
    __m512i sum = _mm512_setzero_si512();
    if constexpr (F::kSigned) {
      sum = pairs(i, x);
    } else {
      sum = packed(i, x);
    }
    if constexpr (F::kOffset != 0) {
      const __m256i negative =
          _mm256_mullo_epi16(_mm512_castsi512_si256(words(i)), _mm256_set1_epi16(-F::kOffset));
      sum = _mm512_dpwssd_epi32(sum, _mm512_zextsi256_si512(negative),
                                _mm512_zextsi256_si512(T::load_bytes(row.sums + b * 16)));
    }
    return sum;
  }
  FRESHET_INLINE __m256 factors() const {
    const auto word = [](uint16_t half)
                          FRESHET_INLINE_LAMBDA { return static_cast<int16_t>(half); };
    __m128i halves =
        _mm_setr_epi16(word(at[0]->d), word(at[1]->d), word(at[2]->d), word(at[3]->d), 0, 0, 0, 0);
    if constexpr (F::kHasMin) {
      halves = _mm_setr_epi16(word(at[0]->d), word(at[1]->d), word(at[2]->d), word(at[3]->d),
                              word(at[0]->dmin), word(at[1]->dmin), word(at[2]->dmin),
                              word(at[3]->dmin));
    }
    return _mm256_cvtph_ps(halves);
  }
  FRESHET_INLINE __m128i min_products(const Row& row, int64_t b, int64_t next) const {
    const auto of = [&](int i) FRESHET_INLINE_LAMBDA {
      const int16_t* sums = row.sums + (b + i / 2 * next) * 16;
      return _mm512_zextsi256_si512(
          _mm256_madd_epi16(T::load_bytes(groups[i].min), T::load_bytes(sums)));
    };
    return sum_of_each(of(0), of(1), of(2), of(3));
  }
};

}  // namespace freshet::kernels::avx512
