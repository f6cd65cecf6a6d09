// Q8_0: 32 signed bytes and one scale. w = d * q
//
//   byte 0      2                                 34
//        | d f16 | q[0] q[1] ...            q[31] |
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"

namespace freshet::kernels {

struct Q8_0 {
  static constexpr Format kId = Format::Q8_0;
  static constexpr const char* kName = "Q8_0";
  static constexpr int kBlockSize = 32;
  static constexpr Activation kActivation = Activation::kBytes32;
  static constexpr bool kSigned = true;
  static constexpr int kOffset = 0;
  static constexpr bool kHasMin = false;

  struct [[gnu::packed]] Block {
    uint16_t d;
    int8_t q[32];
  };
  static_assert(sizeof(Block) == 34);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d);
    for (int i = 0; i < 32; ++i) out[i] = d * static_cast<float>(block.q[i]);
  }
  /// See encode_32.cpp.
  static void encode(const float* in, Block& block) noexcept;

  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block) {
    return T::load_bytes(block.q);
  }
  template <class T>
  static FRESHET_INLINE float scale(const Block& block) {
    return T::half_to_float(block.d);
  }
};

}  // namespace freshet::kernels
