// The loops of the NEON targets. Registers 0 to 15 accumulate; 24 and 25 are the inputs, which are
// ones: a product of zeros may use less power than a real one.
#pragma once

#include "kernels/cpu/peak.h"
#include "kernels/inline.h"

#define FRESHET_PEAK_CLOBBERS                                                                   \
  "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", \
      "v14", "v15", "v24", "v25", "v26", "v27"

namespace freshet::kernels {

struct Neon;
struct NeonDotprod;
struct NeonI8mm;

template <>
struct Peak<Neon> {
  static constexpr uint64_t kBytes = 16 * 16, kFloats = 16 * 4;

  static FRESHET_INLINE void bytes(uint64_t rounds) {
    asm volatile(R"(
        movi v24.16b, #1
        movi v25.16b, #1
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movi v\r\().4s, #0
        .endr
      1:
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        smull v26.8h, v24.8b, v25.8b
        smull2 v27.8h, v24.16b, v25.16b
        addp v26.8h, v26.8h, v27.8h
        sadalp v\r\().4s, v26.8h
        .endr
        subs %[n], %[n], #1
        b.ne 1b
        )"
                 : [n] "+r"(rounds)
                 :
                 : FRESHET_PEAK_CLOBBERS);
  }

  static FRESHET_INLINE void floats(uint64_t rounds) {
    asm volatile(R"(
        fmov v24.4s, #1.0
        fmov v25.4s, #1.0
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movi v\r\().4s, #0
        .endr
      1:
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        fmla v\r\().4s, v24.4s, v25.4s
        .endr
        subs %[n], %[n], #1
        b.ne 1b
        )"
                 : [n] "+r"(rounds)
                 :
                 : FRESHET_PEAK_CLOBBERS);
  }
};

template <>
struct Peak<NeonDotprod> {
  static constexpr uint64_t kBytes = 16 * 16, kFloats = Peak<Neon>::kFloats;

  static FRESHET_INLINE void bytes(uint64_t rounds) {
    asm volatile(R"(
        movi v24.16b, #1
        movi v25.16b, #1
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movi v\r\().4s, #0
        .endr
      1:
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        sdot v\r\().4s, v24.16b, v25.16b
        .endr
        subs %[n], %[n], #1
        b.ne 1b
        )"
                 : [n] "+r"(rounds)
                 :
                 : FRESHET_PEAK_CLOBBERS);
  }

  static FRESHET_INLINE void floats(uint64_t rounds) { Peak<Neon>::floats(rounds); }
};

/// The matrix product of bytes: [2, 8] x [8, 2] in one instruction.
template <>
struct Peak<NeonI8mm> {
  static constexpr uint64_t kBytes = 16 * 32, kFloats = Peak<Neon>::kFloats;

  static FRESHET_INLINE void bytes(uint64_t rounds) {
    asm volatile(R"(
        movi v24.16b, #1
        movi v25.16b, #1
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movi v\r\().4s, #0
        .endr
      1:
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        smmla v\r\().4s, v24.16b, v25.16b
        .endr
        subs %[n], %[n], #1
        b.ne 1b
        )"
                 : [n] "+r"(rounds)
                 :
                 : FRESHET_PEAK_CLOBBERS);
  }

  static FRESHET_INLINE void floats(uint64_t rounds) { Peak<Neon>::floats(rounds); }
};

}  // namespace freshet::kernels

#undef FRESHET_PEAK_CLOBBERS
