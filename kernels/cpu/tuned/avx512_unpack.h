// AVX-512: weights as bytes, 64 at a time, for the row kernels. A load that repeats 16 or 32 bytes
// costs no instruction, and one vgf2p8affineqb then moves other bits in each part of the register.
#pragma once

#include "kernels/cpu/simd/avx512.h"
#include "kernels/cpu/tuned/rows.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels::avx512 {

using T = Avx512Vnni;

FRESHET_INLINE __m512i load_twice(const void* p) {
  return _mm512_broadcast_i64x4(_mm256_loadu_si256(static_cast<const __m256i*>(p)));
}
/// [p p q q], 16 bytes each.
FRESHET_INLINE __m512i load_pairs(const void* p, const void* q) {
  const __m512i first = _mm512_broadcast_i32x4(_mm_loadu_si128(static_cast<const __m128i*>(p)));
  return _mm512_mask_broadcast_i32x4(first, 0xFF00,
                                     _mm_loadu_si128(static_cast<const __m128i*>(q)));
}

/// [a b c d], 16 bytes from each.
FRESHET_INLINE __m512i load_four(const void* a, const void* b, const void* c, const void* d) {
  const auto load = [](const void* p) FRESHET_INLINE_LAMBDA {
    return _mm_loadu_si128(static_cast<const __m128i*>(p));
  };
  __m512i v = _mm512_broadcast_i32x4(load(a));
  v = _mm512_mask_broadcast_i32x4(v, 0x00F0, load(b));
  v = _mm512_mask_broadcast_i32x4(v, 0x0F00, load(c));
  return _mm512_mask_broadcast_i32x4(v, 0xF000, load(d));
}
/// Words 0 of each quarter, then words 1, as floats.
FRESHET_INLINE __m256 first_halves(__m512i v) {
  const __m512i words = _mm512_permutexvar_epi16(
      _mm512_castsi128_si512(_mm_setr_epi16(0, 8, 16, 24, 1, 9, 17, 25)), v);
  return _mm256_cvtph_ps(_mm512_castsi512_si128(words));
}

/// A register that lies in memory: loading it is cheaper than making it.
struct alignas(64) Constant {
  uint64_t parts[8];
  FRESHET_INLINE operator __m512i() const { return _mm512_load_si512(parts); }
};

/// The bit matrix that moves bits from .. from + n - 1 to `to` and up, and clears the others: byte
/// 7 - i holds the input bits whose parity is output bit i (Intel's manual, GF2P8AFFINEQB).
constexpr uint64_t move_bits(int from, int n, int to) {
  uint64_t matrix = 0;
  for (int i = 0; i < n; ++i) matrix |= uint64_t{1} << (8 * (7 - (to + i)) + from + i);
  return matrix;
}
constexpr Constant halves(uint64_t low, uint64_t high) {
  return {{low, low, low, low, high, high, high, high}};
}
FRESHET_INLINE __m512i affine(__m512i bytes, const Constant& matrix) {
  return _mm512_gf2p8affine_epi64_epi8(bytes, matrix, 0);
}

/// The same everywhere.
constexpr Constant everywhere(uint64_t matrix) { return halves(matrix, matrix); }
alignas(64) inline constexpr Constant kHighNibbles = everywhere(move_bits(4, 4, 0));

/// Added to weights of blocks of 32 so that they are unsigned.
template <class F>
inline constexpr int kRowOffset = F::kOffset + (F::kSigned ? 128 : 0);

FRESHET_INLINE __m512i look_up(const int8_t (&values)[16], uint8_t flip, __m512i index) {
  const __m128i table = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values)),
                                      _mm_set1_epi8(static_cast<char>(flip)));
  return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(table), index);
}

}  // namespace freshet::kernels::avx512
