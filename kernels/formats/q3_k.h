// Q3_K: super-blocks of 256, sixteen groups of 16 with a signed 6-bit scale each.
// w = d * (scale[g] - 32) * (q - 4),  q in 0..7
//
//   byte 0                       32                           96           108     110
//        | high: bit g of byte i  | low: 2 halves of 32 bytes, | scales[12] | d f16 |
//        | is bit 2 of weight     | one per 128 weights, run r |            |       |
//        | 32 g + i               | of 32 in bits 2r, 2r+1     |            |       |
//
// Scale g has its low 4 bits in the low (g < 8) or high (g >= 8) nibble of scales[g % 8], and its
// high 2 bits in bits 2(g/4), 2(g/4)+1 of scales[8 + g % 4].
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"
#include "kernels/formats/shift.h"

namespace freshet::kernels {

struct Q3_K {
  static constexpr Format kId = Format::Q3_K;
  static constexpr const char* kName = "Q3_K";
  static constexpr int kBlockSize = 256;
  static constexpr int kGroup = 16;
  static constexpr Activation kActivation = Activation::kBytes256;
  static constexpr bool kSigned = false;
  static constexpr int kOffset = 4;
  static constexpr bool kHasMin = false;

  struct [[gnu::packed]] Block {
    uint8_t high[32];
    uint8_t low[64];
    uint8_t scales[12];
    uint16_t d;
  };
  static_assert(sizeof(Block) == 110);

  /// Scale of group g with its offset taken off: -32..31.
  static FRESHET_INLINE int group_scale(const Block& block, int g) {
    const int low = (block.scales[g % 8] >> (g / 8 * 4)) & 15;
    const int high = (block.scales[8 + g % 4] >> (g / 4 * 2)) & 3;
    return (low | high << 4) - 32;
  }

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d);
    for (int i = 0; i < 256; ++i) {
      const int half = i / 128, run = i % 128 / 32, lane = i % 32;
      const int low = (block.low[half * 32 + lane] >> (run * 2)) & 3;
      const int high = (block.high[lane] >> (i / 32)) & 1;
      const float scale = d * static_cast<float>(group_scale(block, i / 16));
      out[i] = scale * static_cast<float>((low | high << 2) - 4);
    }
  }
  /// See kernels/quantise/targets/baseline.cpp.
  static void encode(const float* in, Block& block) noexcept;

  /// Weights 32 g .. 32 g + 31, 0..7 each (kOffset not yet taken off).
  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block, int g) {
    const typename T::Bytes half = T::load_bytes(block.low + g / 4 * 32);
    const typename T::Bytes low = T::and_bytes(shift_right<T>(half, g % 4 * 2), T::set_bytes(3));
    const typename T::Bytes high = shift_right<T>(T::load_bytes(block.high), g);
    return T::or_bytes(low, T::template shift_left<2>(T::and_bytes(high, T::set_bytes(1))));
  }
  template <class T>
  static FRESHET_INLINE GroupScales scales(const Block& block) {
    uint64_t low = 0;
    uint32_t high = 0;
    __builtin_memcpy(&low, block.scales, 8);
    __builtin_memcpy(&high, block.scales + 8, 4);
    constexpr uint64_t kLow4 = 0x0F0F0F0F0F0F0F0Fu, kHigh2 = 0x30303030u;
    const uint64_t first = ((high << 4) & kHigh2) | ((high << 2) & kHigh2) << 32;
    const uint64_t second = (high & kHigh2) | ((high >> 2) & kHigh2) << 32;
    GroupScales r;
    T::widen_words((low & kLow4) | first, ((low >> 4) & kLow4) | second, 32, r.scale);
    return r;
  }
  template <class T>
  static FRESHET_INLINE float scale(const Block& block) {
    return T::half_to_float(block.d);
  }
};

}  // namespace freshet::kernels
