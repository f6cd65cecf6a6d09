// AVX2 and AVX-VNNI: weight rows with a few rows of byte activations, for decoding, where memory
// sets the pace. Rows are taken two or four at a time, from as many streams (rows.h): reads that
// lie apart go on at once, and so do their chains of float additions.
//
// The exact sums of dot_bytes.h by another route: sums of two products stay words, and one vpmaddwd
// multiplies them by the groups' scales; four super-blocks are reduced together. A super-block in
// cache, AVX2 on a Xeon: Q4_K 7.0 ns (9.2 with every block's 6-bit scales unpacked by themselves
// and with sums left to the compiler's order), Q6_K 9.1, Q5_K 10.1; two cores that read 24 GB/s
// need 11.7, 17 and 14.3 ns to read one.
#pragma once

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/tuned/avx2_row_32.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels::avx2 {

/// What four super-blocks add to their row: scale * product, and min * x_sum.
struct Terms {
  alignas(16) float scale[4], product[4], min[4], x_sum[4];
};

/// Sums of two products each, as words: at most 2 * 128 * 127.
template <class F>
FRESHET_INLINE __m256i word_sums(__m256i w, const int8_t* q) {
  const __m256i x = Avx2::load_bytes(q);
  if constexpr (F::kSigned) {
    return _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
  } else {
    return _mm256_maddubs_epi16(w, x);
  }
}

/// For vpshufb: word g of each half sixteen bytes, eight times.
struct alignas(32) Picks {
  uint64_t parts[4];
};
constexpr Picks word_picks(uint64_t g) {
  const uint64_t part = (2 * g + 1) * 0x0100010001000100u + 2 * g * 0x0001000100010001u;
  return {{part, part, part, part}};
}
inline constexpr Picks kWordPicks[8] = {word_picks(0), word_picks(1), word_picks(2), word_picks(3),
                                        word_picks(4), word_picks(5), word_picks(6), word_picks(7)};

/// The scales of a super-block, for 32 weights at a time.
template <class F>
struct ScaleWords {
  const int16_t* at;  // groups of 32: each scale twice
  __m256i even_odd;   // groups of 16: those of even groups, those of odd ones

  FRESHET_INLINE explicit ScaleWords(const GroupScales& scales) : at(scales.scale) {
    if constexpr (F::kGroup == 16) {
      const __m256i halves = _mm256_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15,
                                              0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
      even_odd = _mm256_permute4x64_epi64(
          _mm256_shuffle_epi8(Avx2::load_bytes(scales.scale), halves), _MM_SHUFFLE(3, 1, 2, 0));
    }
  }
  FRESHET_INLINE __m256i of(int g) const {
    if constexpr (F::kGroup == 16) {
      return _mm256_shuffle_epi8(even_odd, Avx2::load_bytes(&kWordPicks[g]));
    } else {
      int32_t twice = 0;
      __builtin_memcpy(&twice, at + 2 * g, 4);
      return _mm256_set1_epi32(twice);
    }
  }
};

/// The products of a super-block with their scales, and with minima theirs, in eight lanes each.
template <class T, class F>
FRESHET_INLINE void super_block_sums(const typename F::Block& block, const int8_t* q,
                                     const int16_t* x_sums, __m256i& sum, __m256i& min_sum) {
  GroupScales scales = F::template scales<T>(block);
  if constexpr (F::kGroup == 32) stays_in_memory(scales.scale);
  const ScaleWords<F> words(scales);
  sum = _mm256_setzero_si256();
  if constexpr (F::kOffset != 0) {
    sum = _mm256_madd_epi16(
        _mm256_mullo_epi16(T::load_bytes(scales.scale), _mm256_set1_epi16(-F::kOffset)),
        T::load_bytes(x_sums));
  }
#pragma GCC unroll 8
  for (int g = 0; g < 8; ++g) {
    const __m256i w = F::template unpack<T>(block, g);
    sum = in_order(T::madd_onto(sum, word_sums<F>(w, q + 32 * g), words.of(g)));
  }
  if constexpr (F::kHasMin) {
    min_sum = _mm256_madd_epi16(T::load_bytes(scales.min), T::load_bytes(x_sums));
  }
}

/// Formats whose scales and minima are packed as six_bit_scales.h draws.
template <class F>
inline constexpr bool kSixBitScales = F::kId == Format::Q4_K || F::kId == Format::Q5_K;

/// Two super-blocks' headers: in each 128 bits, eight bytes of scales and eight of minima.
FRESHET_INLINE __m256i six_bit_fields(const void* first, const void* second) {
  const auto both = [](__m128i v) FRESHET_INLINE_LAMBDA { return _mm256_broadcastsi128_si256(v); };
  const __m256i header = load_two(first, second);
  const __m256i low = _mm256_shuffle_epi8(
      header, both(_mm_setr_epi8(4, 5, 6, 7, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)));
  const __m256i high = _mm256_shuffle_epi8(
      header, both(_mm_setr_epi8(-1, -1, -1, -1, 4, 5, 6, 7, -1, -1, -1, -1, 8, 9, 10, 11)));
  return _mm256_or_si256(
      _mm256_and_si256(_mm256_srlv_epi32(low, both(_mm_setr_epi32(0, 0, 0, 4))),
                       both(_mm_setr_epi32(0x3F3F3F3F, 0x0F0F0F0F, 0x3F3F3F3F, 0x0F0F0F0F))),
      _mm256_and_si256(_mm256_srli_epi16(high, 2), _mm256_set1_epi8(0x30)));
}

/// The scales of four super-blocks for vpmaddwd, each twice, and what minima add, in four lanes for
/// each super-block.
struct SixBitScalesOfFour {
  alignas(32) int16_t twice[2][2][16];  // [super-blocks 2i, 2i + 1][groups 4j .. 4j + 3]
  __m256i min_sums[2];

  FRESHET_INLINE SixBitScalesOfFour(const void* const (&block)[4],
                                    const int16_t* const (&x_sums)[4]) {
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      const __m256i fields = six_bit_fields(block[2 * i], block[2 * i + 1]);
      const __m256i scales = _mm256_unpacklo_epi8(fields, _mm256_setzero_si256());
      const __m256i mins = _mm256_unpackhi_epi8(fields, _mm256_setzero_si256());
      Avx2::store_bytes(twice[i][0], _mm256_unpacklo_epi16(scales, scales));
      Avx2::store_bytes(twice[i][1], _mm256_unpackhi_epi16(scales, scales));
      const __m256i low = load_two(x_sums[2 * i], x_sums[2 * i + 1]);
      const __m256i high = load_two(x_sums[2 * i] + 8, x_sums[2 * i + 1] + 8);
      min_sums[i] = _mm256_add_epi32(_mm256_madd_epi16(_mm256_unpacklo_epi16(mins, mins), low),
                                     _mm256_madd_epi16(_mm256_unpackhi_epi16(mins, mins), high));
    }
    stays_in_memory(twice);
  }
  FRESHET_INLINE __m256i of(int i, int g) const {
    int32_t scale = 0;
    __builtin_memcpy(&scale, twice[i / 2][g / 4] + i % 2 * 8 + g % 4 * 2, 4);
    return _mm256_set1_epi32(scale);
  }
  FRESHET_INLINE __m128i min_products() const {
    const __m256i pairs = _mm256_hadd_epi32(min_sums[0], min_sums[1]);
    const __m256i sums = _mm256_hadd_epi32(pairs, pairs);  // [0 2 0 2 | 1 3 1 3]
    return _mm_unpacklo_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  }
};

/// Scales and negative minima, d | dmin at the start of four super-blocks, times those of x.
FRESHET_INLINE void six_bit_floats(const void* const (&block)[4], __m128 dx, Terms& terms) {
  int32_t d[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) __builtin_memcpy(&d[i], block[i], 4);
  const __m128i halves =
      _mm_shuffle_epi8(_mm_setr_epi32(d[0], d[1], d[2], d[3]),
                       _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15));
  const __m256 floats = _mm256_xor_ps(_mm256_cvtph_ps(halves),
                                      _mm256_setr_ps(0, 0, 0, 0, -0.0f, -0.0f, -0.0f, -0.0f));
  const __m256 scaled = _mm256_mul_ps(floats, _mm256_set_m128(dx, dx));
  _mm_store_ps(terms.scale, _mm256_castps256_ps128(scaled));
  _mm_store_ps(terms.min, _mm256_extractf128_ps(scaled, 1));
}

/// As super_block_terms.
template <class T, class F, class Ask>
FRESHET_INLINE void six_bit_terms(const typename F::Block* row, int64_t b, int n, const ByteRow& x,
                                  Terms& terms, Ask&& ask) {
  const void* block[4];
  const int16_t* x_sums[4];
  int64_t at[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    at[i] = b + (i < n ? i : n - 1);
    block[i] = row + at[i];
    x_sums[i] = x.sums + at[i] * 16;
  }
  const SixBitScalesOfFour scales(block, x_sums);
  __m256i sums[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    ask(i);
    sums[i] = _mm256_setzero_si256();
#pragma GCC unroll 8
    for (int g = 0; g < 8; ++g) {
      const __m256i w = F::template unpack<T>(row[at[i]], g);
      sums[i] = in_order(
          T::madd_onto(sums[i], word_sums<F>(w, x.q + at[i] * 256 + 32 * g), scales.of(i, g)));
    }
  }
  six_bit_floats(
      block,
      n == 4 ? _mm_loadu_ps(x.scales + b)
             : _mm_setr_ps(x.scales[at[0]], x.scales[at[1]], x.scales[at[2]], x.scales[at[3]]),
      terms);
  _mm_store_ps(terms.product, _mm_cvtepi32_ps(reduce_four(sums[0], sums[1], sums[2], sums[3])));
  _mm_store_ps(terms.x_sum, _mm_cvtepi32_ps(scales.min_products()));
}

/// The terms of super-blocks b .. b + 3 of a row; past the last of n they repeat it. Before the
/// products of block i it calls ask(i).
template <class T, class F, class Ask>
FRESHET_INLINE void super_block_terms(const typename F::Block* row, int64_t b, int n,
                                      const ByteRow& x, Terms& terms, Ask&& ask) {
  __m256i sums[4], min_sums[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    ask(i);
    const int64_t at = b + (i < n ? i : n - 1);
    super_block_sums<T, F>(row[at], x.q + at * 256, x.sums + at * 16, sums[i], min_sums[i]);
    const float dx = x.scales[at];
    terms.scale[i] = F::template scale<T>(row[at]) * dx;
    if constexpr (F::kHasMin) terms.min[i] = F::template min<T>(row[at]) * dx;
  }
  _mm_store_ps(terms.product, _mm_cvtepi32_ps(reduce_four(sums[0], sums[1], sums[2], sums[3])));
  if constexpr (F::kHasMin) {
    _mm_store_ps(terms.x_sum,
                 _mm_cvtepi32_ps(reduce_four(min_sums[0], min_sums[1], min_sums[2], min_sums[3])));
  }
}

/// The chains of two rows side by side: each waits for its last sum.
template <class T, class F>
FRESHET_INLINE void add_terms(const Terms (&t)[2], int i, float (&sums)[2]) {
  sums[0] = T::fma1(t[0].scale[i], t[0].product[i], sums[0]);
  sums[1] = T::fma1(t[1].scale[i], t[1].product[i], sums[1]);
  if constexpr (F::kHasMin) {
    sums[0] = T::fma1(t[0].min[i], t[0].x_sum[i], sums[0]);
    sums[1] = T::fma1(t[1].min[i], t[1].x_sum[i], sums[1]);
  }
}

/// Two rows of n super-blocks with one row of activations.
template <class T, class F>
FRESHET_INLINE void dot_two_rows(const char* first, const char* second, int64_t n, const ByteRow& x,
                                 const RowStreams<2>& streams, float (&sums)[2]) {
  using Block = typename F::Block;
  constexpr int kBlocks = 4;
  const Block* const rows[2] = {reinterpret_cast<const Block*>(first),
                                reinterpret_cast<const Block*>(second)};
  sums[0] = sums[1] = 0.0f;
  Terms terms[2];
  const auto take = [&](int64_t b, int blocks) FRESHET_INLINE_LAMBDA {
#pragma GCC unroll 2
    for (int r = 0; r < 2; ++r) {
      const auto ask = [&](int i) FRESHET_INLINE_LAMBDA {
        streams.ask<0, sizeof(Block)>(r, rows[r] + b + i);
      };
      if constexpr (kSixBitScales<F>) {
        six_bit_terms<T, F>(rows[r], b, blocks, x, terms[r], ask);
      } else {
        super_block_terms<T, F>(rows[r], b, blocks, x, terms[r], ask);
      }
    }
  };
  int64_t b = 0;
  for (; b + kBlocks <= n; b += kBlocks) {
    take(b, kBlocks);
#pragma GCC unroll 8
    for (int i = 0; i < kBlocks; ++i) add_terms<T, F>(terms, i, sums);
  }
  if (b < n) {
    const int rest = static_cast<int>(n - b);
    take(b, rest);
    for (int i = 0; i < rest; ++i) add_terms<T, F>(terms, i, sums);
  }
}

/// Every row with every column, a few of them: each row is read once.
template <class T, class F>
void multiply_rows_256(const MatrixProduct& p) noexcept {
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  RowStreams<2> streams(p);
  while (streams.next()) {
    for (int c = 0; c < p.columns; ++c) {
      float sums[2];
      dot_two_rows<T, F>(streams.at(0), streams.at(1), p.k / 256,
                         ByteRow::at(p.activation_row(c), layout), streams, sums);
      for (int i = 0; i < 2; ++i) p.out[c * p.out_stride + streams.row(i)] = sums[i];
    }
  }
}

template <class T, class F>
void multiply_rows(const MatrixProduct& p) noexcept {
  if constexpr (F::kBlockSize == 256) {
    multiply_rows_256<T, F>(p);
  } else if (p.k <= kLongestRow) {
    multiply_rows_32<T, F>(p);
  } else {
    multiply_bytes<T, F>(p);
  }
}

}  // namespace freshet::kernels::avx2
