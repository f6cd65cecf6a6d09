// Q4_K: super-blocks of 256, eight groups of 32 with a 6-bit scale and a 6-bit minimum each.
// w = d * scale[g] * q - dmin * min[g],  q in 0..15
//
//   byte 0      2         4                16                                        144
//        | d f16 | dmin f16 | scales, mins   | q: 4 runs of 32 bytes, one per 64 weights |
//
// Run r holds group 2r in its low nibbles and group 2r+1 in its high nibbles.
// Scales and mins are packed as six_bit_scales.h draws.
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"
#include "kernels/formats/six_bit_scales.h"

namespace freshet::kernels {

struct Q4_K {
  static constexpr Format kId = Format::Q4_K;
  static constexpr const char* kName = "Q4_K";
  static constexpr int kBlockSize = 256;
  static constexpr int kGroup = 32;
  static constexpr Activation kActivation = Activation::kBytes256;
  static constexpr bool kSigned = false;
  static constexpr int kOffset = 0;
  static constexpr bool kHasMin = true;

  struct [[gnu::packed]] Block {
    uint16_t d, dmin;
    uint8_t scales[12];
    uint8_t q[128];
  };
  static_assert(sizeof(Block) == 144);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d), dmin = half_to_float(block.dmin);
    const SixBitScales s = unpack_six_bit_scales(block.scales);
    for (int g = 0; g < 8; ++g) {
      const float scale = d * static_cast<float>(s.scale[g]);
      const float min = dmin * static_cast<float>(s.min[g]);
      for (int i = 0; i < 32; ++i) {
        const int q = (block.q[g / 2 * 32 + i] >> (g % 2 * 4)) & 15;
        out[g * 32 + i] = scale * static_cast<float>(q) - min;
      }
    }
  }
  /// See kernels/quantise/targets/baseline.cpp.
  static void encode(const float* in, Block& block) noexcept;

  /// The 32 weights of group g, 0..15 each.
  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block, int g) {
    const typename T::Bytes run = T::load_bytes(block.q + g / 2 * 32);
    return g % 2 == 0 ? T::and_bytes(run, T::set_bytes(15)) : T::template shift_right<4>(run);
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
