// AVX-512: rows of blocks of 32 with a few rows of activations, for decoding: four rows, four
// blocks of each at a time, with one to three rows of activations.
//
// The exact sums of dot_bytes.h by another route. Four blocks are two loads, of which vpermt2b puts
// 16 bytes of each into a quarter of a register; the activations lie in the same order. So a
// quarter is a block, the sums of four rows become its four lanes, and the float chains of the rows
// go side by side.
//
// One core of a Zen 4, k 2048, from cache: Q8_0 40 GB/s, Q4_0 30, Q4_1 27, IQ4_NL 25, MXFP4 and
// Q5_0 23.5, Q5_1 21.5. Two rows of sixteen blocks, their terms in memory, each row's chain by
// scalars: Q4_0 16, Q8_0 29. Tried and left out: scales and products through memory where they are
// taken apart (the same or less).
#pragma once

#include <cstring>

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/tuned/avx512_reduce.h"
#include "kernels/cpu/tuned/avx512_unpack.h"

namespace freshet::kernels::avx512 {

inline constexpr int64_t kMostBlocks32 = kLongestRow / 32;

/// Activations as these rows read them; what is one per block stands four times, once per row.
template <class F>
struct HalvedRow {
  alignas(64) int8_t q[kMostBlocks32 * 32];  ///< of four blocks: first halves, then second ones
  alignas(64) float scales[kMostBlocks32 * 4];
  alignas(64) int32_t bias[F::kHasMin ? 4 : kMostBlocks32 * 4];  ///< kRowOffset times the sum
  alignas(64) float sums[F::kHasMin ? kMostBlocks32 * 4 : 4];    ///< of q, where there are minima

  HalvedRow(const ByteRow& x, int64_t n) noexcept {
    const auto four_times = [](__m128i v) FRESHET_INLINE_LAMBDA {
      return _mm512_permutexvar_epi32(
          _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3),
          _mm512_castsi128_si512(v));
    };
    for (int64_t b = 0; b < n; b += 4) {
      const int64_t rest = n - b < 4 ? n - b : 4;
      const auto quads = static_cast<__mmask16>((1u << (4 * rest)) - 1);  // 8 bytes of q each
      const auto ones = static_cast<__mmask8>((1u << rest) - 1);
      const __m512i first = _mm512_maskz_loadu_epi64(static_cast<__mmask8>(quads), x.q + b * 32);
      const __m512i second =
          _mm512_maskz_loadu_epi64(static_cast<__mmask8>(quads >> 8), x.q + b * 32 + 64);
      _mm512_store_si512(q + b * 32, _mm512_shuffle_i64x2(first, second, 0x88));
      _mm512_store_si512(q + b * 32 + 64, _mm512_shuffle_i64x2(first, second, 0xDD));
      _mm512_store_si512(scales + b * 4, four_times(_mm_maskz_loadu_epi32(ones, x.scales + b)));
      const __m512i sum = four_times(_mm_cvtepi16_epi32(_mm_maskz_loadu_epi16(ones, x.sums + b)));
      if constexpr (F::kHasMin) {
        _mm512_store_ps(sums + b * 4, _mm512_cvtepi32_ps(sum));
      } else {
        _mm512_store_si512(bias + b * 4, _mm512_mullo_epi32(sum, _mm512_set1_epi32(kRowOffset<F>)));
      }
    }
  }
};

/// Bytes as vpermt2b takes them from two vectors: [0, 64) from the first, then from the second.
struct alignas(64) BytePicks {
  uint8_t at[64];
  FRESHET_INLINE operator __m512i() const { return _mm512_load_si512(at); }

  friend constexpr BytePicks operator|(BytePicks a, const BytePicks& b) {
    for (int i = 0; i < 64; ++i) a.at[i] = static_cast<uint8_t>(a.at[i] | b.at[i]);
    return a;
  }
};

/// Byte `byte` of four blocks, from their first 64 bytes and the 64 that begin at kSecond.
template <int kSecond>
constexpr uint8_t pick(int byte) {
  return static_cast<uint8_t>(byte < 64 ? byte : 64 + byte - kSecond);
}

/// In quarter b, the 16 bytes of block b that begin at kAt; the loads begin at kFirst and kSecond.
template <class F, int kAt, int kFirst, int kSecond>
constexpr BytePicks quarter_picks() {
  BytePicks picks{};
  for (int i = 0; i < 64; ++i) {
    const int byte = i / 16 * static_cast<int>(sizeof(typename F::Block)) + kAt + i % 16 - kFirst;
    picks.at[i] = pick<kSecond - kFirst>(byte);
  }
  return picks;
}

/// Where a block has its nibbles, or bytes.
template <class F>
inline constexpr int kNibblesAt = static_cast<int>(sizeof(typename F::Block)) -
                                  (F::kId == Format::Q8_0 ? 32 : 16);

/// Four blocks of one row.
template <class F>
struct Quarters {
  static constexpr int kSize = sizeof(typename F::Block), kAll = 4 * kSize;
  static constexpr int kRest = kAll - 64 <= 16 ? 16 : kAll - 64 <= 32 ? 32 : 64;
  static constexpr int kSecond = kRest < 64 ? kAll - kRest : 64;
  __m512i first, second;
  const char* at;

  FRESHET_INLINE explicit Quarters(const char* blocks) : at(blocks) {
    first = _mm512_loadu_si512(blocks);
    if constexpr (kRest == 16) {
      second = _mm512_castsi128_si512(
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(blocks + kSecond)));
    } else if constexpr (kRest == 32) {
      second = _mm512_castsi256_si512(
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(blocks + kSecond)));
    } else {
      second = _mm512_loadu_si512(blocks + kSecond);
    }
    asm("" : "+v"(first), "+v"(second));  // else it is loaded again by each that picks from it
  }

  template <int kAt>
  FRESHET_INLINE __m512i bytes() const {
    static constexpr BytePicks kPicks = quarter_picks<F, kAt, 0, kSecond>();
    return _mm512_permutex2var_epi8(first, kPicks, second);
  }

  /// Weights 0..15 of each block, and 16..31, kRowOffset more than they mean.
  FRESHET_INLINE void unpack(__m512i& low, __m512i& high) const {
    if constexpr (F::kId == Format::Q8_0) {
      const __m512i flip = _mm512_set1_epi8(static_cast<char>(0x80));
      static constexpr BytePicks kPicks = quarter_picks<F, 18, 18, 72>();
      low = _mm512_xor_si512(bytes<2>(), flip);
      high = _mm512_xor_si512(_mm512_permutex2var_epi8(_mm512_loadu_si512(at + 18), kPicks,
                                                       _mm512_loadu_si512(at + 72)),
                              flip);
    } else {
      const __m512i both = bytes<kNibblesAt<F>>();
      low = _mm512_and_si512(both, _mm512_set1_epi8(15));
      high = affine(both, kHighNibbles);
      if constexpr (F::kId == Format::IQ4_NL) {
        low = look_up(kIq4Values, 0x80, low);
        high = look_up(kIq4Values, 0x80, high);
      } else if constexpr (F::kId == Format::MXFP4) {
        low = look_up(kMxfp4Values, 0, low);
        high = look_up(kMxfp4Values, 0, high);
      } else if constexpr (F::kId == Format::Q5_0 || F::kId == Format::Q5_1) {
        const __m512i bits = fifth_bits();
        low = with_fifth<0>(low, bits);
        high = with_fifth<16>(high, bits);
      }
    }
  }
  /// In each 64 bits of a block's quarter, its 32 fifth bits twice.
  FRESHET_INLINE __m512i fifth_bits() const {
    static constexpr BytePicks kPicks = [] {
      BytePicks picks{};
      for (int i = 0; i < 64; ++i) {
        picks.at[i] = pick<kSecond>(i / 16 * kSize + kNibblesAt<F> - 4 + i % 4);
      }
      return picks;
    }();
    return _mm512_permutex2var_epi8(first, kPicks, second);
  }
  /// Nibbles with bits kBit and up of those: vpmultishiftqb takes eight bits from any bit on.
  template <int kBit>
  FRESHET_INLINE static __m512i with_fifth(__m512i nibbles, __m512i bits) {
    static constexpr BytePicks kShifts = [] {
      BytePicks shifts{};
      for (int i = 0; i < 64; ++i) shifts.at[i] = static_cast<uint8_t>((kBit + i % 16 + 28) % 32);
      return shifts;
    }();
    constexpr int kOrAnd = 0xF8;  // a | (b & c)
    return _mm512_ternarylogic_epi64(nibbles, _mm512_multishift_epi64_epi8(kShifts, bits),
                                     _mm512_set1_epi8(16), kOrAnd);
  }
};

/// By name: what gcc 12 finds in an array it also writes to the stack, 64 bytes in two cycles.
template <class F>
struct FourRows {
  Quarters<F> a, b, c, d;
};

/// Where vpermt2b finds the 16 bits at kAt of each block, for 16-bit lane 4 block + row.
template <class F, int kAt, int kRow, int kFrom>
constexpr BytePicks word_picks() {
  BytePicks picks{};
  for (int block = 0; block < 4; ++block) {
    for (int i = 0; i < 2; ++i) {
      picks.at[8 * block + 2 * kRow + i] = static_cast<uint8_t>(
          kFrom + pick<Quarters<F>::kSecond>(block * Quarters<F>::kSize + kAt + i));
    }
  }
  return picks;
}

/// 16 bits at kAt of each block: of row r in lane r of the block's quarter, as floats.
template <class F, int kAt>
FRESHET_INLINE __m512 halves_of(const FourRows<F>& rows) {
  const auto of_two = []<int kRow>(const Quarters<F>& even,
                                   const Quarters<F>& odd) FRESHET_INLINE_LAMBDA {
    if constexpr (3 * Quarters<F>::kSize + kAt + 2 <= 64) {  // all of them in the first 64 bytes
      static constexpr BytePicks kPicks =
          word_picks<F, kAt, kRow, 0>() | word_picks<F, kAt, kRow + 1, 64>();
      return _mm512_permutex2var_epi8(even.first, kPicks, odd.first);
    } else {
      static constexpr BytePicks kEven = word_picks<F, kAt, kRow, 0>();
      static constexpr BytePicks kOdd = word_picks<F, kAt, kRow + 1, 0>();
      return _mm512_mask_blend_epi16(0xAAAA,
                                     _mm512_permutex2var_epi8(even.first, kEven, even.second),
                                     _mm512_permutex2var_epi8(odd.first, kOdd, odd.second));
    }
  };
  return _mm512_cvtph_ps(_mm512_castsi512_si256(
      _mm512_mask_blend_epi32(0xAA, of_two.template operator()<0>(rows.a, rows.b),
                              of_two.template operator()<2>(rows.c, rows.d))));
}

/// Block b's scale of row r in lane r of quarter b; of MXFP4 its exponent.
template <class F>
FRESHET_INLINE __m512 scales_of(const FourRows<F>& rows) {
  if constexpr (F::kId == Format::MXFP4) {
    static constexpr BytePicks kPicks = [] {  // to the lowest byte of lanes 0 and 1, or 2 and 3
      BytePicks picks{};
      for (int i = 0; i < 64; ++i) {
        picks.at[i] = static_cast<uint8_t>(i / 16 * Quarters<F>::kSize + i / 4 % 2 * 64);
      }
      return picks;
    }();
    constexpr __mmask64 kFirstTwo = 0x0011001100110011;
    const __m512i exponents = _mm512_or_si512(
        _mm512_maskz_permutex2var_epi8(kFirstTwo, rows.a.first, kPicks, rows.b.first),
        _mm512_maskz_permutex2var_epi8(kFirstTwo << 8, rows.c.first, kPicks, rows.d.first));
    return _mm512_sub_ps(_mm512_cvtepi32_ps(exponents), _mm512_set1_ps(128.0f));
  } else {
    return halves_of<F, 0>(rows);
  }
}
/// The scales of products: by MXFP4's powers of two exactly as if they were multiplied.
template <class F>
FRESHET_INLINE __m512 times_scales(__m512 dx, __m512 d) {
  return F::kId == Format::MXFP4 ? _mm512_scalef_ps(dx, d) : _mm512_mul_ps(d, dx);
}

/// The first `count` of four blocks of four rows onto their sums with C rows of activations; before
/// the products of row r it calls ask(r).
template <class F, int C, class Ask>
FRESHET_INLINE void add_blocks_32(const char* const (&at)[4], int64_t b, int count,
                                  const HalvedRow<F> (&x)[C], __m128 (&acc)[C], Ask&& ask) {
  const FourRows<F> rows{Quarters<F>(at[0]), Quarters<F>(at[1]), Quarters<F>(at[2]),
                         Quarters<F>(at[3])};
  __m512i dots[C][4];
  const auto multiply = [&](const Quarters<F>& row, int r) FRESHET_INLINE_LAMBDA {
    ask(r);
    __m512i low, high;
    row.unpack(low, high);
#pragma GCC unroll 3
    for (int c = 0; c < C; ++c) {
      const __m512i* q = reinterpret_cast<const __m512i*>(x[c].q + b * 32);
      dots[c][r] = _mm512_dpbusd_epi32(
          _mm512_dpbusd_epi32(_mm512_setzero_si512(), low, _mm512_load_si512(q)), high,
          _mm512_load_si512(q + 1));
    }
  };
  multiply(rows.a, 0);
  multiply(rows.b, 1);
  multiply(rows.c, 2);
  multiply(rows.d, 3);
  const __m512 d = scales_of<F>(rows);
#pragma GCC unroll 3
  for (int c = 0; c < C; ++c) {
    __m512i sums = sums_in_quarters(dots[c][0], dots[c][1], dots[c][2], dots[c][3]);
    if constexpr (kRowOffset<F> != 0) {
      sums = _mm512_sub_epi32(sums, _mm512_load_si512(x[c].bias + b * 4));
    }
    const __m512 products = _mm512_cvtepi32_ps(sums);
    const __m512 dx = _mm512_load_ps(x[c].scales + b * 4);
    const __m512 scales = times_scales<F>(dx, d);
    const auto add_block = [&]<int kBlock>() FRESHET_INLINE_LAMBDA {
      acc[c] = _mm_fmadd_ps(_mm512_extractf32x4_ps(scales, kBlock),
                            _mm512_extractf32x4_ps(products, kBlock), acc[c]);
      if constexpr (F::kHasMin) {
        const __m512 mins = _mm512_mul_ps(halves_of<F, 2>(rows), dx);
        acc[c] = _mm_fmadd_ps(_mm512_extractf32x4_ps(mins, kBlock),
                              _mm_load_ps(x[c].sums + (b + kBlock) * 4), acc[c]);
      }
    };
    add_block.template operator()<0>();
    if (count > 1) add_block.template operator()<1>();
    if (count > 2) add_block.template operator()<2>();
    if (count > 3) add_block.template operator()<3>();
  }
}

/// Every weight row with C rows of activations from column c0 on.
template <class F, int C>
FRESHET_INLINE void multiply_columns_32(const MatrixProduct& p, int c0,
                                        const HalvedRow<F> (&x)[C]) {
  constexpr int kSize = sizeof(typename F::Block);
  const int64_t n = p.k / 32;
  using Streams = RowStreams<4, true>;
  Streams streams(p);
  const int sets = streams.sets();
  while (streams.next()) {
    __m128 acc[Streams::kMostSets][C];
    for (int set = 0; set < sets; ++set) {
      for (int c = 0; c < C; ++c) acc[set][c] = _mm_setzero_ps();
    }
    int64_t b = 0;
    for (; b + 4 <= n; b += 4) {
#pragma GCC unroll 1
      for (int set = 0; set < sets; ++set) {
        const char* at[4];
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) at[i] = streams.at(4 * set + i) + b * kSize;
        add_blocks_32<F, C>(at, b, 4, x, acc[set], [&](int r) FRESHET_INLINE_LAMBDA {
          streams.ask<0, 4 * kSize>(4 * set + r, at[r]);
        });
      }
    }
    for (int set = 0; b < n && set < sets; ++set) {
      char rest[4][4 * kSize] = {};
      for (int i = 0; i < 4; ++i) {
        std::memcpy(rest[i], streams.at(4 * set + i) + b * kSize,
                    static_cast<size_t>(n - b) * kSize);
      }
      add_blocks_32<F, C>({rest[0], rest[1], rest[2], rest[3]}, b, static_cast<int>(n - b), x,
                          acc[set], [](int) FRESHET_INLINE_LAMBDA {});
    }
    for (int c = 0; c < C; ++c) {
      float* out = p.out + (c0 + c) * p.out_stride;
      for (int set = 0; set < sets; ++set) {
        for (int i = 0; i < 4; ++i) out[streams.row(4 * set + i)] = acc[set][c][i];
      }
    }
  }
}

/// Every row with every column, a few of them, by threes; rows of kLongestRow weights at most.
template <class F>
void multiply_rows_32(const MatrixProduct& p) noexcept {
  RowStreams<4, true>(p).ask_for_beginnings();
  const auto row = [&](int c) {
    return HalvedRow<F>(ByteRow::at(p.activation_row(c), activation_layout(F::kActivation, p.k)),
                        p.k / 32);
  };
  int c = 0;
  for (; c + 3 <= p.columns; c += 3) {
    multiply_columns_32<F, 3>(p, c, {row(c), row(c + 1), row(c + 2)});
  }
  if (c + 2 == p.columns) multiply_columns_32<F, 2>(p, c, {row(c), row(c + 1)});
  if (c + 1 == p.columns) multiply_columns_32<F, 1>(p, c, {row(c)});
}

}  // namespace freshet::kernels::avx512
