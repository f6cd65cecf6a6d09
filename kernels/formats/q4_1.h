// Q4_1: 32 nibbles, a scale and a minimum. w = d * q + m,  q in 0..15
//
//   byte 0      2       4                            20
//        | d f16 | m f16 | q: low nibbles are weights |
//        |       |       | 0..15, high ones 16..31    |
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"

namespace freshet::kernels {

struct Q4_1 {
  static constexpr Format kId = Format::Q4_1;
  static constexpr const char* kName = "Q4_1";
  static constexpr int kBlockSize = 32;
  static constexpr Activation kActivation = Activation::kBytes32;
  static constexpr bool kSigned = false;
  static constexpr int kOffset = 0;
  static constexpr bool kHasMin = true;

  struct [[gnu::packed]] Block {
    uint16_t d, m;
    uint8_t q[16];
  };
  static_assert(sizeof(Block) == 20);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d), m = half_to_float(block.m);
    for (int i = 0; i < 32; ++i) {
      const int q = (block.q[i % 16] >> (i / 16 * 4)) & 15;
      out[i] = d * static_cast<float>(q) + m;
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
  template <class T>
  static FRESHET_INLINE float min(const Block& block) {
    return T::half_to_float(block.m);
  }
};

}  // namespace freshet::kernels
