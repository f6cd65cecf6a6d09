// AVX-512: weights as bytes, 64 at a time, for the row kernels. A load that repeats 16 or 32 bytes
// costs no instruction, and one vgf2p8affineqb then moves other bits in each part of the register.
#pragma once

#include "kernels/cpu/simd/avx512.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels::avx512 {

using T = Avx512Vnni;

/// Weights that a row may have where its activations are put in order on the stack; for longer
/// ones, which no model has, there is dot_bytes.h.
inline constexpr int64_t kLongestRow = 16384;

FRESHET_INLINE __m512i join(__m256i low, __m256i high) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}
FRESHET_INLINE __m512i load_twice(const void* p) {
  return _mm512_broadcast_i64x4(_mm256_loadu_si256(static_cast<const __m256i*>(p)));
}
/// [p p q q], 16 bytes each.
FRESHET_INLINE __m512i load_pairs(const void* p, const void* q) {
  const __m512i first = _mm512_broadcast_i32x4(_mm_loadu_si128(static_cast<const __m128i*>(p)));
  return _mm512_mask_broadcast_i32x4(first, 0xFF00,
                                     _mm_loadu_si128(static_cast<const __m128i*>(q)));
}

/// Asks for weights that a thread will read soon: kFar ahead into the second cache, which has room
/// for more requests on their way, and kNear ahead into the first. Measured on two cores of a Xeon
/// with 4 KiB pages that read 24 GB/s, two rows at a time: 8192/1024 19.5 GB/s, 4096/1024 22.0,
/// 3072/512 24.0, 2048/1024 23.8, 1024/512 21.5.
template <int kBytes>
FRESHET_INLINE void prefetch_ahead(const void* at) {
  constexpr int kFar = 3072, kNear = 512;
#pragma GCC unroll 16
  for (int line = 0; line < kBytes; line += 64) {
    _mm_prefetch(static_cast<const char*>(at) + kFar + line, _MM_HINT_T1);
    _mm_prefetch(static_cast<const char*>(at) + kNear + line, _MM_HINT_T0);
  }
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
constexpr Constant quarters(uint64_t even, uint64_t odd) {
  return {{even, even, odd, odd, even, even, odd, odd}};
}
FRESHET_INLINE __m512i affine(__m512i bytes, const Constant& matrix) {
  return _mm512_gf2p8affine_epi64_epi8(bytes, matrix, 0);
}

inline constexpr uint64_t kLowNibble = move_bits(0, 4, 0), kHighNibble = move_bits(4, 4, 0);
alignas(64) inline constexpr Constant kNibbleQuarters = quarters(kLowNibble, kHighNibble);
alignas(64) inline constexpr Constant kHighNibbles = halves(kHighNibble, kHighNibble);

/// For pair p of eight groups of n bits in a byte: groups 2p and 2p + 1 of four pairs.
constexpr Constant bit_halves(int pair, int n, int to) {
  return halves(move_bits(2 * pair * n, n, to), move_bits((2 * pair + 1) * n, n, to));
}
alignas(64) inline constexpr Constant kQ3KHigh[4] = {bit_halves(0, 1, 2), bit_halves(1, 1, 2),
                                                     bit_halves(2, 1, 2), bit_halves(3, 1, 2)};
alignas(64) inline constexpr Constant kTwoBits[2] = {bit_halves(0, 2, 0), bit_halves(1, 2, 0)};
alignas(64) inline constexpr Constant kQ6KHigh[2] = {bit_halves(0, 2, 4), bit_halves(1, 2, 4)};

/// Weights 64 pair .. 64 pair + 63 of a super-block, as F::unpack gives them.
template <class F>
FRESHET_INLINE __m512i unpack_64(const typename F::Block& block, int pair) {
  return join(F::template unpack<T>(block, 2 * pair), F::template unpack<T>(block, 2 * pair + 1));
}
template <>
FRESHET_INLINE __m512i unpack_64<Q2_K>(const Q2_K::Block& block, int pair) {
  return affine(load_twice(block.q + pair / 2 * 32), kTwoBits[pair % 2]);
}
template <>
FRESHET_INLINE __m512i unpack_64<Q3_K>(const Q3_K::Block& block, int pair) {
  return _mm512_or_si512(affine(load_twice(block.low + pair / 2 * 32), kTwoBits[pair % 2]),
                         affine(load_twice(block.high), kQ3KHigh[pair]));
}
template <>
FRESHET_INLINE __m512i unpack_64<Q6_K>(const Q6_K::Block& block, int pair) {
  const __m512i low = _mm512_loadu_si512(block.ql + pair / 2 * 64);
  const __m512i high = affine(load_twice(block.qh + pair / 2 * 32), kQ6KHigh[pair % 2]);
  if (pair % 2 != 0) return _mm512_or_si512(affine(low, kHighNibbles), high);
  constexpr int kAndOr = 0xEA;  // (a & b) | c
  return _mm512_ternarylogic_epi64(low, _mm512_set1_epi8(15), high, kAndOr);
}
template <>
FRESHET_INLINE __m512i unpack_64<IQ4_XS>(const IQ4_XS::Block& block, int pair) {
  const uint8_t* q = block.q + 32 * pair;
  const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kIq4Values));
  return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(values),
                             affine(load_pairs(q, q + 16), kNibbleQuarters));
}

/// Added to weights of blocks of 32 so that they are unsigned.
template <class F>
inline constexpr int kRowOffset = F::kOffset + (F::kSigned ? 128 : 0);

FRESHET_INLINE __m512i look_up(const int8_t (&values)[16], uint8_t flip, __m512i index) {
  const __m128i table = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values)),
                                      _mm_set1_epi8(static_cast<char>(flip)));
  return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(table), index);
}

}  // namespace freshet::kernels::avx512
