// The loops of the scalar target, which has no instructions of its own to name: plain arithmetic
// between barriers that keep the compiler from knowing the operands.
#pragma once

#include "kernels/cpu/peak.h"
#include "kernels/inline.h"

namespace freshet::kernels {

struct Scalar;

template <>
struct Peak<Scalar> {
  static constexpr uint64_t kBytes = 4, kFloats = 4;

  static FRESHET_INLINE void bytes(uint64_t rounds) {
    int32_t a = 0, b = 0, c = 0, d = 0, w0 = 3, w1 = 5, x0 = 7, x1 = 9;
    for (; rounds > 0; --rounds) {
      asm volatile("" : "+r"(w0), "+r"(w1), "+r"(x0), "+r"(x1));
      a += w0 * x0;
      b += w0 * x1;
      c += w1 * x0;
      d += w1 * x1;
      asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
    }
  }

  static FRESHET_INLINE void floats(uint64_t rounds) {
    float acc[4] = {}, w[4] = {1, 1, 1, 1}, x[4] = {1, 1, 1, 1};
    for (; rounds > 0; --rounds) {
      asm volatile("" : "+m"(w), "+m"(x));
      for (int i = 0; i < 4; ++i) acc[i] = __builtin_fmaf(w[i], x[i], acc[i]);
      asm volatile("" : "+m"(acc));
    }
  }
};

}  // namespace freshet::kernels
