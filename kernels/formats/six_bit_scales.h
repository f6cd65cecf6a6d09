// The 12 bytes s that hold eight 6-bit scales and eight 6-bit minima in Q4_K and Q5_K, for groups
// 0..3 and 4..7 (bits, high to low):
//   scale[g] = s[g] & 63,  min[g] = s[g+4] & 63                                  g < 4
//   scale[g] = (s[g-4] >> 6) << 4 | (s[g+4] & 15)                                g >= 4
//   min[g]   = (s[g]   >> 6) << 4 | (s[g+4] >> 4)
#pragma once

#include "kernels/formats/format.h"
#include "kernels/inline.h"

namespace freshet::kernels {

/// The 6-bit scales and minima one per 32 weights.
struct SixBitScales {
  uint8_t scale[8];
  uint8_t min[8];
};

FRESHET_INLINE SixBitScales unpack_six_bit_scales(const uint8_t* s) {
  uint32_t word[3];
  __builtin_memcpy(word, s, 12);
  constexpr uint32_t kLow6 = 0x3F3F3F3Fu, kLow4 = 0x0F0F0F0Fu, kHigh2 = 0x03030303u;
  const uint32_t packed[4] = {word[0] & kLow6, (word[2] & kLow4) | (((word[0] >> 6) & kHigh2) << 4),
                              word[1] & kLow6,
                              ((word[2] >> 4) & kLow4) | (((word[1] >> 6) & kHigh2) << 4)};
  SixBitScales r;
  __builtin_memcpy(&r, packed, 16);
  return r;
}

FRESHET_INLINE void pack_six_bit_scales(const SixBitScales& r, uint8_t* s) {
  for (int g = 0; g < 4; ++g) {
    s[g] = static_cast<uint8_t>(r.scale[g] | (r.scale[g + 4] >> 4) << 6);
    s[g + 4] = static_cast<uint8_t>(r.min[g] | (r.min[g + 4] >> 4) << 6);
    s[g + 8] = static_cast<uint8_t>((r.scale[g + 4] & 15) | (r.min[g + 4] & 15) << 4);
  }
}

/// As the kernels want them: one per 16 weights.
template <class T>
FRESHET_INLINE GroupScales spread_six_bit_scales(const uint8_t* s) {
  uint32_t word[3];
  __builtin_memcpy(word, s, 12);
  constexpr uint64_t kLow6 = 0x3F3F3F3Fu, kLow4 = 0x0F0F0F0Fu, kHigh2 = 0x30303030u;
  const uint64_t scale = (word[0] & kLow6) | ((word[2] & kLow4) | ((word[0] >> 2) & kHigh2)) << 32;
  const uint64_t min = (word[1] & kLow6) | (((word[2] >> 4) & kLow4) | ((word[1] >> 2) & kHigh2))
                                               << 32;
  GroupScales r;
  T::widen_words_twice(scale, 0, r.scale);
  T::widen_words_twice(min, 0, r.min);
  return r;
}

}  // namespace freshet::kernels
