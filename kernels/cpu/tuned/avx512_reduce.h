// AVX-512: sums of several vectors at once.
#pragma once

#include "kernels/cpu/simd/avx512.h"

namespace freshet::kernels::avx512 {

/// In each 128 bits the sums of four vectors' there: [a, b, c, d].
FRESHET_INLINE __m512i sums_in_quarters(__m512i a, __m512i b, __m512i c, __m512i d) {
  const auto two = [](__m512i p, __m512i q) FRESHET_INLINE_LAMBDA {  // [p q p q ...]
    return _mm512_add_epi32(_mm512_unpacklo_epi32(p, q), _mm512_unpackhi_epi32(p, q));
  };
  const __m512i ab = two(a, b), cd = two(c, d);
  return _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
}

/// Four vectors of sixteen to the sums of each: [a, b, c, d].
FRESHET_INLINE __m128i sum_of_each(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m512i quarters = sums_in_quarters(a, b, c, d);
  const __m256i half =
      _mm256_add_epi32(_mm512_castsi512_si256(quarters), _mm512_extracti64x4_epi64(quarters, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/// The sum of each quarter.
FRESHET_INLINE __m128i sums_of_quarters(__m512i v) {
  v = _mm512_add_epi32(v, _mm512_shuffle_epi32(v, _MM_PERM_CDAB));
  v = _mm512_add_epi32(v, _mm512_shuffle_epi32(v, _MM_PERM_BADC));
  return _mm512_castsi512_si128(
      _mm512_permutexvar_epi32(_mm512_castsi128_si512(_mm_setr_epi32(0, 4, 8, 12)), v));
}

}  // namespace freshet::kernels::avx512
