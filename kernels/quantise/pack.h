// Unsigned levels q[block size] and integer scales to blocks, each as its format's header draws it.
#pragma once

#include "kernels/formats/formats.h"

namespace freshet::kernels {

/// Bits 0..3 of q[32] as nibbles, weight i beside weight i + 16.
FRESHET_INLINE void pack_nibbles(const uint8_t* q, uint8_t* out) {
  for (int i = 0; i < 16; ++i) out[i] = static_cast<uint8_t>((q[i] & 15) | (q[i + 16] & 15) << 4);
}

/// Bit 4 of each q of 32.
FRESHET_INLINE uint32_t fifth_bits(const uint8_t* q) {
  uint32_t bits = 0;
  for (int i = 0; i < 32; ++i) bits |= static_cast<uint32_t>(q[i] >> 4 & 1) << i;
  return bits;
}

/// Bits 0 and 1 of weights in runs of 32 within halves of 128 (Q2_K, Q3_K).
FRESHET_INLINE void pack_two_bits(const uint8_t* q, uint8_t* out) {
  for (int i = 0; i < 64; ++i) {
    unsigned byte = 0;
    for (int run = 0; run < 4; ++run) {
      byte |= (q[i / 32 * 128 + run * 32 + i % 32] & 3u) << (run * 2);
    }
    out[i] = static_cast<uint8_t>(byte);
  }
}

/// Low nibbles of groups 2r, high nibbles of groups 2r + 1 (Q4_K, Q5_K).
FRESHET_INLINE void pack_nibble_runs(const uint8_t* q, uint8_t* out) {
  for (int i = 0; i < 128; ++i) {
    const uint8_t* pair = q + i / 32 * 64 + i % 32;
    out[i] = static_cast<uint8_t>((pair[0] & 15) | (pair[32] & 15) << 4);
  }
}

/// Bit g of byte i is the bit `bit` of weight 32 g + i (Q3_K, Q5_K).
FRESHET_INLINE void pack_high_bits(const uint8_t* q, int bit, uint8_t* out) {
  for (int i = 0; i < 32; ++i) {
    unsigned byte = 0;
    for (int g = 0; g < 8; ++g) byte |= (q[g * 32 + i] >> bit & 1u) << g;
    out[i] = static_cast<uint8_t>(byte);
  }
}

// Scales and minima below are floats that hold integers, one per group.

FRESHET_INLINE SixBitScales six_bits(const float* scale, const float* min) {
  SixBitScales r;
  for (int g = 0; g < 8; ++g) {
    r.scale[g] = static_cast<uint8_t>(scale[g]);
    r.min[g] = static_cast<uint8_t>(min[g]);
  }
  return r;
}

FRESHET_INLINE void pack(const uint8_t* q, const float* scale, const float* min, Q2_K::Block& b) {
  for (int g = 0; g < 16; ++g) {
    b.scales[g] = static_cast<uint8_t>(static_cast<int>(scale[g]) | static_cast<int>(min[g]) << 4);
  }
  pack_two_bits(q, b.q);
}

FRESHET_INLINE void pack(const uint8_t* q, const float* scale, const float* min, Q4_K::Block& b) {
  pack_six_bit_scales(six_bits(scale, min), b.scales);
  pack_nibble_runs(q, b.q);
}

FRESHET_INLINE void pack(const uint8_t* q, const float* scale, const float* min, Q5_K::Block& b) {
  pack_six_bit_scales(six_bits(scale, min), b.scales);
  pack_nibble_runs(q, b.low);
  pack_high_bits(q, 4, b.high);
}

FRESHET_INLINE void pack(const uint8_t* q, const float* scale, Q3_K::Block& b) {
  for (uint8_t& byte : b.scales) byte = 0;
  for (int g = 0; g < 16; ++g) {
    const int s = static_cast<int>(scale[g]) + 32;
    b.scales[g % 8] |= static_cast<uint8_t>((s & 15) << (g / 8 * 4));
    b.scales[8 + g % 4] |= static_cast<uint8_t>((s >> 4) << (g / 4 * 2));
  }
  pack_two_bits(q, b.low);
  pack_high_bits(q, 2, b.high);
}

FRESHET_INLINE void pack(const uint8_t* q, const float* scale, Q6_K::Block& b) {
  for (int g = 0; g < 16; ++g) b.scale[g] = static_cast<int8_t>(scale[g]);
  for (uint8_t& byte : b.ql) byte = 0;
  for (uint8_t& byte : b.qh) byte = 0;
  for (int i = 0; i < 256; ++i) {
    const int half = i / 128, run = i % 128 / 32, lane = i % 32;
    b.ql[half * 64 + run % 2 * 32 + lane] |= static_cast<uint8_t>((q[i] & 15) << (run / 2 * 4));
    b.qh[half * 32 + lane] |= static_cast<uint8_t>((q[i] >> 4) << (run * 2));
  }
}

FRESHET_INLINE void pack(const uint8_t* q, const float* scale, IQ4_XS::Block& b) {
  for (uint8_t& byte : b.scales_low) byte = 0;
  unsigned high = 0;
  for (int g = 0; g < 8; ++g) {
    const auto s = static_cast<unsigned>(static_cast<int>(scale[g]) + 32);
    b.scales_low[g / 2] |= static_cast<uint8_t>((s & 15) << (g % 2 * 4));
    high |= (s >> 4) << (g * 2);
  }
  b.scales_high = static_cast<uint16_t>(high);
  for (int g = 0; g < 8; ++g) pack_nibbles(q + g * 32, b.q + g * 16);
}

FRESHET_INLINE void pack(const uint8_t* q, Q4_0::Block& b) { pack_nibbles(q, b.q); }
FRESHET_INLINE void pack(const uint8_t* q, Q4_1::Block& b) { pack_nibbles(q, b.q); }
FRESHET_INLINE void pack(const uint8_t* q, IQ4_NL::Block& b) { pack_nibbles(q, b.q); }
FRESHET_INLINE void pack(const uint8_t* q, Q5_0::Block& b) {
  pack_nibbles(q, b.q);
  b.high = fifth_bits(q);
}
FRESHET_INLINE void pack(const uint8_t* q, Q5_1::Block& b) {
  pack_nibbles(q, b.q);
  b.high = fifth_bits(q);
}
/// Levels -127..127, counted from the lowest.
FRESHET_INLINE void pack(const uint8_t* q, Q8_0::Block& b) {
  for (int i = 0; i < 32; ++i) b.q[i] = static_cast<int8_t>(static_cast<int>(q[i]) - 127);
}

}  // namespace freshet::kernels
