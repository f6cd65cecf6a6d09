// AVX-512: 32 weight rows, 256 weights at a time, as a panel whose lanes are rows.
//
// Blocks are transposed as they are, packed: sixteen bytes of sixteen rows become four vectors of
// dwords, one per row. Unpacking then works on full registers, and so do the 6-bit scales.
#pragma once

#include "kernels/cpu/product.h"
#include "kernels/cpu/tuned/avx512_unpack.h"

namespace freshet::kernels::avx512 {

inline constexpr int kPanelRows = 32;
inline constexpr int kPanelK = 256;

/// Bytes of every format are unsigned here: signed ones are offset by 128.
template <class F>
inline constexpr int kPanelOffset = F::kOffset + (F::kSigned ? 128 : 0);
/// Float scales per 256 weights.
template <class F>
inline constexpr int kPanelBlocks = 256 / F::kBlockSize;
/// Weights that share an integer scale, or a float scale in formats without.
template <class F>
constexpr int panel_group() {
  if constexpr (F::kBlockSize == 32) {
    return 32;
  } else {
    return F::kGroup;
  }
}
template <class F>
inline constexpr int kPanelGroup = panel_group<F>();
template <class F>
inline constexpr int kPanelGroups = kPanelK / kPanelGroup<F>;

/// The sum over groups of scale * dot is an integer. Float adds groups exactly as long as they stay
/// below 2^24, by two instructions where integers take three: all groups (weights up to 7: 16 times
/// 16 * 7 * 127 * 32), or half of them (weights up to 15: 4 times 32 * 15 * 127 * 63), or none.
template <class F>
inline constexpr int kExactParts = F::kId == Format::Q2_K || F::kId == Format::Q3_K ? 1
                                   : F::kId == Format::Q4_K                         ? 2
                                                                                    : 0;
template <class F>
FRESHET_INLINE __m512i panel_scale(__m512i scale) {
  return kExactParts<F> == 0 ? scale : _mm512_castps_si512(_mm512_cvtepi32_ps(scale));
}

/// 256 weights of 32 rows. Vectors are pairs: rows 0..15, rows 16..31.
template <class F>
struct Panel {
  __m512i bytes[kPanelK / 4][2];         // four weights of each row
  __m512i scales[kPanelGroups<F>][2];    // int32, or floats if kExactParts; super-blocks only
  __m512i mins[kPanelGroups<F> / 2][2];  // int16 pairs of neighbouring groups; super-blocks only:
                                         // minima, or scales times minus the offset
  __m512 d[kPanelBlocks<F>][2];
  __m512 m[kPanelBlocks<F>][2];
};

/// Where sixteen rows have the same block. Of sixteen pointers each would be loaded anew for every
/// load: these six stay in registers, and what lies between is a form of address.
class SixteenRows {
 public:
  FRESHET_INLINE SixteenRows(const char* first, int64_t stride)
      : stride_(stride), stride_3_(3 * stride) {
    for (int i = 0; i < 4; ++i) quads_[i] = first + 4 * i * stride;
    for (auto& quad : quads_) asm("" : "+r"(quad));  // else they are computed again from the first
    asm("" : "+r"(stride_3_));
  }
  [[nodiscard]] FRESHET_INLINE const char* at(int r) const {
    const char* quad = quads_[r / 4];
    return r % 4 == 3 ? quad + stride_3_ : quad + r % 4 * stride_;
  }

 private:
  const char* quads_[4];
  int64_t stride_, stride_3_;
};

/// Dwords of sixteen bytes at `offset`: out[i] lane r is dword i of row r.
FRESHET_INLINE void transpose(const SixteenRows& rows, int64_t offset, __m512i (&out)[4]) {
  __m512i v[4];  // v[i]: rows i, 4 + i, 8 + i, 12 + i
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const auto load = [&](int r) FRESHET_INLINE_LAMBDA {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows.at(r) + offset));
    };
    v[i] = _mm512_inserti32x4(_mm512_castsi128_si512(load(i)), load(4 + i), 1);
    v[i] = _mm512_inserti32x4(_mm512_inserti32x4(v[i], load(8 + i), 2), load(12 + i), 3);
  }
  const __m512i a = _mm512_unpacklo_epi32(v[0], v[1]), b = _mm512_unpackhi_epi32(v[0], v[1]);
  const __m512i c = _mm512_unpacklo_epi32(v[2], v[3]), d = _mm512_unpackhi_epi32(v[2], v[3]);
  out[0] = _mm512_unpacklo_epi64(a, c);
  out[1] = _mm512_unpackhi_epi64(a, c);
  out[2] = _mm512_unpacklo_epi64(b, d);
  out[3] = _mm512_unpackhi_epi64(b, d);
}

/// N bits of every byte, from bit `from` to bit `to`.
template <int kFrom, int kBits, int kTo = 0>
FRESHET_INLINE __m512i bits(__m512i v) {
  return _mm512_gf2p8affine_epi64_epi8(
      v, _mm512_set1_epi64(static_cast<int64_t>(move_bits(kFrom, kBits, kTo))), 0);
}

/// Sixteen bytes of nibbles as formats with blocks of 32 and IQ4_XS have them: weights i, then
/// weights 16 + i. value(v) gives the bytes that are stored.
template <class Value>
FRESHET_INLINE void fill_nibbles(const SixteenRows& rows, int64_t offset, int half,
                                 __m512i (*out)[2], Value value) {
  __m512i v[4];
  transpose(rows, offset, v);
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    out[i][half] = value(bits<0, 4>(v[i]));
    out[4 + i][half] = value(bits<4, 4>(v[i]));
  }
}

/// The bytes of sixteen super-blocks: 256 weights of each.
template <class F>
FRESHET_INLINE void fill_bytes(const SixteenRows& rows, int half, __m512i (*out)[2]) {
  using Block = typename F::Block;
  __m512i v[4];
  if constexpr (F::kId == Format::Q4_K) {
#pragma GCC unroll 8
    for (int c = 0; c < 8; ++c) {  // run c / 2; steps of four weights, 16 to a run
      transpose(rows, offsetof(Block, q) + 16 * c, v);
      __m512i(*run)[2] = out + c / 2 * 16 + c % 2 * 4;
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) {
        run[i][half] = bits<0, 4>(v[i]);
        run[8 + i][half] = bits<4, 4>(v[i]);
      }
    }
  } else if constexpr (F::kId == Format::Q5_K) {
    __m512i high[8];
#pragma GCC unroll 2
    for (int c = 0; c < 2; ++c) {
      transpose(rows, offsetof(Block, high) + 16 * c, v);
      for (int i = 0; i < 4; ++i) high[4 * c + i] = v[i];
    }
    const auto fill_run = [&]<int kRun>() FRESHET_INLINE_LAMBDA {
#pragma GCC unroll 2
      for (int c = 0; c < 2; ++c) {
        transpose(rows, offsetof(Block, low) + 32 * kRun + 16 * c, v);
        __m512i(*run)[2] = out + kRun * 16 + c * 4;
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
          const __m512i h = high[4 * c + i];
          run[i][half] = _mm512_or_si512(bits<0, 4>(v[i]), bits<2 * kRun, 1, 4>(h));
          run[8 + i][half] = _mm512_or_si512(bits<4, 4>(v[i]), bits<2 * kRun + 1, 1, 4>(h));
        }
      }
    };
    fill_run.template operator()<0>();
    fill_run.template operator()<1>();
    fill_run.template operator()<2>();
    fill_run.template operator()<3>();
  } else if constexpr (F::kId == Format::Q6_K) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {  // sixteen bytes of qh: half c / 2 of the block, lanes 16 (c % 2)
      __m512i high[4], first[4], second[4];
      transpose(rows, offsetof(Block, qh) + 16 * c, high);
      transpose(rows, offsetof(Block, ql) + c / 2 * 64 + c % 2 * 16, first);
      transpose(rows, offsetof(Block, ql) + c / 2 * 64 + 32 + c % 2 * 16, second);
      __m512i(*steps)[2] = out + c / 2 * 32 + c % 2 * 4;  // 8 steps to a run of 32 weights
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) {
        steps[i][half] = _mm512_or_si512(bits<0, 4>(first[i]), bits<0, 2, 4>(high[i]));
        steps[8 + i][half] = _mm512_or_si512(bits<0, 4>(second[i]), bits<2, 2, 4>(high[i]));
        steps[16 + i][half] = _mm512_or_si512(bits<4, 4>(first[i]), bits<4, 2, 4>(high[i]));
        steps[24 + i][half] = _mm512_or_si512(bits<4, 4>(second[i]), bits<6, 2, 4>(high[i]));
      }
    }
  } else if constexpr (F::kId == Format::Q2_K || F::kId == Format::Q3_K) {
    constexpr int64_t kLow =
        F::kId == Format::Q2_K ? offsetof(Q2_K::Block, q) : offsetof(Q3_K::Block, low);
    const auto fill_half = [&]<int kHalf>() FRESHET_INLINE_LAMBDA {
#pragma GCC unroll 2
      for (int c = 0; c < 2; ++c) {
        __m512i high[4];
        transpose(rows, kLow + 32 * kHalf + 16 * c, v);
        if constexpr (F::kId == Format::Q3_K) transpose(rows, offsetof(Block, high) + 16 * c, high);
        __m512i(*steps)[2] = out + kHalf * 32 + c * 4;
        const auto fill_group = [&]<int kGroup>() FRESHET_INLINE_LAMBDA {
#pragma GCC unroll 4
          for (int i = 0; i < 4; ++i) {
            __m512i w = bits<2 * kGroup, 2>(v[i]);
            if constexpr (F::kId == Format::Q3_K) {
              w = _mm512_or_si512(w, bits<4 * kHalf + kGroup, 1, 2>(high[i]));
            }
            steps[8 * kGroup + i][half] = w;
          }
        };
        fill_group.template operator()<0>();
        fill_group.template operator()<1>();
        fill_group.template operator()<2>();
        fill_group.template operator()<3>();
      }
    };
    fill_half.template operator()<0>();
    fill_half.template operator()<1>();
  } else {
    static_assert(F::kId == Format::IQ4_XS);
#pragma GCC unroll 8
    for (int g = 0; g < 8; ++g) {
      fill_nibbles(rows, offsetof(Block, q) + 16 * g, half, out + 8 * g,
                   [](__m512i index)
                       FRESHET_INLINE_LAMBDA { return look_up(kIq4Values, 0x80, index); });
    }
  }
}

/// For vpshufb: bytes first, first + 1 of every dword as two words, in their low or high halves.
constexpr Constant pair_of_dword(int first, bool high) {
  Constant c{};
  for (int i = 0; i < 16; ++i) {
    const auto byte = static_cast<uint64_t>(4 * (i % 4) + first);
    const uint64_t pair = byte | (byte + 1) << 16;
    c.parts[i / 2] |= (high ? pair << 8 | 0x00800080 : pair | 0x80008000) << (i % 2 * 32);
  }
  return c;
}

/// Bytes and bits for the fifth bits of Q5_0 and Q5_1.
constexpr Constant repeat_dword(uint32_t even, int step) {
  Constant c{};  // vpshufb counts within 128 bits: dword i of four adds 4 i to every byte
  for (int i = 0; i < 8; ++i) {
    const auto dword = [&](int j) {
      return static_cast<uint64_t>(even + 0x01010101u * static_cast<uint32_t>(step * j));
    };
    c.parts[i] = dword(2 * i % 4) | dword(2 * i % 4 + 1) << 32;
  }
  return c;
}
alignas(64) inline constexpr Constant kByteOfDword[4] = {
    repeat_dword(0x00000000, 4), repeat_dword(0x01010101, 4), repeat_dword(0x02020202, 4),
    repeat_dword(0x03030303, 4)};
alignas(64) inline constexpr Constant kBitOfByte[2] = {repeat_dword(0x08040201, 0),
                                                       repeat_dword(0x80402010, 0)};
alignas(64) inline constexpr Constant kLowPair = pair_of_dword(0, false);
alignas(64) inline constexpr Constant kHighPair = pair_of_dword(2, false);
alignas(64) inline constexpr Constant kHighOfLowPair = pair_of_dword(0, true);
alignas(64) inline constexpr Constant kHighOfHighPair = pair_of_dword(2, true);

/// The bytes of one block of 32 of sixteen rows.
template <class F>
FRESHET_INLINE void fill_block(const SixteenRows& rows, int64_t at, int half, __m512i (*out)[2]) {
  using Block = typename F::Block;
  const int64_t q = at + static_cast<int64_t>(offsetof(Block, q));
  if constexpr (F::kId == Format::Q8_0) {
#pragma GCC unroll 2
    for (int c = 0; c < 2; ++c) {
      __m512i v[4];
      transpose(rows, q + 16 * c, v);
      for (int i = 0; i < 4; ++i) {
        out[4 * c + i][half] = _mm512_xor_si512(v[i], _mm512_set1_epi8(static_cast<char>(0x80)));
      }
    }
  } else if constexpr (F::kId == Format::IQ4_NL) {
    fill_nibbles(rows, q, half, out, [](__m512i index) FRESHET_INLINE_LAMBDA {
      return look_up(kIq4Values, 0x80, index);
    });
  } else if constexpr (F::kId == Format::MXFP4) {
    fill_nibbles(rows, q, half, out, [](__m512i index) FRESHET_INLINE_LAMBDA {
      return look_up(kMxfp4Values, 0, index);
    });
  } else {
    fill_nibbles(rows, q, half, out, [](__m512i nibbles) FRESHET_INLINE_LAMBDA { return nibbles; });
    if constexpr (F::kId == Format::Q5_0 || F::kId == Format::Q5_1) {
      __m512i v[4];
      transpose(rows, at + static_cast<int64_t>(offsetof(Block, high)), v);
#pragma GCC unroll 8
      for (int s = 0; s < 8;
           ++s) {  // bits 4s .. 4s + 3 of v[0] are those of the step's four weights
        const __m512i byte = _mm512_shuffle_epi8(v[0], kByteOfDword[s / 2]);
        const __mmask64 high = _mm512_test_epi8_mask(byte, kBitOfByte[s % 2]);
        out[s][half] = _mm512_mask_add_epi8(out[s][half], high, out[s][half], _mm512_set1_epi8(16));
      }
    }
  }
}

/// One byte of every dword as an int32: the 6-bit scales of sixteen rows.
template <int kByte>
FRESHET_INLINE __m512i zero_extend(__m512i v) {
  return _mm512_and_si512(_mm512_srli_epi32(v, 8 * kByte), _mm512_set1_epi32(255));
}

template <int kByte>
FRESHET_INLINE __m512i sign_extend(__m512i v) {
  return _mm512_srai_epi32(_mm512_slli_epi32(v, 24 - 8 * kByte), 24);
}

/// Float scales, and minima, of sixteen super-blocks, by way of memory.
template <class F>
FRESHET_INLINE void fill_floats(const SixteenRows& rows, int64_t at, __m512& d, __m512& m) {
  using Block = typename F::Block;
  if constexpr (F::kId == Format::MXFP4) {
    alignas(64) float scales[16];
    for (int r = 0; r < 16; ++r) {
      scales[r] = MXFP4::power(reinterpret_cast<const Block*>(rows.at(r) + at)->e);
    }
    d = T::load(scales);
  } else {
    alignas(32) uint16_t halves[16];
    for (int r = 0; r < 16; ++r) halves[r] = reinterpret_cast<const Block*>(rows.at(r) + at)->d;
    d = T::load_f16(halves);
    if constexpr (F::kHasMin) {
      constexpr bool kNegative = F::kBlockSize == 256;
      for (int r = 0; r < 16; ++r) {
        const auto* block = reinterpret_cast<const Block*>(rows.at(r) + at);
        if constexpr (kNegative) {
          halves[r] = block->dmin ^ 0x8000;
        } else {
          halves[r] = block->m;
        }
      }
      m = T::load_f16(halves);
    }
  }
}

/// The integer scales of sixteen super-blocks; of Q4_K and Q5_K, whose heads they are, all scales.
template <class F>
FRESHET_INLINE void fill_scales(const SixteenRows& rows, int half, Panel<F>& panel) {
  using Block = typename F::Block;
  if constexpr (F::kId == Format::Q4_K || F::kId == Format::Q5_K) {
    __m512i v[4];  // six_bit_scales.h, the fields of sixteen rows at once
    transpose(rows, 0, v);
    const auto floats = [](__m512i halves) FRESHET_INLINE_LAMBDA {
      return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(halves));
    };
    panel.d[0][half] = floats(v[0]);
    panel.m[0][half] = _mm512_xor_ps(floats(_mm512_srli_epi32(v[0], 16)), _mm512_set1_ps(-0.0f));
    const __m512i low6 = _mm512_set1_epi8(63), low4 = _mm512_set1_epi8(15);
    const auto high2 = [](__m512i w) FRESHET_INLINE_LAMBDA { return bits<6, 2, 4>(w); };
    const __m512i scales[2] = {_mm512_and_si512(v[1], low6),
                               _mm512_or_si512(_mm512_and_si512(v[3], low4), high2(v[1]))};
    const __m512i mins[2] = {_mm512_and_si512(v[2], low6),
                             _mm512_or_si512(bits<4, 4>(v[3]), high2(v[2]))};
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      panel.scales[4 * i][half] = panel_scale<F>(zero_extend<0>(scales[i]));
      panel.scales[4 * i + 1][half] = panel_scale<F>(zero_extend<1>(scales[i]));
      panel.scales[4 * i + 2][half] = panel_scale<F>(zero_extend<2>(scales[i]));
      panel.scales[4 * i + 3][half] = panel_scale<F>(zero_extend<3>(scales[i]));
      panel.mins[2 * i][half] = _mm512_shuffle_epi8(mins[i], kLowPair);
      panel.mins[2 * i + 1][half] = _mm512_shuffle_epi8(mins[i], kHighPair);
    }
  } else if constexpr (F::kId == Format::Q6_K) {
    __m512i v[4];
    transpose(rows, offsetof(Block, scale), v);
    const __m512i offset = _mm512_set1_epi16(-kPanelOffset<F>);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      panel.scales[4 * i][half] = sign_extend<0>(v[i]);
      panel.scales[4 * i + 1][half] = sign_extend<1>(v[i]);
      panel.scales[4 * i + 2][half] = sign_extend<2>(v[i]);
      panel.scales[4 * i + 3][half] = sign_extend<3>(v[i]);
      const auto pairs = [&](__m512i words) FRESHET_INLINE_LAMBDA {  // bytes in the high halves
        return _mm512_mullo_epi16(_mm512_srai_epi16(words, 8), offset);
      };
      panel.mins[2 * i][half] = pairs(_mm512_shuffle_epi8(v[i], kHighOfLowPair));
      panel.mins[2 * i + 1][half] = pairs(_mm512_shuffle_epi8(v[i], kHighOfHighPair));
    }
  } else {
    constexpr int kStep = kPanelGroup<F> / 16;  // scales come one per 16 weights
    alignas(64) int32_t scales[kPanelGroups<F>][16];
    auto* mins = reinterpret_cast<int16_t*>(panel.mins) + half * 32;
    for (int r = 0; r < 16; ++r) {
      const GroupScales s = F::template scales<T>(*reinterpret_cast<const Block*>(rows.at(r)));
      for (int g = 0; g < kPanelGroups<F>; ++g) {
        scales[g][r] = s.scale[g * kStep];
        mins[(g / 2 * kPanelRows + r) * 2 + g % 2] = static_cast<int16_t>(
            F::kHasMin ? s.min[g * kStep] : -kPanelOffset<F> * s.scale[g * kStep]);
      }
    }
    for (int g = 0; g < kPanelGroups<F>; ++g) {
      panel.scales[g][half] = panel_scale<F>(_mm512_load_si512(scales[g]));
    }
  }
}

/// 256 weights (or 32 n_blocks) from block b on of rows r0 .. r0 + 31; rows past the last repeat
/// it.
template <class F>
void fill_panel(const MatrixProduct& p, int r0, int64_t b, int n_blocks, Panel<F>& panel) {
  using Block = typename F::Block;
  constexpr auto kSize = static_cast<int64_t>(sizeof(Block));
  const int64_t at = b * kSize;
  const char* first = p.weight_row(r0) + at;
  int64_t stride = p.row_bytes;
  Block copies[kPanelRows][kPanelBlocks<F>];
  if (p.rows - r0 < kPanelRows) {
    for (int r = 0; r < kPanelRows; ++r) {
      const char* row = p.weight_row(r0 + r < p.rows ? r0 + r : p.rows - 1) + at;
      __builtin_memcpy(copies[r], row, static_cast<size_t>(n_blocks * kSize));
    }
    first = reinterpret_cast<const char*>(copies);
    stride = sizeof copies[0];
  }
  for (int half = 0; half < 2; ++half) {
    const SixteenRows rows(first + 16 * half * stride, stride);
    if constexpr (F::kBlockSize == 256) {
      fill_bytes<F>(rows, half, panel.bytes);
      fill_scales<F>(rows, half, panel);
      if constexpr (F::kId != Format::Q4_K && F::kId != Format::Q5_K) {
        fill_floats<F>(rows, 0, panel.d[0][half], panel.m[0][half]);
      }
    } else {
      for (int i = 0; i < n_blocks; ++i) {
        fill_block<F>(rows, i * kSize, half, panel.bytes + 8 * i);
        fill_floats<F>(rows, i * kSize, panel.d[i][half], panel.m[i][half]);
      }
    }
  }
}

/// What the next panel is filled from, asked for a few rows at a time while this one is multiplied:
/// all at once would fill the queue of outstanding reads and stop everything behind it (32 columns
/// of Q4_K from memory: 138 GMAC/s a core at once, 165 a few at a time).
class NextPanel {
 public:
  /// After block b of rows r0 ..: the next blocks of the same rows, or the first ones of the next
  /// rows, which may lie in the next task.
  FRESHET_INLINE NextPanel(const MatrixProduct& p, int r0, int64_t offset, int64_t bytes, int steps)
      : row_bytes_(p.row_bytes), bytes_(bytes), rows_per_step_((kPanelRows + steps - 1) / steps) {
    const bool same_rows = offset + bytes < p.row_bytes;
    at_ = p.weight_row(same_rows ? r0 : r0 + kPanelRows) + (same_rows ? offset + bytes : 0);
  }
  FRESHET_INLINE void step() {
    for (int i = 0; i < rows_per_step_ && row_ < kPanelRows; ++i, ++row_, at_ += row_bytes_) {
      for (int64_t line = -reinterpret_cast<intptr_t>(at_) & 63; line < bytes_; line += 64) {
        _mm_prefetch(at_ + line, _MM_HINT_T1);  // those that begin in these bytes
      }
    }
  }

 private:
  const char* at_;
  int64_t row_bytes_, bytes_;
  int rows_per_step_, row_ = 0;
};

}  // namespace freshet::kernels::avx512
