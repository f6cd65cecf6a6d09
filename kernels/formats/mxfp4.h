// MXFP4: 32 floats of 4 bits (sign, 2 bits of exponent, 1 of mantissa) and one shared power of two.
// https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf
// w = 2^(e - 128) * kMxfp4Values[q]; the values are doubled to be integers, hence 128 and not 127.
//
//   byte 0     1                              17
//        | e u8 | q: low nibbles are weights   |
//        |      | 0..15, high ones 16..31      |
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"

namespace freshet::kernels {

/// Twice the values of the 4-bit float, plus 12 so that they are unsigned (kOffset); code 8 is -0.
inline constexpr int8_t kMxfp4Values[16] = {12, 13, 14, 15, 16, 18, 20, 24,
                                            12, 11, 10, 9,  8,  6,  4,  0};

struct MXFP4 {
  static constexpr Format kId = Format::MXFP4;
  static constexpr const char* kName = "MXFP4";
  static constexpr int kBlockSize = 32;
  static constexpr Activation kActivation = Activation::kBytes32;
  static constexpr bool kSigned = false;
  static constexpr int kOffset = 12;
  static constexpr bool kHasMin = false;

  struct [[gnu::packed]] Block {
    uint8_t e;
    uint8_t q[16];
  };
  static_assert(sizeof(Block) == 17);

  /// 2^(e - 128); the two smallest are subnormal floats.
  static FRESHET_INLINE constexpr float power(uint8_t e) {
    return bits_to_float(e < 2 ? 0x00200000u << e : static_cast<uint32_t>(e - 1) << 23);
  }

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = power(block.e);
    for (int i = 0; i < 32; ++i) {
      const int q = (block.q[i % 16] >> (i / 16 * 4)) & 15;
      out[i] = d * static_cast<float>(kMxfp4Values[q] - kOffset);
    }
  }
  /// See encode_32.cpp.
  static void encode(const float* in, Block& block) noexcept;

  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block) {
    return T::lookup(kMxfp4Values, T::load_nibbles(block.q));
  }
  template <class T>
  static FRESHET_INLINE float scale(const Block& block) {
    return power(block.e);
  }
};

}  // namespace freshet::kernels
