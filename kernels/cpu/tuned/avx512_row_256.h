// AVX-512: four super-blocks of weights with activations, for decoding.
//
// The exact sums of dot_bytes.h by another route. vpdpbusd leaves sums of four products in 16
// lanes; where they fit int16 (weights up to 63: 4 * 63 * 127 < 2^15) two such vectors are packed
// into one, and vpdpwssd multiplies by the groups' scales and adds, so that scaling costs no
// instruction of its own. IQ4_XS reaches further and takes sums of two, by vpmaddubsw. Four
// super-blocks are then reduced together.
#pragma once

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/tuned/avx512_unpack.h"

namespace freshet::kernels::avx512 {

/// Four super-blocks, of one row or of two, and where their activations are, in super-blocks.
template <class F>
struct Four {
  const typename F::Block* block[4];
  int64_t at[4];
};

/// What four super-blocks add to their rows: scale * product, and min * min_product.
struct FourTerms {
  alignas(16) float scale[4], product[4], min[4], min_product[4];
};

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

FRESHET_INLINE __m128 four_halves(uint16_t a, uint16_t b, uint16_t c, uint16_t d) {
  return _mm_cvtph_ps(_mm_set_epi16(0, 0, 0, 0, static_cast<int16_t>(d), static_cast<int16_t>(c),
                                    static_cast<int16_t>(b), static_cast<int16_t>(a)));
}

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
/// The integer scales of four super-blocks, as words.
template <class F>
struct FourScales {
  GroupScales groups[4];

  FRESHET_INLINE explicit FourScales(const Four<F>& four) {
    for (int i = 0; i < 4; ++i) groups[i] = F::template scales<T>(*four.block[i]);
  }
  FRESHET_INLINE __m512i words(int i) const {
    return _mm512_castsi256_si512(T::load_bytes(groups[i].scale));
  }
  FRESHET_INLINE __m512i of_pair(int i, int pair) const {
    return _mm512_permutexvar_epi16(kPairPicks[pair], words(i));
  }
  FRESHET_INLINE __m512i of_packed(int i, int half) const {
    return _mm512_permutexvar_epi16(kPackedPicks[half], words(i));
  }
  FRESHET_INLINE __m512i min_product(int i, const int16_t* sums) const {
    return _mm512_zextsi256_si512(
        _mm256_madd_epi16(T::load_bytes(groups[i].min), T::load_bytes(sums)));
  }
  FRESHET_INLINE __m128i min_products(const int16_t* const (&sums)[4]) const {
    return reduce_four(min_product(0, sums[0]), min_product(1, sums[1]), min_product(2, sums[2]),
                       min_product(3, sums[3]));
  }
};

/// Sums of products with their scales, not yet added across lanes. Sums of four in int16.
template <class F>
FRESHET_INLINE __m512i sum_packed(const FourScales<F>& scales, const Four<F>& four, int i,
                                  const int8_t* q) {
  __m512i sums[4];
#pragma GCC unroll 4
  for (int pair = 0; pair < 4; ++pair) {
    sums[pair] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), unpack_64<F>(*four.block[i], pair),
                                     _mm512_loadu_si512(q + 64 * pair));
  }
  return _mm512_dpwssd_epi32(
      _mm512_madd_epi16(_mm512_packs_epi32(sums[0], sums[1]), scales.of_packed(i, 0)),
      _mm512_packs_epi32(sums[2], sums[3]), scales.of_packed(i, 1));
}

/// The same of signed weights of up to 127, by their magnitudes: the signs go to the activations.
template <class F>
FRESHET_INLINE __m512i sum_pairs(const FourScales<F>& scales, const Four<F>& four, int i,
                                 const int8_t* q) {
  __m512i sum = _mm512_setzero_si512();
#pragma GCC unroll 4
  for (int pair = 0; pair < 4; ++pair) {
    const __m512i w = unpack_64<F>(*four.block[i], pair);
    const __m512i x = _mm512_loadu_si512(q + 64 * pair);
    const __m512i signed_x =
        _mm512_mask_sub_epi8(x, _mm512_movepi8_mask(w), _mm512_setzero_si512(), x);
    sum = _mm512_dpwssd_epi32(sum, _mm512_maddubs_epi16(_mm512_abs_epi8(w), signed_x),
                              scales.of_pair(i, pair));
  }
  return sum;
}

template <class F>
FRESHET_INLINE FourTerms four_terms(const Four<F>& four, const ByteRow& x) {
  const FourScales<F> scales(four);
  const int16_t* x_sums[4];
  __m512i sums[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    x_sums[i] = x.sums + four.at[i] * 16;
    const int8_t* q = x.q + four.at[i] * 256;
    if constexpr (F::kSigned) {
      sums[i] = sum_pairs<F>(scales, four, i, q);
    } else {
      sums[i] = sum_packed<F>(scales, four, i, q);
    }
    if constexpr (F::kOffset != 0) {
      const __m256i negative = _mm256_mullo_epi16(_mm512_castsi512_si256(scales.words(i)),
                                                  _mm256_set1_epi16(-F::kOffset));
      sums[i] = _mm512_dpwssd_epi32(sums[i], _mm512_zextsi256_si512(negative),
                                    _mm512_zextsi256_si512(T::load_bytes(x_sums[i])));
    }
  }
  const auto* const* block = four.block;
  const __m128 dx = _mm_setr_ps(x.scales[four.at[0]], x.scales[four.at[1]], x.scales[four.at[2]],
                                x.scales[four.at[3]]);
  FourTerms terms;
  _mm_store_ps(terms.scale,
               _mm_mul_ps(four_halves(block[0]->d, block[1]->d, block[2]->d, block[3]->d), dx));
  _mm_store_ps(terms.product, _mm_cvtepi32_ps(reduce_four(sums[0], sums[1], sums[2], sums[3])));
  if constexpr (F::kHasMin) {
    const __m128 min = four_halves(block[0]->dmin, block[1]->dmin, block[2]->dmin, block[3]->dmin);
    _mm_store_ps(terms.min, _mm_mul_ps(_mm_xor_ps(min, _mm_set1_ps(-0.0f)), dx));
    _mm_store_ps(terms.min_product, _mm_cvtepi32_ps(scales.min_products(x_sums)));
  }
  return terms;
}

template <class F>
FRESHET_INLINE float add_terms(const FourTerms& t, int first, int n, float acc) {
#pragma GCC unroll 4
  for (int i = first; i < first + n; ++i) {
    acc = T::fma1(t.scale[i], t.product[i], acc);
    if constexpr (F::kHasMin) acc = T::fma1(t.min[i], t.min_product[i], acc);
  }
  return acc;
}

/// Blocks b .. b + n - 1 (n = 1, 2, 3) of two rows, onto sums. One block or two of each make one
/// group of four.
template <class F>
FRESHET_INLINE void add_rest(const typename F::Block* first, const typename F::Block* second,
                             int64_t b, int n, const ByteRow& x, float (&sums)[2]) {
  const typename F::Block *p = first + b, *q = second + b;
  if (n < 3) {
    const int64_t last = n - 1;
    const Four<F> both{{p, p + last, q, q + last}, {b, b + last, b, b + last}};
    const FourTerms terms = four_terms<F>(both, x);
    sums[0] = add_terms<F>(terms, 0, n, sums[0]);
    sums[1] = add_terms<F>(terms, 2, n, sums[1]);
    return;
  }
  const int64_t at[4] = {b, b + 1, b + 2, b + 2};
  sums[0] = add_terms<F>(four_terms<F>({{p, p + 1, p + 2, p + 2}, {at[0], at[1], at[2], at[3]}}, x),
                         0, 3, sums[0]);
  sums[1] = add_terms<F>(four_terms<F>({{q, q + 1, q + 2, q + 2}, {at[0], at[1], at[2], at[3]}}, x),
                         0, 3, sums[1]);
}

/// Two rows of n super-blocks with one row of activations.
template <class F>
FRESHET_INLINE void dot_two_rows_256(const char* first_row, const char* second_row, int64_t n,
                                     const ByteRow& x, float (&sums)[2]) {
  const auto* first = reinterpret_cast<const typename F::Block*>(first_row);
  const auto* second = reinterpret_cast<const typename F::Block*>(second_row);
  sums[0] = sums[1] = 0.0f;
  int64_t b = 0;
  for (; b + 4 <= n; b += 4) {
    const auto add_four = [&](const typename F::Block* p, float& sum) FRESHET_INLINE_LAMBDA {
      prefetch_ahead<4 * sizeof(*p)>(p + b);
      const Four<F> four{{p + b, p + b + 1, p + b + 2, p + b + 3}, {b, b + 1, b + 2, b + 3}};
      sum = add_terms<F>(four_terms<F>(four, x), 0, 4, sum);
    };
    add_four(first, sums[0]);
    add_four(second, sums[1]);
  }
  if (b < n) {
    prefetch_ahead<2 * sizeof(*first)>(first + b);
    prefetch_ahead<2 * sizeof(*second)>(second + b);
    add_rest<F>(first, second, b, static_cast<int>(n - b), x, sums);
  }
}

}  // namespace freshet::kernels::avx512
