// Q6_K: super-blocks of 256, sixteen groups of 16 with a signed 8-bit scale each.
// w = d * scale[g] * (q - 32),  q in 0..63
//
//   byte 0                128               192              208     210
//        | ql: low 4 bits  | qh: high 2 bits | scale int8[16] | d f16 |
//
// Each half of 128 weights has 64 bytes of ql and 32 of qh; within a half, weights 0..31 and 64..95
// are the low and high nibbles of ql[0..31], 32..63 and 96..127 those of ql[32..63], and run r of
// 32 takes bits 2r, 2r+1 of qh[0..31].
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"

namespace freshet::kernels {

struct Q6_K {
  static constexpr Format kId = Format::Q6_K;
  static constexpr const char* kName = "Q6_K";
  static constexpr int kBlockSize = 256;
  static constexpr int kGroup = 16;
  static constexpr Activation kActivation = Activation::kBytes256;
  static constexpr bool kSigned = false;
  static constexpr int kOffset = 32;
  static constexpr bool kHasMin = false;

  struct [[gnu::packed]] Block {
    uint8_t ql[128];
    uint8_t qh[64];
    int8_t scale[16];
    uint16_t d;
  };
  static_assert(sizeof(Block) == 210);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d);
    for (int i = 0; i < 256; ++i) {
      const int half = i / 128, run = i % 128 / 32, lane = i % 32;
      const int low = (block.ql[half * 64 + run % 2 * 32 + lane] >> (run / 2 * 4)) & 15;
      const int high = (block.qh[half * 32 + lane] >> (run * 2)) & 3;
      out[i] =
          d * static_cast<float>(block.scale[i / 16]) * static_cast<float>((low | high << 4) - 32);
    }
  }
  /// See kernels/quantise/targets/baseline.cpp.
  static void encode(const float* in, Block& block) noexcept;

  /// Weights 32 g .. 32 g + 31, 0..63 each (kOffset not yet taken off).
  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block, int g) {
    const int half = g / 4, run = g % 4;
    const typename T::Bytes ql = T::load_bytes(block.ql + half * 64 + run % 2 * 32);
    const typename T::Bytes qh = T::load_bytes(block.qh + half * 32);
    const typename T::Bytes low =
        run < 2 ? T::and_bytes(ql, T::set_bytes(15)) : T::template shift_right<4>(ql);
    const typename T::Bytes mask = T::set_bytes(0x30);
    switch (run) {
      case 0:
        return T::or_bytes(low, T::and_bytes(T::template shift_left<4>(qh), mask));
      case 1:
        return T::or_bytes(low, T::and_bytes(T::template shift_left<2>(qh), mask));
      case 2:
        return T::or_bytes(low, T::and_bytes(qh, mask));
      default:
        return T::or_bytes(low, T::and_bytes(T::template shift_right<2>(qh), mask));
    }
  }
  template <class T>
  static FRESHET_INLINE GroupScales scales(const Block& block) {
    uint64_t words[2];
    __builtin_memcpy(words, block.scale, 16);
    GroupScales r;
    T::widen_words(words[0], words[1], 0, r.scale);
    return r;
  }
  template <class T>
  static FRESHET_INLINE float scale(const Block& block) {
    return T::half_to_float(block.d);
  }
};

}  // namespace freshet::kernels
