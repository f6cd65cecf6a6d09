// The loops of the x86 targets. Registers 0 to 11 accumulate; 12 and 13 are the inputs, which are
// ones: a product of zeros may use less power than a real one, and a denormal float traps to
// microcode.
#pragma once

#include "kernels/cpu/peak.h"
#include "kernels/inline.h"

#define FRESHET_PEAK_CLOBBERS                                                                    \
  "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
      "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

namespace freshet::kernels {

struct Avx2;
struct AvxVnni;
struct Avx512Vnni;

inline constexpr uint32_t kByteOnes = 0x01010101, kFloatOne = 0x3F800000;

template <>
struct Peak<Avx2> {
  static constexpr uint64_t kBytes = 12 * 32, kFloats = 12 * 8;

  static FRESHET_INLINE void bytes(uint64_t rounds) {
    asm volatile(R"(
        vmovd %[ones], %%xmm12
        vpbroadcastd %%xmm12, %%ymm12
        vmovdqa %%ymm12, %%ymm13
        vpcmpeqw %%ymm14, %%ymm14, %%ymm14
        vpsrlw $15, %%ymm14, %%ymm14
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        vpxor %%ymm\r, %%ymm\r, %%ymm\r
        .endr
        .balign 32
      1:
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        vpmaddubsw %%ymm12, %%ymm13, %%ymm15
        vpmaddwd %%ymm14, %%ymm15, %%ymm15
        vpaddd %%ymm15, %%ymm\r, %%ymm\r
        .endr
        sub $1, %[n]
        jnz 1b
        vzeroupper
        )"
                 : [n] "+r"(rounds)
                 : [ones] "r"(kByteOnes)
                 : FRESHET_PEAK_CLOBBERS);
  }

  static FRESHET_INLINE void floats(uint64_t rounds) {
    asm volatile(R"(
        vmovd %[one], %%xmm12
        vpbroadcastd %%xmm12, %%ymm12
        vmovdqa %%ymm12, %%ymm13
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        vpxor %%ymm\r, %%ymm\r, %%ymm\r
        .endr
        .balign 32
      1:
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        vfmadd231ps %%ymm12, %%ymm13, %%ymm\r
        .endr
        sub $1, %[n]
        jnz 1b
        vzeroupper
        )"
                 : [n] "+r"(rounds)
                 : [one] "r"(kFloatOne)
                 : FRESHET_PEAK_CLOBBERS);
  }
};

template <>
struct Peak<AvxVnni> {
  static constexpr uint64_t kBytes = 12 * 32, kFloats = Peak<Avx2>::kFloats;

  static FRESHET_INLINE void bytes(uint64_t rounds) {
    asm volatile(R"(
        vmovd %[ones], %%xmm12
        vpbroadcastd %%xmm12, %%ymm12
        vmovdqa %%ymm12, %%ymm13
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        vpxor %%ymm\r, %%ymm\r, %%ymm\r
        .endr
        .balign 32
      1:
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        %{vex%} vpdpbusd %%ymm12, %%ymm13, %%ymm\r
        .endr
        sub $1, %[n]
        jnz 1b
        vzeroupper
        )"
                 : [n] "+r"(rounds)
                 : [ones] "r"(kByteOnes)
                 : FRESHET_PEAK_CLOBBERS);
  }

  static FRESHET_INLINE void floats(uint64_t rounds) { Peak<Avx2>::floats(rounds); }
};

template <>
struct Peak<Avx512Vnni> {
  static constexpr uint64_t kBytes = 12 * 64, kFloats = 12 * 16;

  static FRESHET_INLINE void bytes(uint64_t rounds) {
    asm volatile(R"(
        vpbroadcastd %[ones], %%zmm12
        vmovdqa64 %%zmm12, %%zmm13
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        vpxord %%zmm\r, %%zmm\r, %%zmm\r
        .endr
        .balign 32
      1:
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        vpdpbusd %%zmm12, %%zmm13, %%zmm\r
        .endr
        sub $1, %[n]
        jnz 1b
        vzeroupper
        )"
                 : [n] "+r"(rounds)
                 : [ones] "r"(kByteOnes)
                 : FRESHET_PEAK_CLOBBERS);
  }

  static FRESHET_INLINE void floats(uint64_t rounds) {
    asm volatile(R"(
        vpbroadcastd %[one], %%zmm12
        vmovdqa64 %%zmm12, %%zmm13
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        vpxord %%zmm\r, %%zmm\r, %%zmm\r
        .endr
        .balign 32
      1:
        .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        vfmadd231ps %%zmm12, %%zmm13, %%zmm\r
        .endr
        sub $1, %[n]
        jnz 1b
        vzeroupper
        )"
                 : [n] "+r"(rounds)
                 : [one] "r"(kFloatOne)
                 : FRESHET_PEAK_CLOBBERS);
  }
};

}  // namespace freshet::kernels

#undef FRESHET_PEAK_CLOBBERS
