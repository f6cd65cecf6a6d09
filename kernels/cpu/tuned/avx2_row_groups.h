// AVX2 and AVX-VNNI: super-blocks of sixteen groups of 16 weights (Q2_K, Q3_K, Q6_K), and IQ4_XS,
// for avx2_row_256.h.
#pragma once

#include "kernels/cpu/tuned/avx2_row_256.h"

namespace freshet::kernels::avx2 {

/// Bits kBit and kBit + 1 of each byte, as bits kTo and kTo + 1.
template <int kBit, int kTo>
FRESHET_INLINE __m256i two_bits(__m256i v) {
  const __m256i moved = kBit == kTo  ? v
                        : kBit > kTo ? _mm256_srli_epi16(v, kBit > kTo ? kBit - kTo : 0)
                                     : _mm256_slli_epi16(v, kTo > kBit ? kTo - kBit : 0);
  return _mm256_and_si256(moved, _mm256_set1_epi8(3 << kTo));
}

/// A class is two runs of 32 weights, of two groups each: 4 i and 4 i + 2, 4 i + 1 and 4 i + 3 of a
/// half.
template <class Format_>
struct GroupsOf16Way {
  using F = Format_;
  using Block = typename F::Block;
  static constexpr int kPiece = 8, kClassStep = 64, kRunStep = 32;
  static constexpr int kSums = 16;  ///< of each group, times -16 for offsets of 32

  static FRESHET_INLINE void sums_of(const int16_t* of_16, int16_t* out) {
    const __m256i sums = Avx2::load_bytes(of_16);
    Avx2::store_bytes(out,
                      kFactor == 1 ? sums : _mm256_mullo_epi16(sums, _mm256_set1_epi16(kFactor)));
  }

  struct Heads {
    const Block* at[4];
    int both;
    alignas(32) int16_t scales[4][2][16];
    __m256i mins[F::kHasMin ? 8 : 1];

    FRESHET_INLINE void read(int r, const Block* row, int has_both) {
      both = has_both;
      at[r] = row;
#pragma GCC unroll 2
      for (int i = 0; i < 2; ++i) {
        Avx2::store_bytes(scales[r][i], scale_words(row[i * both]));
        if constexpr (F::kHasMin) mins[i * 4 + r] = min_words(row[i * both]);
      }
      stays_in_memory(scales[r]);
    }
    FRESHET_INLINE __m256i scale(int r, int block, int half, int i) const {
      const auto lanes = [](char a) FRESHET_INLINE_LAMBDA {
        const char b = static_cast<char>(a + 1), c = static_cast<char>(a + 4),
                   d = static_cast<char>(a + 5), e = static_cast<char>(a + 2),
                   f = static_cast<char>(a + 3), g = static_cast<char>(a + 6),
                   h = static_cast<char>(a + 7);
        return _mm256_setr_epi8(a, b, a, b, a, b, a, b, c, d, c, d, c, d, c, d, e, f, e, f, e, f, e,
                                f, g, h, g, h, g, h, g, h);
      };
      return _mm256_shuffle_epi8(Avx2::load_bytes_twice(scales[r][block] + half * 8),
                                 lanes(static_cast<char>(i * 8)));
    }
    FRESHET_INLINE __m256i offset_sum(int r, int block, const int16_t* sums) const {
      const __m256i sum =
          _mm256_madd_epi16(Avx2::load_bytes(scales[r][block]), Avx2::load_bytes(sums));
      return F::kOffset == 32 ? _mm256_add_epi32(sum, sum) : sum;
    }
    FRESHET_INLINE __m256i min_sums(const int16_t* first, const int16_t* second) const {
      __m256i products[2][4];
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) {
        products[0][r] = _mm256_madd_epi16(mins[r], Avx2::load_bytes(first));
        products[1][r] = _mm256_madd_epi16(mins[4 + r], Avx2::load_bytes(second));
      }
      return add_halves(reduce_halves(products[0]), reduce_halves(products[1]));
    }
    FRESHET_INLINE void floats(__m256 (&d)[2]) const {
      if constexpr (F::kHasMin) {
        scales_and_minima(pairs_of([&](int r, int i) FRESHET_INLINE_LAMBDA {
                            return static_cast<const void*>(&at[r][i * both].d);
                          }),
                          d);
      } else {
        d[0] = halves_of([&](int r, int i) FRESHET_INLINE_LAMBDA { return at[r][i * both].d; });
      }
    }
  };

  /// As F::scales.
  static FRESHET_INLINE __m256i scale_words(const Block& block) {
    if constexpr (F::kId == Format::Q6_K) {
      return _mm256_cvtepi8_epi16(Avx2::load_128(block.scale));
    } else if constexpr (F::kId == Format::Q2_K) {
      return _mm256_cvtepu8_epi16(_mm_and_si128(Avx2::load_128(block.scales), _mm_set1_epi8(15)));
    } else {
      const __m128i packed = _mm_srli_si128(Avx2::load_128(block.scales - 2), 2);
      const __m128i low =
          _mm_and_si128(_mm_unpacklo_epi64(packed, _mm_srli_epi16(packed, 4)), _mm_set1_epi8(15));
      const __m128i high =
          _mm_srlv_epi32(_mm_shuffle_epi32(packed, 0xAA), _mm_setr_epi32(0, 2, 4, 6));
      const __m128i scales =
          _mm_or_si128(low, _mm_and_si128(_mm_slli_epi16(high, 4), _mm_set1_epi8(0x30)));
      return _mm256_sub_epi16(_mm256_cvtepu8_epi16(scales), _mm256_set1_epi16(32));
    }
  }
  static FRESHET_INLINE __m256i min_words(const Block& block) {
    return _mm256_cvtepu8_epi16(
        _mm_and_si128(_mm_srli_epi16(Avx2::load_128(block.scales), 4), _mm_set1_epi8(15)));
  }

  static FRESHET_INLINE void unpack(const Block& block, int half, __m256i (&w)[2][2]) {
    if constexpr (F::kId == Format::Q6_K) {
      const uint8_t* ql = block.ql + half * 64;
      const __m256i qh = in_order(Avx2::load_bytes(block.qh + half * 32));
      const __m256i mask = _mm256_set1_epi8(15);
      __m256i low[2], high[2];
      interleave<kPiece>(Avx2::load_bytes(ql), in_order(Avx2::load_bytes(ql + 32)), low);
      interleave<kPiece>(qh, _mm256_srli_epi16(qh, 2), high);
#pragma GCC unroll 2
      for (int i = 0; i < 2; ++i) {
        w[0][i] = _mm256_or_si256(_mm256_and_si256(low[i], mask), two_bits<0, 4>(high[i]));
        w[1][i] = _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi16(low[i], 4), mask),
                                  two_bits<4, 4>(high[i]));
      }
    } else {
      __m256i low[2];
      if constexpr (F::kId == Format::Q2_K) {
        const __m256i q = in_order(Avx2::load_bytes(block.q + half * 32));
        interleave<kPiece>(q, _mm256_srli_epi16(q, 2), low);
      } else {
        const __m256i q = in_order(Avx2::load_bytes(block.low + half * 32));
        interleave<kPiece>(q, _mm256_srli_epi16(q, 2), low);
      }
#pragma GCC unroll 2
      for (int i = 0; i < 2; ++i) {
        w[0][i] = two_bits<0, 0>(low[i]);
        w[1][i] = two_bits<4, 0>(low[i]);
      }
      if constexpr (F::kId == Format::Q3_K) {
        // Bit 2 of a weight of run r of the half is bit 4 half + r of `high`.
        const __m256i bits = in_order(Avx2::load_bytes(block.high));
        __m256i third[2];
        interleave<kPiece>(bits, _mm256_srli_epi16(bits, 1), third);
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
          const int bit = 4 * half + i / 2 * 2;
          const __m256i of = third[i % 2];
          w[i / 2][i % 2] = _mm256_or_si256(
              w[i / 2][i % 2], _mm256_and_si256(bit < 2 ? _mm256_slli_epi16(of, 2 - bit)
                                                        : _mm256_srli_epi16(of, bit - 2),
                                                _mm256_set1_epi8(4)));
        }
      }
    }
  }

 private:
  static constexpr int kFactor = F::kOffset == 32 ? -16 : F::kOffset == 0 ? 1 : -F::kOffset;
};

/// A class is 32 bytes of nibbles, groups 4 half + 2 i and the next: their low nibbles, weights 0
/// to 15 of both, and their high ones.
struct Iq4XsWay {
  using F = IQ4_XS;
  static constexpr int kPiece = 16, kClassStep = 64, kRunStep = 32;
  static constexpr int kSums = 16;  ///< neither offsets nor minima ask for any
  static FRESHET_INLINE void sums_of(const int16_t*, int16_t*) {}

  struct Heads {
    const F::Block* at[4];
    int both;
    alignas(32) int16_t scales[4][2][16];

    FRESHET_INLINE void read(int r, const F::Block* row, int has_both) {
      both = has_both;
      at[r] = row;
#pragma GCC unroll 2
      for (int i = 0; i < 2; ++i) {
        const GroupScales s = F::scales<Avx2>(row[i * both]);
        Avx2::store_bytes(scales[r][i], Avx2::load_bytes(s.scale));
      }
      stays_in_memory(scales[r]);
    }
    FRESHET_INLINE __m256i scale(int r, int block, int half, int i) const {
      const int16_t* of = scales[r][block] + half * 8 + i * 4;  // each twice
      int64_t two_groups = 0;
      std::memcpy(&two_groups, of, 8);
      return _mm256_shuffle_epi8(_mm256_set1_epi64x(two_groups),
                                 _mm256_setr_epi8(0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 4,
                                                  5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5));
    }
    FRESHET_INLINE void floats(__m256 (&d)[2]) const {
      d[0] = halves_of([&](int r, int i) FRESHET_INLINE_LAMBDA { return at[r][i * both].d; });
    }
  };

  static FRESHET_INLINE void unpack(const F::Block& block, int half, __m256i (&w)[2][2]) {
    const __m256i mask = _mm256_set1_epi8(15), table = Avx2::load_bytes_twice(kIq4Values);
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      const __m256i q = in_order(Avx2::load_bytes(block.q + half * 64 + i * 32));
      w[i][0] = _mm256_shuffle_epi8(table, _mm256_and_si256(q, mask));
      w[i][1] = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(q, 4), mask));
    }
  }
};

}  // namespace freshet::kernels::avx2
