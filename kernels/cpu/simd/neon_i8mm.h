// NEON with the byte matrix products of ARMv8.6. Its 2 x 2 product vmmla needs two rows at a time,
// which operations on single rows cannot use; unsigned weights have a dot product of their own.
#pragma once

#include "kernels/cpu/simd/neon_dotprod.h"

namespace freshet::kernels {

struct NeonI8mm : NeonDotprod {
  static constexpr const char* kName = "neon-i8mm";

  static FRESHET_INLINE I32 dot(I32 acc, Bytes w, Bytes x) {
    return {vusdotq_s32(acc.lo, w.lo, vreinterpretq_s8_u8(x.lo)),
            vusdotq_s32(acc.hi, w.hi, vreinterpretq_s8_u8(x.hi))};
  }
};

}  // namespace freshet::kernels
