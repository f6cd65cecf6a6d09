// AVX2 and AVX-VNNI: rows of blocks of 32 with a row of activations, for decoding: four rows, two
// blocks of each at a time.
//
// The exact sums of dot_bytes.h by another route. A block's 16 bytes of nibbles are half a
// register, and the activations lie in the same order: first halves of two blocks, then the second
// ones. So the sums of four rows become four lanes, and the float chains of the rows go side by
// side.
#pragma once

#include <cstring>

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/tuned/avx2_reduce.h"
#include "kernels/cpu/tuned/rows.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels::avx2 {

/// Activations as these rows read them; what is one per block stands four times, once per row.
template <class T, class F>
struct HalvedRow {
  static constexpr int64_t kBlocks = kLongestRow / 32;
  static constexpr int kBias = kByteBias<F, T>;
  alignas(32) int8_t q[kBlocks * 32];  ///< of two blocks: first halves, then second ones
  alignas(32) float scales[kBlocks * 4];
  alignas(32) int32_t bias[kBias != 0 ? kBlocks * 4 : 8];  ///< kBias times the sum
  alignas(32) float sums[F::kHasMin ? kBlocks * 4 : 8];    ///< of q, where there are minima

  HalvedRow(const ByteRow& x, int64_t n) noexcept {
    for (int64_t b = 0; b < n; ++b) {
      int8_t* to = q + b / 2 * 64 + b % 2 * 16;
      std::memcpy(to, x.q + b * 32, 16);
      std::memcpy(to + 32, x.q + b * 32 + 16, 16);
      const int32_t sum = x.sums[b];
      _mm_store_ps(scales + b * 4, _mm_set1_ps(x.scales[b]));
      if constexpr (F::kHasMin) _mm_store_ps(sums + b * 4, _mm_set1_ps(static_cast<float>(sum)));
      if constexpr (kBias != 0) {
        _mm_store_si128(reinterpret_cast<__m128i*>(bias + b * 4), _mm_set1_epi32(kBias * sum));
      }
    }
    if (n % 2 != 0) {  // the block that is not there
      std::memset(q + n / 2 * 64 + 16, 0, 16);
      std::memset(q + n / 2 * 64 + 48, 0, 16);
    }
  }
};

/// The fifth bits of two blocks, bits kFirst .. kFirst + 15 of each word, as bit 4 of bytes.
template <int kFirst>
FRESHET_INLINE __m256i fifth_bits(__m256i words) {
  constexpr char a = kFirst / 8, b = a + 1;
  const __m256i bit = _mm256_set1_epi64x(static_cast<int64_t>(0x8040201008040201u));
  const __m256i holder = _mm256_shuffle_epi8(
      words,
      _mm256_broadcastsi128_si256(_mm_setr_epi8(a, a, a, a, a, a, a, a, b, b, b, b, b, b, b, b)));
  return _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_and_si256(holder, bit), bit),
                          _mm256_set1_epi8(16));
}

/// Weights 0..15 of two blocks, and 16..31, as F::unpack gives them.
template <class F>
FRESHET_INLINE void unpack_two(const typename F::Block& first, const typename F::Block& second,
                               __m256i& low, __m256i& high) {
  low = load_two(first.q, second.q);
  if constexpr (F::kId == Format::Q8_0) {
    high = load_two(first.q + 16, second.q + 16);
  } else {
    high = _mm256_and_si256(_mm256_srli_epi16(low, 4), _mm256_set1_epi8(15));
    low = _mm256_and_si256(low, _mm256_set1_epi8(15));
    if constexpr (F::kId == Format::Q5_0 || F::kId == Format::Q5_1) {
      const __m256i words = _mm256_set_m128i(_mm_set1_epi32(static_cast<int32_t>(second.high)),
                                             _mm_set1_epi32(static_cast<int32_t>(first.high)));
      low = _mm256_or_si256(low, fifth_bits<0>(words));
      high = _mm256_or_si256(high, fifth_bits<16>(words));
    } else if constexpr (F::kId == Format::IQ4_NL || F::kId == Format::MXFP4) {
      const __m256i table =
          Avx2::load_bytes_twice(F::kId == Format::IQ4_NL ? kIq4Values : kMxfp4Values);
      low = _mm256_shuffle_epi8(table, low);
      high = _mm256_shuffle_epi8(table, high);
    }
  }
}

/// Sums of each block in four lanes, kByteBias times the activations' more than they mean.
template <class T, class F>
FRESHET_INLINE __m256i dot_two(__m256i low, __m256i high, __m256i x_low, __m256i x_high) {
  const __m256i zero = _mm256_setzero_si256();
  if constexpr (F::kSigned) {
    return T::dot_signed(T::dot_signed(zero, low, x_low), high, x_high);
  } else if constexpr (T::kSignedBias == 0) {  // words hold both halves: at most 4 * 31 * 127
    return _mm256_madd_epi16(
        _mm256_add_epi16(_mm256_maddubs_epi16(low, x_low), _mm256_maddubs_epi16(high, x_high)),
        _mm256_set1_epi16(1));
  } else {
    return T::dot(T::dot(zero, low, x_low), high, x_high);
  }
}

/// In each 128 bits the sums of four vectors' there: [a, b, c, d].
FRESHET_INLINE __m256i sums_in_halves(__m256i a, __m256i b, __m256i c, __m256i d) {
  const auto two = [](__m256i p, __m256i q) FRESHET_INLINE_LAMBDA {  // [p q p q ...]
    return _mm256_add_epi32(
        _mm256_blend_epi32(p, q, 0xAA),
        _mm256_shuffle_epi32(_mm256_blend_epi32(q, p, 0xAA), _MM_SHUFFLE(2, 3, 0, 1)));
  };
  const __m256i ab = two(a, b), cd = two(c, d);
  return _mm256_add_epi32(
      _mm256_blend_epi32(ab, cd, 0xCC),
      _mm256_shuffle_epi32(_mm256_blend_epi32(cd, ab, 0xCC), _MM_SHUFFLE(1, 0, 3, 2)));
}

/// Two blocks of each of four rows onto their sums; of the second, where `both`.
template <class T, class F>
FRESHET_INLINE __m128 add_two_blocks(const typename F::Block* const (&at)[4], int64_t b, bool both,
                                     const HalvedRow<T, F>& x, __m128 acc) {
  const __m256i x_low = T::load_bytes(x.q + b * 32), x_high = T::load_bytes(x.q + b * 32 + 32);
  __m256i dots[4];
#pragma GCC unroll 4
  for (int r = 0; r < 4; ++r) {
    __m256i low, high;
    unpack_two<F>(at[r][0], at[r][both], low, high);
    dots[r] = dot_two<T, F>(low, high, x_low, x_high);
  }
  __m256i sums = sums_in_halves(dots[0], dots[1], dots[2], dots[3]);
  if constexpr (kByteBias<F, T> != 0) sums = _mm256_sub_epi32(sums, T::load_bytes(x.bias + b * 4));
  const __m256 products = _mm256_cvtepi32_ps(sums), dx = _mm256_load_ps(x.scales + b * 4);
  __m256 d;
  if constexpr (F::kId == Format::MXFP4) {
    d = _mm256_setr_ps(F::power(at[0][0].e), F::power(at[1][0].e), F::power(at[2][0].e),
                       F::power(at[3][0].e), F::power(at[0][both].e), F::power(at[1][both].e),
                       F::power(at[2][both].e), F::power(at[3][both].e));
  } else {
    d = halves_of([&](int r, int i) FRESHET_INLINE_LAMBDA { return at[r][i & both].d; });
  }
  const __m256 scales = _mm256_mul_ps(d, dx);
  if constexpr (F::kHasMin) {
    const __m256 mins = _mm256_mul_ps(
        halves_of([&](int r, int i) FRESHET_INLINE_LAMBDA { return at[r][i & both].m; }), dx);
    const __m256 x_sums = _mm256_load_ps(x.sums + b * 4);
    acc = _mm_fmadd_ps(_mm256_castps256_ps128(scales), _mm256_castps256_ps128(products), acc);
    acc = _mm_fmadd_ps(_mm256_castps256_ps128(mins), _mm256_castps256_ps128(x_sums), acc);
    if (!both) return acc;
    acc = _mm_fmadd_ps(_mm256_extractf128_ps(scales, 1), _mm256_extractf128_ps(products, 1), acc);
    return _mm_fmadd_ps(_mm256_extractf128_ps(mins, 1), _mm256_extractf128_ps(x_sums, 1), acc);
  } else {
    acc = _mm_fmadd_ps(_mm256_castps256_ps128(scales), _mm256_castps256_ps128(products), acc);
    if (!both) return acc;
    return _mm_fmadd_ps(_mm256_extractf128_ps(scales, 1), _mm256_extractf128_ps(products, 1), acc);
  }
}

/// Every row with every column, a few of them; rows of kLongestRow weights at most.
template <class T, class F>
void multiply_rows_32(const MatrixProduct& p) noexcept {
  if (p.k > kLongestRow) return multiply_bytes<T, F>(p);
  using Block = typename F::Block;
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  const int64_t n = p.k / 32;
  for (int c = 0; c < p.columns; ++c) {
    const HalvedRow<T, F> x(ByteRow::at(p.activation_row(c), layout), n);
    float* out = p.out + c * p.out_stride;
    RowStreams<4, kNearAhead> streams(p);
    while (streams.next()) {
      const Block* at[4];
      for (int i = 0; i < 4; ++i) {
        at[i] = reinterpret_cast<const Block*>(streams.at(i));
      }
      __m128 acc = _mm_setzero_ps();
      int64_t b = 0;
      for (; b + 4 <= n; b += 4) {
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) streams.ask<0, 4 * sizeof(Block)>(i, at[i]);
#pragma GCC unroll 2
        for (int two = 0; two < 4; two += 2) {
          acc = add_two_blocks<T, F>({at[0] + two, at[1] + two, at[2] + two, at[3] + two}, b + two,
                                     true, x, acc);
        }
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) at[i] += 4;
      }
      for (; b < n; b += 2) {
        acc = add_two_blocks<T, F>(at, b, b + 1 < n, x, acc);
        for (int i = 0; i < 4; ++i) at[i] += 2;
      }
      for (int i = 0; i < 4; ++i) out[streams.row(i)] = acc[i];
    }
  }
}

}  // namespace freshet::kernels::avx2
