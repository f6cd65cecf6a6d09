// binary16 and bfloat16 by their bits (IEEE 754-2019, 3.4), exact and the same on every target.
#pragma once

#include <cstdint>

#include "kernels/inline.h"

namespace freshet::kernels {

FRESHET_INLINE constexpr float bits_to_float(uint32_t bits) {
  return __builtin_bit_cast(float, bits);
}
FRESHET_INLINE constexpr uint32_t float_to_bits(float x) { return __builtin_bit_cast(uint32_t, x); }

FRESHET_INLINE constexpr float half_to_float(uint16_t h) {
  const uint32_t sign = static_cast<uint32_t>(h & 0x8000u) << 16;
  const uint32_t magnitude = h & 0x7FFFu;
  if (magnitude >= 0x7C00u) return bits_to_float(sign | 0x7F800000u | (magnitude << 13));
  // Shifting the half's bits into a float's place leaves the exponent 112 too small; one exact
  // multiplication by 2^112 puts it right, for subnormals too.
  return bits_to_float(sign | float_to_bits(bits_to_float(magnitude << 13) * 0x1p112f));
}

/// Rounds to nearest, ties to even; overflows to infinity; NaN stays NaN.
FRESHET_INLINE constexpr uint16_t float_to_half(float x) {
  const uint32_t bits = float_to_bits(x);
  const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000u);
  const uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) {  // quiet NaN, upper payload kept as the hardware does
    return static_cast<uint16_t>(sign | 0x7E00u | ((magnitude >> 13) & 0x3FFu));
  }
  if (magnitude >= 0x477FF000u) return static_cast<uint16_t>(sign | 0x7C00u);
  if (magnitude < 0x38800000u) {  // subnormal half: adding 0.5 aligns its last bit with the float's
    const float aligned = bits_to_float(magnitude) + 0.5f;
    return static_cast<uint16_t>(sign | (float_to_bits(aligned) - 0x3F000000u));
  }
  const uint32_t rounded = magnitude + 0xFFFu + ((magnitude >> 13) & 1u) - 0x38000000u;
  return static_cast<uint16_t>(sign | (rounded >> 13));
}

FRESHET_INLINE constexpr float bfloat_to_float(uint16_t b) {
  return bits_to_float(static_cast<uint32_t>(b) << 16);
}

/// Rounds to nearest, ties to even; NaN stays NaN.
FRESHET_INLINE constexpr uint16_t float_to_bfloat(float x) {
  const uint32_t bits = float_to_bits(x);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return static_cast<uint16_t>((bits >> 16) | 0x40u);
  return static_cast<uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

}  // namespace freshet::kernels
