// Q4_0: 32 nibbles and one scale. w = d * (q - 8),  q in 0..15
//
//   byte 0      2                              18
//        | d f16 | q: low nibbles are weights   |
//        |       | 0..15, high ones 16..31      |
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"

namespace freshet::kernels {

struct Q4_0 {
  static constexpr Format kId = Format::Q4_0;
  static constexpr const char* kName = "Q4_0";
  static constexpr int kBlockSize = 32;
  static constexpr Activation kActivation = Activation::kBytes32;
  static constexpr bool kSigned = false;
  static constexpr int kOffset = 8;
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
      out[i] = d * static_cast<float>(q - 8);
    }
  }
  /// See encode_32.cpp.
  static void encode(const float* in, Block& block) noexcept;

  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block) {
    return T::load_nibbles(block.q);
  }
  template <class T>
  static FRESHET_INLINE float scale(const Block& block) {
    return T::half_to_float(block.d);
  }
};

}  // namespace freshet::kernels
