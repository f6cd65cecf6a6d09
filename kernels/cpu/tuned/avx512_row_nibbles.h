// AVX-512: rows of Q4_K and Q5_K, for decoding: two rows, two super-blocks of each at a time.
//
// The exact sums of dot_bytes.h by another route. vpdpbusd leaves sums of four products, which fit
// int16 (4 * 31 * 127 < 2^15): two vectors of them are packed into one, and vpmaddwd multiplies by
// the groups' scales and adds, so that scaling costs no instruction of its own. What four
// super-blocks have in common is done once: their scales, their reduction, the floats of both rows
// side by side in a register. What rows have in common is done once for all rows of a task: the
// activations are put in the order in which 64 bytes of nibbles come apart.
//
// One core of a Zen 4, k 2048, Q4_K: 31 GB/s from cache and 26 from memory that is read with 27.5;
// 24 and 19 the way avx512_row_256.h goes. Tried and left out there: groups in quarters of a
// register, so that two vpdpbusd add into one, since a load of 16 bytes into four places costs as
// much as one of 64 (23 GB/s).
#pragma once

#include <cstring>

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/tuned/avx512_unpack.h"

namespace freshet::kernels::avx512 {

/// Activations as these rows read them.
struct OrderedRow {
  static constexpr int64_t kMost = 64;  ///< super-blocks, of which there is room for

  alignas(64) int8_t q[kMost * 256];     ///< groups of 32: 0 2, 1 3, 4 6, 5 7
  alignas(64) int16_t sums[kMost * 16];  ///< of 32; of each pair of blocks [b b next next]
  alignas(64) float scales[kMost * 4];   ///< likewise, and the same negated

  /// n super-blocks, at most kMost.
  OrderedRow(const ByteRow& x, int64_t n) noexcept {
    if (n % 2 != 0) {  // the block that is not there
      std::memset(sums + n / 2 * 32, 0, 64);
      std::memset(scales + n / 2 * 8, 0, 32);
    }
    for (int64_t b = 0; b < n; ++b) {
      for (int half = 0; half < 2; ++half) {
        const __m512i* from = reinterpret_cast<const __m512i*>(x.q + b * 256 + half * 128);
        const __m512i first = _mm512_loadu_si512(from), second = _mm512_loadu_si512(from + 1);
        int8_t* to = q + b * 256 + half * 128;
        // [0 1][2 3] to [0 2][1 3], in groups of 32.
        _mm512_store_si512(to, _mm512_shuffle_i64x2(first, second, 0x44));
        _mm512_store_si512(to + 64, _mm512_shuffle_i64x2(first, second, 0xEE));
      }
      const __m128i of_32 = _mm256_cvtepi32_epi16(
          _mm256_madd_epi16(T::load_bytes(x.sums + b * 16), _mm256_set1_epi16(1)));
      const int64_t pair = b / 2, second = b % 2;
      _mm256_store_si256(reinterpret_cast<__m256i*>(sums + pair * 32 + second * 16),
                         _mm256_broadcastsi128_si256(of_32));
      for (int i = 0; i < 2; ++i) {
        scales[pair * 8 + second * 2 + i] = x.scales[b];
        scales[pair * 8 + second * 2 + i + 4] = -x.scales[b];
      }
    }
  }
};

/// [a b c d], the first 16 bytes of each.
FRESHET_INLINE __m512i load_heads(const void* const (&at)[4]) {
  const auto load = [&](int i) FRESHET_INLINE_LAMBDA {
    return _mm_loadu_si128(static_cast<const __m128i*>(at[i]));
  };
  __m512i v = _mm512_broadcast_i32x4(load(0));
  v = _mm512_mask_broadcast_i32x4(v, 0x00F0, load(1));
  v = _mm512_mask_broadcast_i32x4(v, 0x0F00, load(2));
  return _mm512_mask_broadcast_i32x4(v, 0xF000, load(3));
}

/// Four vectors of sixteen to the sums of each: [a, b, c, d]. Blends, which any port takes, spare
/// half of the shuffles.
FRESHET_INLINE __m128i sum_of_each(__m512i a, __m512i b, __m512i c, __m512i d) {
  const auto two = [](__m512i p, __m512i q) FRESHET_INLINE_LAMBDA {  // [p q p q ...]
    return _mm512_add_epi32(
        _mm512_mask_blend_epi32(0xAAAA, p, q),
        _mm512_shuffle_epi32(_mm512_mask_blend_epi32(0x5555, p, q), _MM_PERM_CDAB));
  };
  const __m512i ab = two(a, b), cd = two(c, d);
  const __m512i abcd =
      _mm512_add_epi32(_mm512_mask_blend_epi64(0xAA, ab, cd),
                       _mm512_shuffle_epi32(_mm512_mask_blend_epi64(0x55, ab, cd), _MM_PERM_BADC));
  const __m256i half =
      _mm256_add_epi32(_mm512_castsi512_si256(abcd), _mm512_extracti64x4_epi64(abcd, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

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

/// A super-block's products by their scales, not yet added across lanes.
template <class F>
FRESHET_INLINE __m512i ordered_sum(const typename F::Block& block, const __m512i (&x)[4],
                                   const __m512i (&scales)[2]) {
  __m512i sums[4];
#pragma GCC unroll 2
  for (int half = 0; half < 2; ++half) {
    __m512i low, high;
    if constexpr (F::kId == Format::Q4_K) {
      const __m512i both = _mm512_loadu_si512(block.q + 64 * half);
      low = _mm512_and_si512(both, _mm512_set1_epi8(15));
      high = affine(both, kHighNibbles);
    } else {
      const __m512i both = _mm512_loadu_si512(block.low + 64 * half);
      const __m512i fifth = load_twice(block.high);
      constexpr int kAndOr = 0xEA;  // (a & b) | c
      low = _mm512_ternarylogic_epi64(both, _mm512_set1_epi8(15),
                                      affine(fifth, kFifthBits[half][0]), kAndOr);
      high = _mm512_or_si512(affine(both, kHighNibbles), affine(fifth, kFifthBits[half][1]));
    }
    sums[2 * half] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), low, x[2 * half]);
    sums[2 * half + 1] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), high, x[2 * half + 1]);
  }
  return _mm512_dpwssd_epi32(_mm512_madd_epi16(_mm512_packs_epi32(sums[0], sums[1]), scales[0]),
                             _mm512_packs_epi32(sums[2], sums[3]), scales[1]);
}

/// Super-blocks b and, where kBlocks is 2, b + 1 of two rows onto their sums: [first, second, ..].
template <class F, int kBlocks>
FRESHET_INLINE __m128 add_blocks(const typename F::Block* first, const typename F::Block* second,
                                 int64_t b, const OrderedRow& x, __m128 acc) {
  constexpr int64_t next = kBlocks - 1;
  const typename F::Block* const at[4] = {first + b, second + b, first + b + next,
                                          second + b + next};
  const __m512i heads = load_heads({at[0], at[1], at[2], at[3]});
  const __m512i bytes = scale_bytes(heads);
  __m512i products[4];
#pragma GCC unroll 2
  for (int i = 0; i < kBlocks; ++i) {
    const int8_t* q = x.q + (b + i) * 256;
    const __m512i xs[4] = {_mm512_load_si512(q), _mm512_load_si512(q + 64),
                           _mm512_load_si512(q + 128), _mm512_load_si512(q + 192)};
#pragma GCC unroll 2
    for (int j = 2 * i; j < 2 * i + 2; ++j) {
      constexpr __mmask64 kLowBytes = 0x5555555555555555;
      const __m512i scales[2] = {
          _mm512_maskz_permutexvar_epi8(kLowBytes, kScalePicks[j][0], bytes),
          _mm512_maskz_permutexvar_epi8(kLowBytes, kScalePicks[j][1], bytes)};
      products[j] = ordered_sum<F>(*at[j], xs, scales);
      if (kBlocks == 1) products[j + 2] = products[j];
    }
  }
  // Minima by sums of 32: four sums in each 128 bits, to be added.
  __m512i mins = _mm512_madd_epi16(_mm512_unpackhi_epi8(bytes, _mm512_setzero_si512()),
                                   _mm512_load_si512(x.sums + b * 16));
  mins = _mm512_add_epi32(mins, _mm512_shuffle_epi32(mins, _MM_PERM_CDAB));
  mins = _mm512_add_epi32(mins, _mm512_shuffle_epi32(mins, _MM_PERM_BADC));
  const __m128 min_product = _mm_cvtepi32_ps(_mm512_castsi512_si128(
      _mm512_permutexvar_epi32(_mm512_castsi128_si512(_mm_setr_epi32(0, 4, 8, 12)), mins)));
  const __m128 product =
      _mm_cvtepi32_ps(sum_of_each(products[0], products[1], products[2], products[3]));
  // Words 0 and 1 of each head: [d d d d m m m m].
  const __m512i d_and_m = _mm512_permutexvar_epi16(
      _mm512_castsi128_si512(_mm_setr_epi16(0, 8, 16, 24, 1, 9, 17, 25)), heads);
  const __m256 factors = _mm256_mul_ps(_mm256_cvtph_ps(_mm512_castsi512_si128(d_and_m)),
                                       _mm256_load_ps(x.scales + b * 4));
  const __m128 scale = _mm256_castps256_ps128(factors);
  const __m128 min = _mm256_extractf128_ps(factors, 1);
  acc = _mm_fmadd_ps(scale, product, acc);
  acc = _mm_fmadd_ps(min, min_product, acc);
  if constexpr (kBlocks == 2) {
    const auto upper = [](__m128 v) FRESHET_INLINE_LAMBDA { return _mm_movehl_ps(v, v); };
    acc = _mm_fmadd_ps(upper(scale), upper(product), acc);
    acc = _mm_fmadd_ps(upper(min), upper(min_product), acc);
  }
  return acc;
}

/// Every row with every column, a few of them; at most OrderedRow::kMost super-blocks in a row.
template <class F>
void multiply_ordered_rows(const MatrixProduct& p) noexcept {
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  const int64_t n = p.k / 256;
  const int half = (p.rows + 1) / 2;  // an odd row in the middle is its own partner
  for (int c = 0; c < p.columns; ++c) {
    const OrderedRow x(ByteRow::at(p.activation_row(c), layout), n);
    float* out = p.out + c * p.out_stride;
    for (int r = 0; r < half; ++r) {
      const auto* first = reinterpret_cast<const typename F::Block*>(p.weight_row(r));
      const auto* second =
          reinterpret_cast<const typename F::Block*>(p.weight_row(p.rows - half + r));
      __m128 acc = _mm_setzero_ps();
      int64_t b = 0;
      for (; b + 2 <= n; b += 2) {
        prefetch_ahead<2 * sizeof(*first)>(first + b);
        prefetch_ahead<2 * sizeof(*second)>(second + b);
        acc = add_blocks<F, 2>(first, second, b, x, acc);
      }
      if (b < n) acc = add_blocks<F, 1>(first, second, b, x, acc);
      out[r] = acc[0];
      out[p.rows - half + r] = acc[1];
    }
  }
}

}  // namespace freshet::kernels::avx512
