// Q5_K: super-blocks of 256, eight groups of 32 with a 6-bit scale and a 6-bit minimum each.
// w = d * scale[g] * q - dmin * min[g],  q in 0..31
//
//   byte 0      2          4                16                      48                       176
//        | d f16 | dmin f16 | scales, mins   | high: bit g of byte i | low: 4 runs of 32 bytes, |
//        |       |          | as in Q4_K     | is bit 4 of weight    | groups 2r and 2r+1 in    |
//        |       |          |                | 32 g + i              | the nibbles of run r     |
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"
#include "kernels/formats/shift.h"
#include "kernels/formats/six_bit_scales.h"

namespace freshet::kernels {

struct Q5_K {
  static constexpr Format kId = Format::Q5_K;
  static constexpr const char* kName = "Q5_K";
  static constexpr int kBlockSize = 256;
  static constexpr int kGroup = 32;
  static constexpr Activation kActivation = Activation::kBytes256;
  static constexpr bool kSigned = false;
  static constexpr int kOffset = 0;
  static constexpr bool kHasMin = true;

  struct [[gnu::packed]] Block {
    uint16_t d, dmin;
    uint8_t scales[12];
    uint8_t high[32];
    uint8_t low[128];
  };
  static_assert(sizeof(Block) == 176);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d), dmin = half_to_float(block.dmin);
    const SixBitScales s = unpack_six_bit_scales(block.scales);
    for (int g = 0; g < 8; ++g) {
      const float scale = d * static_cast<float>(s.scale[g]);
      const float min = dmin * static_cast<float>(s.min[g]);
      for (int i = 0; i < 32; ++i) {
        const int low = (block.low[g / 2 * 32 + i] >> (g % 2 * 4)) & 15;
        const int high = (block.high[i] >> g) & 1;
        out[g * 32 + i] = scale * static_cast<float>(low | high << 4) - min;
      }
    }
  }
  /// See kernels/quantise/targets/baseline.cpp.
  static void encode(const float* in, Block& block) noexcept;

  /// The 32 weights of group g, 0..31 each.
  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block, int g) {
    const typename T::Bytes run = T::load_bytes(block.low + g / 2 * 32);
    const typename T::Bytes low = T::and_bytes(shift_right<T>(run, g % 2 * 4), T::set_bytes(15));
    const typename T::Bytes high = shift_right<T>(T::load_bytes(block.high), g);
    return T::or_bytes(low, T::template shift_left<4>(T::and_bytes(high, T::set_bytes(1))));
  }
  template <class T>
  static FRESHET_INLINE GroupScales scales(const Block& block) {
    return spread_six_bit_scales<T>(block.scales);
  }
  template <class T>
  static FRESHET_INLINE float scale(const Block& block) {
    return T::half_to_float(block.d);
  }
  template <class T>
  static FRESHET_INLINE float min(const Block& block) {
    return -T::half_to_float(block.dmin);
  }
};

}  // namespace freshet::kernels
