// IQ4_XS: super-blocks of 256, eight groups of 32 with a signed 6-bit scale each, and nibbles that
// index the table of IQ4_NL. w = d * (scale[g] - 32) * kIq4Values[q]
//
//   byte 0      2                       4                      8                             136
//        | d f16 | high u16: bits 2g,    | low[4]: nibble g is  | q: 16 bytes per group, low   |
//        |       | 2g+1 are bits 4, 5 of | bits 0..3 of         | nibbles weights 0..15, high  |
//        |       | scale[g]              | scale[g]             | ones 16..31                  |
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"
#include "kernels/formats/iq4_nl.h"

namespace freshet::kernels {

struct IQ4_XS {
  static constexpr Format kId = Format::IQ4_XS;
  static constexpr const char* kName = "IQ4_XS";
  static constexpr int kBlockSize = 256;
  static constexpr int kGroup = 32;
  static constexpr Activation kActivation = Activation::kBytes256;
  static constexpr bool kSigned = true;
  static constexpr int kOffset = 0;
  static constexpr bool kHasMin = false;

  struct [[gnu::packed]] Block {
    uint16_t d, scales_high;
    uint8_t scales_low[4];
    uint8_t q[128];
  };
  static_assert(sizeof(Block) == 136);

  /// Scale of group g with its offset taken off: -32..31.
  static FRESHET_INLINE int group_scale(const Block& block, int g) {
    const int low = (block.scales_low[g / 2] >> (g % 2 * 4)) & 15;
    const int high = (block.scales_high >> (g * 2)) & 3;
    return (low | high << 4) - 32;
  }

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d);
    for (int g = 0; g < 8; ++g) {
      const float scale = d * static_cast<float>(group_scale(block, g));
      for (int i = 0; i < 32; ++i) {
        const int q = (block.q[g * 16 + i % 16] >> (i / 16 * 4)) & 15;
        out[g * 32 + i] = scale * static_cast<float>(kIq4Values[q]);
      }
    }
  }
  /// See kernels/quantise/targets/baseline.cpp.
  static void encode(const float* in, Block& block) noexcept;

  /// The 32 weights of group g, values of the table.
  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block, int g) {
    return T::lookup(kIq4Values, T::load_nibbles(block.q + g * 16));
  }
  template <class T>
  static FRESHET_INLINE GroupScales scales(const Block& block) {
    uint32_t packed = 0;
    __builtin_memcpy(&packed, block.scales_low, 4);
    uint64_t low = packed;  // nibble g moves to byte g, then pair of bits g likewise
    low = (low | low << 16) & 0x0000FFFF0000FFFFu;
    low = (low | low << 8) & 0x00FF00FF00FF00FFu;
    low = (low | low << 4) & 0x0F0F0F0F0F0F0F0Fu;
    uint64_t high = block.scales_high;
    high = (high | high << 24) & 0x000000FF000000FFu;
    high = (high | high << 12) & 0x000F000F000F000Fu;
    high = (high | high << 6) & 0x0303030303030303u;
    GroupScales r;
    T::widen_words_twice(low | high << 4, 32, r.scale);
    return r;
  }
  template <class T>
  static FRESHET_INLINE float scale(const Block& block) {
    return T::half_to_float(block.d);
  }
};

}  // namespace freshet::kernels
