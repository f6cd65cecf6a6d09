// Q2_K: super-blocks of 256, sixteen groups of 16 with a 4-bit scale and a 4-bit minimum each.
// w = d * scale[g] * q - dmin * min[g],  q in 0..3
//
//   byte 0                          16                            80      82         84
//        | scales: low nibble scale, | q: 2 halves of 32 bytes,    | d f16 | dmin f16 |
//        | high nibble min           | one per 128 weights         |       |          |
//
// Run r of 32 weights in a half takes bits 2r, 2r+1 of the half's 32 bytes.
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"
#include "kernels/formats/shift.h"

namespace freshet::kernels {

struct Q2_K {
  static constexpr Format kId = Format::Q2_K;
  static constexpr const char* kName = "Q2_K";
  static constexpr int kBlockSize = 256;
  static constexpr int kGroup = 16;
  static constexpr Activation kActivation = Activation::kBytes256;
  static constexpr bool kSigned = false;
  static constexpr int kOffset = 0;
  static constexpr bool kHasMin = true;

  struct [[gnu::packed]] Block {
    uint8_t scales[16];
    uint8_t q[64];
    uint16_t d, dmin;
  };
  static_assert(sizeof(Block) == 84);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    const float d = half_to_float(block.d), dmin = half_to_float(block.dmin);
    for (int i = 0; i < 256; ++i) {
      const int half = i / 128, run = i % 128 / 32, lane = i % 32;
      const int q = (block.q[half * 32 + lane] >> (run * 2)) & 3;
      const uint8_t s = block.scales[i / 16];
      const float scale = d * static_cast<float>(s & 15), min = dmin * static_cast<float>(s >> 4);
      out[i] = scale * static_cast<float>(q) - min;
    }
  }
  /// See kernels/quantise/targets/baseline.cpp.
  static void encode(const float* in, Block& block) noexcept;

  /// Weights 32 g .. 32 g + 31, 0..3 each.
  template <class T>
  static FRESHET_INLINE typename T::Bytes unpack(const Block& block, int g) {
    const typename T::Bytes half = T::load_bytes(block.q + g / 4 * 32);
    return T::and_bytes(shift_right<T>(half, g % 4 * 2), T::set_bytes(3));
  }
  template <class T>
  static FRESHET_INLINE GroupScales scales(const Block& block) {
    uint64_t words[2];
    __builtin_memcpy(words, block.scales, 16);
    constexpr uint64_t kLow4 = 0x0F0F0F0F0F0F0F0Fu;
    GroupScales r;
    T::widen_words(words[0] & kLow4, words[1] & kLow4, 0, r.scale);
    T::widen_words((words[0] >> 4) & kLow4, (words[1] >> 4) & kLow4, 0, r.min);
    return r;
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
