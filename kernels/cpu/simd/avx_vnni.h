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
  static FRESHET_INLINE I32 madd_onto(I32 acc, __m256i a, __m256i b) {
    return _mm256_dpwssd_avx_epi32(acc, a, b);
  }
  /// The even or odd words of dwords, as mul_i32 wants to multiply by them.
  static FRESHET_INLINE I32 even_words(I32 a) { return odd_words(_mm256_slli_epi32(a, 16)); }
  static FRESHET_INLINE I32 odd_words(I32 a) { return _mm256_srai_epi32(a, 16); }
};

}  // namespace freshet::kernels
