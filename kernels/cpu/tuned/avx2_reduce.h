// AVX2 and AVX-VNNI: vectors that move between lanes.
#pragma once

#include "kernels/cpu/simd/avx2.h"

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

/// Four vectors of eight to the sums of each: [a, b, c, d].
FRESHET_INLINE __m128i reduce_four(__m256i a, __m256i b, __m256i c, __m256i d) {
  const __m256i abcd = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
  return _mm_add_epi32(_mm256_castsi256_si128(abcd), _mm256_extracti128_si256(abcd, 1));
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
