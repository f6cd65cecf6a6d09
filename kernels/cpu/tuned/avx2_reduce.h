// AVX2 and AVX-VNNI: vectors that move between lanes.
#pragma once

#include "kernels/cpu/simd/avx2.h"
#include "kernels/cpu/tuned/avx2_words.h"

namespace freshet::kernels::avx2 {

/// Holds the compiler to the order of additions: it would keep all products and add them as a tree.
FRESHET_INLINE __m256i in_order(__m256i sum) {
  asm("" : "+x"(sum));
  return sum;
}

/// Holds the compiler to what is written in memory: it would replace loads that broadcast, which
/// are free, by two shuffles of the register that was stored.
template <class Stored>
FRESHET_INLINE void stays_in_memory(Stored& stored) {
  asm("" : "+m"(stored));
}

FRESHET_INLINE __m256i load_two(const void* low, const void* high) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(Avx2::load_128(low)), Avx2::load_128(high),
                                 1);
}

/// The 16 bytes at `low` and those at `high`, 16 or more behind; 16 more are read behind `low` and
/// before `high`. A blend has all ports of Zen 3 where an insertion has one.
FRESHET_INLINE __m256i load_neighbours(const void* low, const void* high) {
  return _mm256_blend_epi32(Avx2::load_bytes(low),
                            Avx2::load_bytes(static_cast<const char*>(high) - 16), 0xF0);
}

/// Four vectors to the sums of each of their 128 bits: [a b c d | a b c d].
FRESHET_INLINE __m256i reduce_halves(const __m256i (&v)[4]) {
  const auto add_pairs = [](__m256i a, __m256i b) FRESHET_INLINE_LAMBDA {  // [a b a b | a b a b]
    return _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
  };
  const __m256i ab = add_pairs(v[0], v[1]), cd = add_pairs(v[2], v[3]);
  return _mm256_add_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
}

/// The same for words, sums of four products of weights of F each.
template <class F>
FRESHET_INLINE __m256i reduce_words(const __m256i (&v)[4]) {
  static_assert(fits_word<F>(8));
  const __m256i ones = _mm256_set1_epi16(1);
  const auto add_pairs = [](__m256i a, __m256i b) FRESHET_INLINE_LAMBDA {
    return _mm256_add_epi16(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
  };
  const __m256i ab = add_pairs(v[0], v[1]), cd = add_pairs(v[2], v[3]);
  if constexpr (fits_word<F>(16)) {
    return _mm256_madd_epi16(
        _mm256_add_epi16(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd)), ones);
  } else {
    const __m256i ab_sums = _mm256_madd_epi16(ab, ones), cd_sums = _mm256_madd_epi16(cd, ones);
    return _mm256_add_epi32(_mm256_unpacklo_epi64(ab_sums, cd_sums),
                            _mm256_unpackhi_epi64(ab_sums, cd_sums));
  }
}

/// Two vectors to the sums of their halves: those of a, those of b.
FRESHET_INLINE __m256i add_halves(__m256i a, __m256i b) {
  return _mm256_add_epi32(_mm256_blend_epi32(a, b, 0xF0), _mm256_permute2x128_si256(a, b, 0x21));
}

/// A word per row of two blocks, of(row, block): the rows of the first, the rows of the second.
template <class Of>
FRESHET_INLINE __m128i words_of(const Of& of) {
  const auto word = [&](int i)
                        FRESHET_INLINE_LAMBDA { return static_cast<int16_t>(of(i % 4, i / 4)); };
  return _mm_setr_epi16(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7));
}
/// The same for halves.
template <class Of>
FRESHET_INLINE __m256 halves_of(const Of& of) {
  return _mm256_cvtph_ps(words_of(of));
}

/// Four bytes per row of two blocks, at of(row, block), in the same order.
template <class Of>
FRESHET_INLINE __m256i pairs_of(const Of& of) {
  const auto pair = [&](int i) FRESHET_INLINE_LAMBDA {
    int32_t bytes = 0;
    __builtin_memcpy(&bytes, of(i % 4, i / 4), 4);
    return bytes;
  };
  return _mm256_setr_epi32(pair(0), pair(1), pair(2), pair(3), pair(4), pair(5), pair(6), pair(7));
}

/// d | dmin of [first block: four rows | second block] to the scales and the minima of each block:
/// [row 0 .. 3 | row 0 .. 3].
FRESHET_INLINE void scales_and_minima(__m256i pairs, __m256 (&of_block)[2]) {
  const __m256i words =
      _mm256_shuffle_epi8(pairs, _mm256_broadcastsi128_si256(_mm_setr_epi8(
                                     0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15)));
  of_block[0] = _mm256_cvtph_ps(_mm256_castsi256_si128(words));
  of_block[1] = _mm256_cvtph_ps(_mm256_extracti128_si256(words, 1));
}

/// Eight rows of eight dwords to eight columns.
FRESHET_INLINE void transpose(__m256i (&v)[8]) {
  __m256i pairs[8], quads[8];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    pairs[2 * i] = _mm256_unpacklo_epi32(v[2 * i], v[2 * i + 1]);
    pairs[2 * i + 1] = _mm256_unpackhi_epi32(v[2 * i], v[2 * i + 1]);
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {  // quads[4 i + j]: column j, and 4 + j in the upper half
    quads[4 * i] = _mm256_unpacklo_epi64(pairs[4 * i], pairs[4 * i + 2]);
    quads[4 * i + 1] = _mm256_unpackhi_epi64(pairs[4 * i], pairs[4 * i + 2]);
    quads[4 * i + 2] = _mm256_unpacklo_epi64(pairs[4 * i + 1], pairs[4 * i + 3]);
    quads[4 * i + 3] = _mm256_unpackhi_epi64(pairs[4 * i + 1], pairs[4 * i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    v[i] = _mm256_permute2x128_si256(quads[i], quads[4 + i], 0x20);
    v[4 + i] = _mm256_permute2x128_si256(quads[i], quads[4 + i], 0x31);
  }
}

}  // namespace freshet::kernels::avx2
