// AVX2 and AVX-VNNI: rows of super-blocks with a few rows of activations, for decoding, where
// memory sets the pace: four rows, two super-blocks of each at a time.
//
// The exact sums of dot_bytes.h by another route. Two runs of weights are read as two registers in
// which pieces of both take turns, so that each group lies in the same lanes of both: their sums of
// two products are added as words before they are multiplied by the groups' scales, half as many
// multiplications. Activations are put in this order once. Pieces are dwords where groups have 32
// weights, and here quadwords, for groups of 16:
//
//   run a    a0 a1 | a2 a3        first    a0 b0 | a2 b2
//   run b    b0 b1 | b2 b3        second   a1 b1 | a3 b3
//
// Four rows share the activations in registers. The sums of two super-blocks of four rows become
// [first: row 0 .. 3 | second: row 0 .. 3], so that the rows' chains of float additions go side by
// side. What a format does its own way is a Way: avx2_row_six_bit.h and avx2_row_groups.h.
//
// What counts on Zen 3, one core, weights in its cache: every port for 32-byte operations is busy
// (13 of 17 cycles for a super-block of Q4_K), so that operations are saved which have but one port
// (insertions, extractions and permutations of 128 bits) or several parts (vphaddd).
// Nanoseconds for a super-block, and before, two rows at a time: Q4_K 5.3 (7.9 to 8.4).
#pragma once

#include <cstring>

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/tuned/avx2_reduce.h"
#include "kernels/cpu/tuned/rows.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels::avx2 {

/// The registers `first` and `second` of the drawing; pieces of so many bytes.
template <int kPiece>
FRESHET_INLINE void interleave(__m256i a, __m256i b, __m256i (&out)[2]) {
  if constexpr (kPiece == 4) {
    out[0] = _mm256_unpacklo_epi32(a, b);
    out[1] = _mm256_unpackhi_epi32(a, b);
  } else if constexpr (kPiece == 8) {
    out[0] = _mm256_unpacklo_epi64(a, b);
    out[1] = _mm256_unpackhi_epi64(a, b);
  } else {
    out[0] = _mm256_permute2x128_si256(a, b, 0x20);
    out[1] = _mm256_permute2x128_si256(a, b, 0x31);
  }
}

/// Activations in the order in which a Way unpacks weights: a half of a super-block has two classes
/// of 64 weights, each two runs that begin kClassStep and kRunStep weights apart.
template <class Way>
struct OrderedRow {
  using F = typename Way::F;
  static constexpr int64_t kBlocks = kLongestRow / 256;
  static constexpr int kLanes = F::kHasMin ? 8 : 4;
  alignas(32) int8_t q[kBlocks][2][2][2][32];         ///< [super-block][half][class][first, second]
  alignas(32) int16_t sums[kBlocks + 1][Way::kSums];  ///< as Way::sums_of gives them
  /// A super-block's scale four times; where there are minima, also negative.
  alignas(32) float scales[kBlocks + 1][kLanes];

  void fill(const ByteRow& x, int64_t n) noexcept {
    for (int64_t b = 0; b < n; ++b) {
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) {
        const int8_t* a = x.q + b * 256 + i / 2 * 128 + i % 2 * Way::kClassStep;
        __m256i out[2];
        interleave<Way::kPiece>(Avx2::load_bytes(a), Avx2::load_bytes(a + Way::kRunStep), out);
        Avx2::store_bytes(q[b][i / 2][i % 2][0], out[0]);
        Avx2::store_bytes(q[b][i / 2][i % 2][1], out[1]);
      }
      Way::sums_of(x.sums + b * 16, sums[b]);
      const __m128 dx = _mm_set1_ps(x.scales[b]);
      _mm_store_ps(scales[b], dx);
      if constexpr (F::kHasMin) _mm_store_ps(scales[b] + 4, _mm_xor_ps(dx, _mm_set1_ps(-0.0f)));
    }
    // Of one that is not there, read if n is odd, but not used:
    std::memset(sums[n], 0, sizeof sums[n]);
    std::memset(scales[n], 0, sizeof scales[n]);
  }
};

/// sum + scale * products of a class of weights with activations, or their beginning.
template <class T, class F, bool kFirst>
FRESHET_INLINE __m256i add_products(__m256i sum, const __m256i (&w)[2], const __m256i (&x)[2],
                                    __m256i scale) {
  if constexpr (F::kSigned) {  // sums of two products fill a word
    const auto words = [&](int i) FRESHET_INLINE_LAMBDA {
      return _mm256_maddubs_epi16(_mm256_abs_epi8(w[i]), _mm256_sign_epi8(x[i], w[i]));
    };
    sum = kFirst ? _mm256_madd_epi16(words(0), scale) : T::madd_onto(sum, words(0), scale);
    return in_order(T::madd_onto(in_order(sum), words(1), scale));
  } else {
    static_assert(fits_word<F>(4));
    const __m256i words =
        _mm256_add_epi16(_mm256_maddubs_epi16(w[0], x[0]), _mm256_maddubs_epi16(w[1], x[1]));
    return in_order(kFirst ? _mm256_madd_epi16(words, scale) : T::madd_onto(sum, words, scale));
  }
}

/// Two super-blocks of each of four rows onto their sums, for C rows of activations. Where the
/// second is not there, `both` is 0 and it is the first once more. Calls ask(r, part) for parts 0
/// to 3 of the weights of row r before it reads them.
template <class T, class Way, int C, class Ask>
FRESHET_INLINE void add_two_super_blocks(const typename Way::F::Block* const (&at)[4], int both,
                                         int64_t b, const OrderedRow<Way>* x, __m128 (&acc)[C],
                                         Ask&& ask) {
  using F = typename Way::F;
  typename Way::Heads heads;
  __m256i sums[C][4], of_block[C][2];
  __m256i xs[2][2];
  const auto load = [&](int c, int block, int half, int i) FRESHET_INLINE_LAMBDA {
    const auto& q = x[c].q[b + block * both][half][i];
    xs[i][0] = in_order(Avx2::load_bytes(q[0]));
    xs[i][1] = in_order(Avx2::load_bytes(q[1]));
  };
  const auto add = [&](int r, int block, int half) FRESHET_INLINE_LAMBDA {
    if (block + half == 0) heads.read(r, at[r], both);
    ask(r, 2 * block + half);
    __m256i w[2][2];
    Way::unpack(at[r][block * both], half, w);
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      const __m256i scale = heads.scale(r, block, half, i);
#pragma GCC unroll 4
      for (int c = 0; c < C; ++c) {
        if constexpr (C > 1) load(c, block, half, i);
        __m256i& sum = sums[c][r];
        if (half + i > 0) {
          sum = add_products<T, F, false>(sum, w[i], xs[i], scale);
        } else if constexpr (F::kOffset != 0) {
          sum = heads.offset_sum(r, block, x[c].sums[b + block * both]);
          sum = add_products<T, F, false>(sum, w[i], xs[i], scale);
        } else {
          sum = add_products<T, F, true>(sum, w[i], xs[i], scale);
        }
      }
    }
  };
#pragma GCC unroll 2
  for (int block = 0; block < 2; ++block) {
    if constexpr (C == 1) {  // activations stay in registers for four rows ...
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        load(0, block, half, 0), load(0, block, half, 1);
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) add(r, block, half);
      }
    } else {  // ... or else a row's sums
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) add(r, block, 0), add(r, block, 1);
    }
#pragma GCC unroll 4
    for (int c = 0; c < C; ++c) of_block[c][block] = reduce_halves(sums[c]);
  }
  __m256 d[2];
  heads.floats(d);
#pragma GCC unroll 4
  for (int c = 0; c < C; ++c) {
    const auto& dx = x[c].scales;
    const __m256 s = _mm256_cvtepi32_ps(add_halves(of_block[c][0], of_block[c][1]));
    const __m128 s_first = _mm256_castps256_ps128(s), s_second = _mm256_extractf128_ps(s, 1);
    if constexpr (F::kHasMin) {  // d[i]: [scales | minima] of super-block i
      const __m256 m = _mm256_cvtepi32_ps(heads.min_sums(x[c].sums[b], x[c].sums[b + 1]));
      const __m256 first = _mm256_mul_ps(d[0], _mm256_load_ps(dx[b]));
      acc[c] = _mm_fmadd_ps(_mm256_castps256_ps128(first), s_first, acc[c]);
      acc[c] = _mm_fmadd_ps(_mm256_extractf128_ps(first, 1), _mm256_castps256_ps128(m), acc[c]);
      if (both == 0) continue;
      const __m256 second = _mm256_mul_ps(d[1], _mm256_load_ps(dx[b + 1]));
      acc[c] = _mm_fmadd_ps(_mm256_castps256_ps128(second), s_second, acc[c]);
      acc[c] = _mm_fmadd_ps(_mm256_extractf128_ps(second, 1), _mm256_extractf128_ps(m, 1), acc[c]);
    } else {  // d[0]: scales of [first | second]
      const __m256 scale = _mm256_mul_ps(d[0], _mm256_loadu_ps(dx[b]));
      acc[c] = _mm_fmadd_ps(_mm256_castps256_ps128(scale), s_first, acc[c]);
      if (both == 0) continue;
      acc[c] = _mm_fmadd_ps(_mm256_extractf128_ps(scale, 1), s_second, acc[c]);
    }
  }
}

/// Every row with C columns from c0 on; rows of kLongestRow weights at most.
template <class T, class Way, int C>
void multiply_super_block_rows(const MatrixProduct& p, int c0) noexcept {
  using Block = typename Way::F::Block;
  const ActivationLayout layout = activation_layout(Way::F::kActivation, p.k);
  const int64_t n = p.k / 256;
  using Streams = RowStreams<4, false>;
  Streams streams(p);
  const int sets = streams.sets();
  streams.ask_for_beginnings();
  OrderedRow<Way> x[C];
  for (int c = 0; c < C; ++c) x[c].fill(ByteRow::at(p.activation_row(c0 + c), layout), n);
  while (streams.next()) {
    __m128 acc[Streams::kMostSets][C];
    for (int set = 0; set < sets; ++set) {
      for (int c = 0; c < C; ++c) acc[set][c] = _mm_setzero_ps();
    }
    const auto add = [&](int set, int both, int64_t b) FRESHET_INLINE_LAMBDA {
      const Block* at[4];
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r)
        at[r] = reinterpret_cast<const Block*>(streams.at(4 * set + r)) + b;
      add_two_super_blocks<T, Way, C>(
          at, both, b, x, acc[set], [&](int r, int part) FRESHET_INLINE_LAMBDA {
            constexpr int kBytes = 2 * sizeof(Block);
            const int s = 4 * set + r;
            switch (part) {
              case 0:
                return streams.template ask<0, kBytes / 4>(s, at[r]);
              case 1:
                return streams.template ask<kBytes / 4, kBytes / 2>(s, at[r]);
              case 2:
                return streams.template ask<kBytes / 2, 3 * kBytes / 4>(s, at[r]);
              default:
                return streams.template ask<3 * kBytes / 4, kBytes>(s, at[r]);
            }
          });
    };
    int64_t b = 0;
    for (; b + 2 <= n; b += 2) {
#pragma GCC unroll 1
      for (int set = 0; set < sets; ++set) add(set, 1, b);
    }
#pragma GCC unroll 1
    for (int set = 0; b < n && set < sets; ++set) add(set, 0, b);
    for (int c = 0; c < C; ++c) {
      float* out = p.out + (c0 + c) * p.out_stride;
      for (int s = 0; s < 4 * sets; ++s) out[streams.row(s)] = acc[s / 4][c][s % 4];
    }
  }
}

}  // namespace freshet::kernels::avx2
