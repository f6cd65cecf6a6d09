// AVX-512 (F, BW, DQ, VL, VNNI, VBMI, GFNI, F16C, FMA): one register holds all 16 floats; bytes and
// int32 use 256-bit registers here, and 512-bit ones in the hand-written kernels of tuned/.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/inline.h"

namespace freshet::kernels {

struct Avx512Vnni {
  static constexpr const char* kName = "avx512";
  static constexpr int kSignedBias = 128;
  static constexpr int kTile = 4;
  static constexpr int kSums = 8;

  using F32 = __m512;
  using Bytes = __m256i;
  using I32 = __m256i;

  static FRESHET_INLINE __mmask16 first(int n) { return static_cast<__mmask16>((1u << n) - 1u); }

  static FRESHET_INLINE F32 zero() { return _mm512_setzero_ps(); }
  static FRESHET_INLINE F32 set(float x) { return _mm512_set1_ps(x); }
  static FRESHET_INLINE F32 load(const float* p) { return _mm512_loadu_ps(p); }
  static FRESHET_INLINE F32 load_n(const float* p, int n) {
    return _mm512_maskz_loadu_ps(first(n), p);
  }
  static FRESHET_INLINE void store(float* p, F32 a) { _mm512_storeu_ps(p, a); }
  static FRESHET_INLINE void store_n(float* p, F32 a, int n) {
    _mm512_mask_storeu_ps(p, first(n), a);
  }
  static FRESHET_INLINE F32 load_f16(const uint16_t* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static FRESHET_INLINE F32 load_f16_n(const uint16_t* p, int n) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first(n), p));
  }
  static FRESHET_INLINE void store_f16(uint16_t* p, F32 a) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                        _mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  static FRESHET_INLINE F32 widen_bf16(__m256i bits) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
  }
  static FRESHET_INLINE F32 load_bf16(const uint16_t* p) {
    return widen_bf16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static FRESHET_INLINE F32 load_bf16_n(const uint16_t* p, int n) {
    return widen_bf16(_mm256_maskz_loadu_epi16(first(n), p));
  }
  static FRESHET_INLINE F32 load_i8(const int8_t* p) {
    return _mm512_cvtepi32_ps(
        _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
  }
  static FRESHET_INLINE void store_i8(int8_t* p, F32 a) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(a)));
  }

  static FRESHET_INLINE F32 add(F32 a, F32 b) { return _mm512_add_ps(a, b); }
  static FRESHET_INLINE F32 sub(F32 a, F32 b) { return _mm512_sub_ps(a, b); }
  static FRESHET_INLINE F32 mul(F32 a, F32 b) { return _mm512_mul_ps(a, b); }
  static FRESHET_INLINE F32 div(F32 a, F32 b) { return _mm512_div_ps(a, b); }
  static FRESHET_INLINE F32 fma(F32 a, F32 b, F32 c) { return _mm512_fmadd_ps(a, b, c); }
  static FRESHET_INLINE F32 max(F32 a, F32 b) { return _mm512_max_ps(a, b); }
  static FRESHET_INLINE F32 min(F32 a, F32 b) { return _mm512_min_ps(a, b); }
  static FRESHET_INLINE F32 abs(F32 a) { return _mm512_abs_ps(a); }
  static FRESHET_INLINE F32 round(F32 a) {
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static FRESHET_INLINE F32 pow2(F32 n) {
    return _mm512_castsi512_ps(
        _mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127)), 23));
  }
  static FRESHET_INLINE float reduce_add(F32 a) {
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
  }
  static FRESHET_INLINE float reduce_max(F32 a) {
    const __m256 eight = _mm256_max_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
  }

  static FRESHET_INLINE float fma1(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
  static FRESHET_INLINE float sqrt1(float a) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(a))); }
  static FRESHET_INLINE float half_to_float(uint16_t h) { return _cvtsh_ss(h); }

  static FRESHET_INLINE Bytes load_bytes(const void* p) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(p));
  }
  static FRESHET_INLINE Bytes load_bytes_twice(const void* p) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(p)));
  }
  static FRESHET_INLINE Bytes load_bytes_pair(const void* p, const void* q) {
    return _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(p))),
        _mm_loadu_si128(static_cast<const __m128i*>(q)), 1);
  }
  static FRESHET_INLINE Bytes set_bytes(uint8_t x) {
    return _mm256_set1_epi8(static_cast<char>(x));
  }
  static FRESHET_INLINE Bytes and_bytes(Bytes a, Bytes b) { return _mm256_and_si256(a, b); }
  static FRESHET_INLINE Bytes or_bytes(Bytes a, Bytes b) { return _mm256_or_si256(a, b); }
  static FRESHET_INLINE Bytes sub_bytes(Bytes a, Bytes b) { return _mm256_sub_epi8(a, b); }
  template <int N>
  static FRESHET_INLINE Bytes shift_right(Bytes a) {
    return _mm256_and_si256(_mm256_srli_epi16(a, N), set_bytes(0xFF >> N));
  }
  template <int N>
  static FRESHET_INLINE Bytes shift_left(Bytes a) {
    return _mm256_and_si256(_mm256_slli_epi16(a, N), set_bytes(static_cast<uint8_t>(0xFF << N)));
  }
  static FRESHET_INLINE Bytes load_nibbles(const void* p) {
    const __m128i b = _mm_loadu_si128(static_cast<const __m128i*>(p));
    return _mm256_and_si256(
        _mm256_inserti128_si256(_mm256_castsi128_si256(b), _mm_srli_epi16(b, 4), 1), set_bytes(15));
  }
  static FRESHET_INLINE Bytes expand_bits(uint32_t bits) { return _mm256_maskz_set1_epi8(bits, 1); }
  static FRESHET_INLINE Bytes lookup(const int8_t* table, Bytes index) {
    return _mm256_shuffle_epi8(load_bytes_twice(table), index);
  }
  static FRESHET_INLINE void store_bytes(void* p, Bytes a) {
    _mm256_storeu_si256(static_cast<__m256i*>(p), a);
  }

  static FRESHET_INLINE I32 dot(I32 acc, Bytes w, Bytes x) {
    return _mm256_dpbusd_epi32(acc, w, x);
  }
  static FRESHET_INLINE I32 dot_signed(I32 acc, Bytes w, Bytes x) {
    return _mm256_dpbusd_epi32(acc, _mm256_xor_si256(w, set_bytes(0x80)), x);
  }
  static FRESHET_INLINE void store_words(__m128i bytes, int offset, int16_t* out) {
    store_bytes(out, _mm256_sub_epi16(_mm256_cvtepi8_epi16(bytes),
                                      _mm256_set1_epi16(static_cast<int16_t>(offset))));
  }
  static FRESHET_INLINE void widen_words(uint64_t lo, uint64_t hi, int offset, int16_t* out) {
    store_words(_mm_set_epi64x(static_cast<int64_t>(hi), static_cast<int64_t>(lo)), offset, out);
  }
  static FRESHET_INLINE void widen_words_twice(uint64_t bytes, int offset, int16_t* out) {
    const __m128i once = _mm_cvtsi64_si128(static_cast<int64_t>(bytes));
    store_words(_mm_unpacklo_epi8(once, once), offset, out);
  }
  static FRESHET_INLINE int32_t dot_i16(const int16_t* a, const int16_t* b) {
    return reduce_add_i32(_mm256_madd_epi16(load_bytes(a), load_bytes(b)));
  }

  static FRESHET_INLINE I32 zero_i32() { return _mm256_setzero_si256(); }
  static FRESHET_INLINE I32 set_pair(int32_t a, int32_t b) {
    return _mm256_mask_set1_epi32(_mm256_set1_epi32(a), 0xF0, b);
  }
  static FRESHET_INLINE I32 add_i32(I32 a, I32 b) { return _mm256_add_epi32(a, b); }
  static FRESHET_INLINE I32 mul_i32(I32 a, I32 b) { return _mm256_mullo_epi32(a, b); }
  static FRESHET_INLINE int32_t reduce_add_i32(I32 a) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, _MM_SHUFFLE(1, 0, 3, 2)));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, _MM_SHUFFLE(2, 3, 0, 1)));
    return _mm_cvtsi128_si32(s);
  }

  static FRESHET_INLINE void prefetch(const void* p) {
    _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0);
  }
};

}  // namespace freshet::kernels
