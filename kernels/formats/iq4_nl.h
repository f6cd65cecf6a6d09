// IQ4_NL: 32 nibbles that index a table of 16 unevenly spaced values, and one scale.
// w = d * kIq4Values[q]
//
//   byte 0      2                              18
//        | d f16 | q: low nibbles are weights   |
//        |       | 0..15, high ones 16..31      |
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"

namespace freshet::kernels {

/// Denser around zero, where weights are; slightly asymmetric. Shared with IQ4_XS.
inline constexpr int8_t kIq4Values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                          1,    13,   25,  38,  53,  69,  89,  113};

struct IQ4_NL {
  static constexpr Format kId = Format::IQ4_NL;
  static constexpr const char* kName = "IQ4_NL";
  static constexpr int kBlockSize = 32;
  static constexpr Activation kActivation = Activation::kBytes32;
  static constexpr bool kSigned = true;
  static constexpr int kOffset = 0;
  static constexpr bool kHasMin = false;

  struct [[gnu::packed]] Block {
    uint16_t d;
    uint8_t q[16];
  };
  static_assert(sizeof(Block) == 18);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d);
    for (int i = 0; i < 32; ++i) {
      const int q = (block.q[i % 16] >> (i / 16 * 4)) & 15;
      out[i] = d * static_cast<float>(kIq4Values[q]);
    }
  }
  /// See kernels/quantise/targets/baseline.cpp.
  static void encode(const float* in, Block& block) noexcept;

  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block) {
    return T::lookup(kIq4Values, T::load_nibbles(block.q));
  }
  template <class T>
  static FRESHET_INLINE float scale(const Block& block) {
    return T::half_to_float(block.d);
  }
};

}  // namespace freshet::kernels
