// NEON with the dot products of ARMv8.2: four byte products and their sum in one instruction.
#pragma once

#include "kernels/cpu/simd/neon.h"

namespace freshet::kernels {

struct NeonDotprod : Neon {
  static constexpr const char* kName = "neon-dotprod";

  static FRESHET_INLINE I32 dot_signed(I32 acc, Bytes w, Bytes x) {
    return {vdotq_s32(acc.lo, vreinterpretq_s8_u8(w.lo), vreinterpretq_s8_u8(x.lo)),
            vdotq_s32(acc.hi, vreinterpretq_s8_u8(w.hi), vreinterpretq_s8_u8(x.hi))};
  }
  static FRESHET_INLINE I32 dot(I32 acc, Bytes w, Bytes x) { return dot_signed(acc, w, x); }
};

}  // namespace freshet::kernels
