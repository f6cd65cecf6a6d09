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
#include "kernels/cpu/tuned/avx2_words.h"
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

  void fill(const ByteRow& x, int64_t n) noexcept {
    for (int64_t b = 0; b < n; b += 2) {
      const __m256i first = Avx2::load_bytes(x.q + b * 32);
      const __m256i second =
          b + 1 < n ? Avx2::load_bytes(x.q + b * 32 + 32) : _mm256_setzero_si256();
      Avx2::store_bytes(q + b * 32, _mm256_permute2x128_si256(first, second, 0x20));
      Avx2::store_bytes(q + b * 32 + 32, _mm256_permute2x128_si256(first, second, 0x31));
    }
    for (int64_t b = 0; b < n; ++b) {
      const int32_t sum = x.sums[b];
      _mm_store_ps(scales + b * 4, _mm_set1_ps(x.scales[b]));
      if constexpr (F::kHasMin) _mm_store_ps(sums + b * 4, _mm_set1_ps(static_cast<float>(sum)));
      if constexpr (kBias != 0) {
        _mm_store_si128(reinterpret_cast<__m128i*>(bias + b * 4), _mm_set1_epi32(kBias * sum));
      }
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

/// Weights 0..15 of two neighbouring blocks, and 16..31, as F::unpack gives them.
template <class F, bool kBoth>
FRESHET_INLINE void unpack_two(const typename F::Block* at, __m256i& low, __m256i& high) {
  const auto sixteen = [&](int from) FRESHET_INLINE_LAMBDA {
    return kBoth ? load_neighbours(at[0].q + from, at[kBoth].q + from)
                 : load_two(at[0].q + from, at[0].q + from);
  };
  low = sixteen(0);
  if constexpr (F::kId == Format::Q8_0) {
    high = sixteen(16);
  } else {
    high = _mm256_and_si256(_mm256_srli_epi16(low, 4), _mm256_set1_epi8(15));
    low = _mm256_and_si256(low, _mm256_set1_epi8(15));
    if constexpr (F::kId == Format::Q5_0 || F::kId == Format::Q5_1) {
      const __m256i words =
          _mm256_blend_epi32(_mm256_set1_epi32(static_cast<int32_t>(at[0].high)),
                             _mm256_set1_epi32(static_cast<int32_t>(at[kBoth].high)), 0xF0);
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

/// Sums of the products of two blocks of four rows, kByteBias times the activations' more than they
/// mean: [first: row 0 .. 3 | second: row 0 .. 3].
template <class T, class F>
FRESHET_INLINE __m256i dot_two_blocks(const __m256i (&low)[4], const __m256i (&high)[4],
                                      __m256i x_low, __m256i x_high) {
  __m256i dots[4];
#pragma GCC unroll 4
  for (int r = 0; r < 4; ++r) {
    const __m256i zero = _mm256_setzero_si256();
    if constexpr (F::kSigned) {
      dots[r] = T::dot_signed(T::dot_signed(zero, low[r], x_low), high[r], x_high);
    } else if constexpr (T::kSignedBias == 0) {
      dots[r] = _mm256_add_epi16(_mm256_maddubs_epi16(low[r], x_low),
                                 _mm256_maddubs_epi16(high[r], x_high));
    } else {
      dots[r] = T::dot(T::dot(zero, low[r], x_low), high[r], x_high);
    }
  }
  if constexpr (F::kSigned || T::kSignedBias != 0) {
    return reduce_halves(dots);
  } else {
    return reduce_words<F>(dots);
  }
}

/// Scales of two blocks of four rows: [first | second].
template <class F, bool kBoth>
FRESHET_INLINE __m256 block_scales(const typename F::Block* const (&at)[4]) {
  if constexpr (F::kId == Format::MXFP4) {                          // F::power of each
    const auto e_and_q = [&](int r, int i) FRESHET_INLINE_LAMBDA {  // simpler than the byte alone
      int16_t word = 0;
      std::memcpy(&word, &at[r][i * kBoth], 2);
      return word;
    };
    const __m256i e = _mm256_cvtepu16_epi32(_mm_and_si128(words_of(e_and_q), _mm_set1_epi16(255)));
    const __m256i normal = _mm256_slli_epi32(_mm256_sub_epi32(e, _mm256_set1_epi32(1)), 23);
    const __m256i subnormal = _mm256_sllv_epi32(_mm256_set1_epi32(0x00200000), e);
    return _mm256_castsi256_ps(
        _mm256_blendv_epi8(normal, subnormal, _mm256_cmpgt_epi32(_mm256_set1_epi32(2), e)));
  } else {
    return halves_of([&](int r, int i) FRESHET_INLINE_LAMBDA { return at[r][i * kBoth].d; });
  }
}

/// Two blocks of each of four rows onto their sums, for C rows of activations; of the second, where
/// kBoth.
template <class T, class F, bool kBoth, int C>
FRESHET_INLINE void add_two_blocks(const typename F::Block* const (&at)[4], int64_t b,
                                   const HalvedRow<T, F>* x, __m128 (&acc)[C]) {
  __m256i low[4], high[4];
#pragma GCC unroll 4
  for (int r = 0; r < 4; ++r) unpack_two<F, kBoth>(at[r], low[r], high[r]);
  __m256 d[2];  // with minima, of each block [scales | minima]
  if constexpr (F::kHasMin) {
    scales_and_minima(pairs_of([&](int r, int i) FRESHET_INLINE_LAMBDA {
                        return static_cast<const void*>(&at[r][i * kBoth].d);
                      }),
                      d);
  } else {
    d[0] = block_scales<F, kBoth>(at);
  }
#pragma GCC unroll 4
  for (int c = 0; c < C; ++c) {
    __m256i sums = dot_two_blocks<T, F>(low, high, T::load_bytes(x[c].q + b * 32),
                                        T::load_bytes(x[c].q + b * 32 + 32));
    if constexpr (kByteBias<F, T> != 0) {
      sums = _mm256_sub_epi32(sums, T::load_bytes(x[c].bias + b * 4));
    }
    const __m256 products = _mm256_cvtepi32_ps(sums);
    const auto half = [](__m256 v, int i) FRESHET_INLINE_LAMBDA {
      return i == 0 ? _mm256_castps256_ps128(v) : _mm256_extractf128_ps(v, 1);
    };
    if constexpr (F::kHasMin) {
#pragma GCC unroll 2
      for (int i = 0; i <= kBoth; ++i) {
        const __m256 scale = _mm256_mul_ps(
            d[i], _mm256_broadcast_ps(reinterpret_cast<const __m128*>(x[c].scales + (b + i) * 4)));
        acc[c] = _mm_fmadd_ps(half(scale, 0), half(products, i), acc[c]);
        acc[c] = _mm_fmadd_ps(half(scale, 1), _mm_load_ps(x[c].sums + (b + i) * 4), acc[c]);
      }
    } else {
      const __m256 scale = _mm256_mul_ps(d[0], _mm256_load_ps(x[c].scales + b * 4));
      acc[c] = _mm_fmadd_ps(half(scale, 0), half(products, 0), acc[c]);
      if constexpr (kBoth) acc[c] = _mm_fmadd_ps(half(scale, 1), half(products, 1), acc[c]);
    }
  }
}

/// Every row with C columns from c0 on; rows of kLongestRow weights at most.
template <class T, class F, int C>
void multiply_block_rows(const MatrixProduct& p, int c0) noexcept {
  using Block = typename F::Block;
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  const int64_t n = p.k / 32;
  using Streams = RowStreams<4, false>;
  Streams streams(p);
  const int sets = streams.sets();
  streams.ask_for_beginnings();
  HalvedRow<T, F> x[C];
  for (int c = 0; c < C; ++c) x[c].fill(ByteRow::at(p.activation_row(c0 + c), layout), n);
  while (streams.next()) {
    __m128 acc[Streams::kMostSets][C];
    for (int set = 0; set < sets; ++set) {
      for (int c = 0; c < C; ++c) acc[set][c] = _mm_setzero_ps();
    }
    const auto add = [&]<bool kBoth>(int set, int64_t b) FRESHET_INLINE_LAMBDA {
      const Block* at[4];
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r)
        at[r] = reinterpret_cast<const Block*>(streams.at(4 * set + r)) + b;
      add_two_blocks<T, F, kBoth, C>(at, b, x, acc[set]);
    };
    int64_t b = 0;
    for (; b + 4 <= n; b += 4) {
#pragma GCC unroll 1
      for (int set = 0; set < sets; ++set) {
#pragma GCC unroll 4
        for (int s = 4 * set; s < 4 * set + 4; ++s) {
          streams.template ask<0, 4 * sizeof(Block)>(
              s, reinterpret_cast<const Block*>(streams.at(s)) + b);
        }
        add.template operator()<true>(set, b);
        add.template operator()<true>(set, b + 2);
      }
    }
    for (; b + 2 <= n; b += 2) {
      for (int set = 0; set < sets; ++set) add.template operator()<true>(set, b);
    }
    for (int set = 0; b < n && set < sets; ++set) add.template operator()<false>(set, b);
    for (int c = 0; c < C; ++c) {
      float* out = p.out + (c0 + c) * p.out_stride;
      for (int s = 0; s < 4 * sets; ++s) out[streams.row(s)] = acc[s / 4][c][s % 4];
    }
  }
}

}  // namespace freshet::kernels::avx2
