// Q5_0: 32 weights of 5 bits and one scale. w = d * (q - 16),  q in 0..31
//
//   byte 0      2                          6                          22
//        | d f16 | high u32: bit i is bit 4 | q: low nibbles are bits   |
//        |       | of weight i              | 0..3 of weights 0..15,    |
//        |       |                          | high ones of 16..31       |
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"

namespace freshet::kernels {

struct Q5_0 {
  static constexpr Format kId = Format::Q5_0;
  static constexpr const char* kName = "Q5_0";
  static constexpr int kBlockSize = 32;
  static constexpr Activation kActivation = Activation::kBytes32;
  static constexpr bool kSigned = false;
  static constexpr int kOffset = 16;
  static constexpr bool kHasMin = false;

  struct [[gnu::packed]] Block {
    uint16_t d;
    uint32_t high;
    uint8_t q[16];
  };
  static_assert(sizeof(Block) == 22);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d);
    for (int i = 0; i < 32; ++i) {
      const int low = (block.q[i % 16] >> (i / 16 * 4)) & 15;
      const int high = static_cast<int>((block.high >> i) & 1u);
      out[i] = d * static_cast<float>((low | high << 4) - 16);
    }
  }
  /// See encode_32.cpp.
  static void encode(const float* in, Block& block) noexcept;

  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block) {
    const typename T::Bytes high = T::template shift_left<4>(T::expand_bits(block.high));
    return T::or_bytes(T::load_nibbles(block.q), high);
  }
  template <class T>
  static FRESHET_INLINE float scale(const Block& block) {
    return T::half_to_float(block.d);
  }
};

}  // namespace freshet::kernels
