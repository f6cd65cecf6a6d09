// AVX2 and AVX-VNNI: super-blocks whose eight scales and minima have six bits (Q4_K, Q5_K), for
// avx2_row_256.h.
#pragma once

#include "kernels/cpu/tuned/avx2_row_256.h"

namespace freshet::kernels::avx2 {

/// Formats whose scales and minima are packed as six_bit_scales.h draws.
template <class F>
inline constexpr bool kSixBitScales = F::kId == Format::Q4_K || F::kId == Format::Q5_K;

/// Two super-blocks' headers: in each 128 bits, eight bytes of scales and eight of minima.
FRESHET_INLINE __m256i six_bit_fields(__m256i header) {
  const auto both = [](__m128i v) FRESHET_INLINE_LAMBDA { return _mm256_broadcastsi128_si256(v); };
  const __m256i low = _mm256_shuffle_epi8(
      header, both(_mm_setr_epi8(4, 5, 6, 7, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)));
  const __m256i high = _mm256_shuffle_epi8(
      header, both(_mm_setr_epi8(-1, -1, -1, -1, 4, 5, 6, 7, -1, -1, -1, -1, 8, 9, 10, 11)));
  return _mm256_or_si256(
      _mm256_and_si256(_mm256_srlv_epi32(low, both(_mm_setr_epi32(0, 0, 0, 4))),
                       both(_mm_setr_epi32(0x3F3F3F3F, 0x0F0F0F0F, 0x3F3F3F3F, 0x0F0F0F0F))),
      _mm256_and_si256(_mm256_srli_epi16(high, 2), _mm256_set1_epi8(0x30)));
}

/// A class is the low or the high nibbles of two runs of 32 bytes: groups g and g + 2.
template <class Format_>
struct SixBitWay {
  using F = Format_;
  using Block = typename F::Block;
  static constexpr int kPiece = 4, kClassStep = 32, kRunStep = 64;
  static constexpr int kSums = 8;  ///< of each group

  static FRESHET_INLINE void sums_of(const int16_t* of_16, int16_t* out) {
    const __m256i of_32 = _mm256_madd_epi16(Avx2::load_bytes(of_16), _mm256_set1_epi16(1));
    _mm_store_si128(
        reinterpret_cast<__m128i*>(out),
        _mm_packs_epi32(_mm256_castsi256_si128(of_32), _mm256_extracti128_si256(of_32, 1)));
  }

  /// What two super-blocks of four rows have beside their weights.
  struct Heads {
    __m256i headers[4], mins[4];  // d | dmin | ..., and minima as words
    // Words that a broadcast of eight bytes puts in their lanes, [row][half][super-block][class].
    alignas(32) int16_t scales[4][2][2][2][4];

    FRESHET_INLINE void read(int r, const Block* at, int both) {
      headers[r] = both ? load_neighbours(at, at + 1) : load_two(at, at);
      const __m256i fields = six_bit_fields(headers[r]);
      mins[r] = _mm256_unpackhi_epi8(fields, _mm256_setzero_si256());
      Avx2::store_bytes(scales[r][0], scale_words<0>(fields));
      Avx2::store_bytes(scales[r][1], scale_words<4>(fields));
      stays_in_memory(scales[r]);
    }
    FRESHET_INLINE __m256i scale(int r, int block, int half, int i) const {
      int64_t four = 0;
      std::memcpy(&four, scales[r][half][block][i], 8);
      return _mm256_set1_epi64x(four);
    }
    FRESHET_INLINE __m256i min_sums(const int16_t* first, const int16_t*) const {
      __m256i products[4];  // neighbours: the sums of both super-blocks
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) {
        products[r] = _mm256_madd_epi16(mins[r], Avx2::load_bytes(first));
      }
      return reduce_halves(products);
    }
    FRESHET_INLINE void floats(__m256 (&d)[2]) const {
      scales_and_minima(_mm256_unpacklo_epi64(_mm256_unpacklo_epi32(headers[0], headers[1]),
                                              _mm256_unpacklo_epi32(headers[2], headers[3])),
                        d);
    }

   private:
    /// Of groups g .. g + 3: g g g+2 g+2 | g+1 g+1 g+3 g+3, for both super-blocks.
    template <int g>
    static FRESHET_INLINE __m256i scale_words(__m256i fields) {
      return _mm256_shuffle_epi8(fields, _mm256_broadcastsi128_si256(_mm_setr_epi8(
                                             g, -1, g, -1, g + 2, -1, g + 2, -1, g + 1, -1, g + 1,
                                             -1, g + 3, -1, g + 3, -1)));
    }
  };

  static FRESHET_INLINE void unpack(const Block& block, int half, __m256i (&w)[2][2]) {
    const __m256i mask = _mm256_set1_epi8(15);
    const uint8_t* runs = nullptr;
    if constexpr (F::kId == Format::Q4_K) {
      runs = block.q + half * 64;
    } else {
      runs = block.low + half * 64;
    }
    interleave<kPiece>(Avx2::load_bytes(runs), in_order(Avx2::load_bytes(runs + 32)), w[0]);
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      w[1][i] = _mm256_and_si256(_mm256_srli_epi16(w[0][i], 4), mask);
      w[0][i] = _mm256_and_si256(w[0][i], mask);
    }
    if constexpr (F::kId == Format::Q5_K) {
      // Bit g of byte i is that of weight i of group g; every other dword is of group g + 2.
      const __m256i bits = in_order(Avx2::load_bytes(block.high));
      __m256i fifth[2];
      interleave<kPiece>(bits, _mm256_srli_epi16(bits, 2), fifth);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) {
        const int g = 4 * half + i / 2;
        const __m256i of = fifth[i % 2];
        w[i / 2][i % 2] = _mm256_or_si256(
            w[i / 2][i % 2],
            _mm256_and_si256(g < 4 ? _mm256_slli_epi16(of, 4 - g) : _mm256_srli_epi16(of, g - 4),
                             _mm256_set1_epi8(16)));
      }
    }
  }
};

}  // namespace freshet::kernels::avx2
