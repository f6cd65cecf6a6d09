// AVX-VNNI: AVX2 whose byte products are one instruction, vpdpbusd in its VEX encoding.
#pragma once

#include "kernels/cpu/simd/avx2.h"

namespace freshet::kernels {

struct AvxVnni : Avx2 {
  static constexpr const char* kName = "avx-vnni";
  static constexpr int kSignedBias = 128;

  static FRESHET_INLINE I32 dot(I32 acc, Bytes w, Bytes x) {
    return _mm256_dpbusd_avx_epi32(acc, w, x);
  }
  static FRESHET_INLINE I32 dot_signed(I32 acc, Bytes w, Bytes x) {
    return _mm256_dpbusd_avx_epi32(acc, _mm256_xor_si256(w, set_bytes(0x80)), x);
  }
};

}  // namespace freshet::kernels
