// AVX2 (with FMA, F16C, BMI2): 16 floats are two registers, 32 bytes and 8 int32 one each.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/inline.h"

namespace freshet::kernels {

struct Avx2 {
  static constexpr const char* kName = "avx2";
  static constexpr int kSignedBias = 0;
  static constexpr int kTile = 4;
  static constexpr int kSums = 4;

  struct F32 {
    __m256 lo, hi;  // lanes 0..7, 8..15
  };
  using Bytes = __m256i;
  using I32 = __m256i;

  /// All bits of the lanes below n; lanes of lo are 0..7, of hi 8..15.
  static FRESHET_INLINE __m256i first_lo(int n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static FRESHET_INLINE __m256i first_hi(int n) { return first_lo(n - 8); }

  static FRESHET_INLINE F32 zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
  static FRESHET_INLINE F32 set(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
  static FRESHET_INLINE F32 load(const float* p) {
    return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
  }
  static FRESHET_INLINE F32 load_n(const float* p, int n) {
    return {_mm256_maskload_ps(p, first_lo(n)), _mm256_maskload_ps(p + 8, first_hi(n))};
  }
  static FRESHET_INLINE void store(float* p, F32 a) {
    _mm256_storeu_ps(p, a.lo);
    _mm256_storeu_ps(p + 8, a.hi);
  }
  static FRESHET_INLINE void store_n(float* p, F32 a, int n) {
    _mm256_maskstore_ps(p, first_lo(n), a.lo);
    _mm256_maskstore_ps(p + 8, first_hi(n), a.hi);
  }
  static FRESHET_INLINE __m128i load_128(const void* p) {
    return _mm_loadu_si128(static_cast<const __m128i*>(p));
  }
  static FRESHET_INLINE F32 load_f16(const uint16_t* p) {
    return {_mm256_cvtph_ps(load_128(p)), _mm256_cvtph_ps(load_128(p + 8))};
  }
  static FRESHET_INLINE F32 load_f16_n(const uint16_t* p, int n) {
    uint16_t halves[16] = {};
    __builtin_memcpy(halves, p, static_cast<size_t>(n) * sizeof(uint16_t));
    return load_f16(halves);
  }
  static FRESHET_INLINE void store_f16(uint16_t* p, F32 a) {
    const __m128i lo = _mm256_cvtps_ph(a.lo, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m128i hi = _mm256_cvtps_ph(a.hi, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    store_bytes(p, _mm256_set_m128i(hi, lo));
  }
  static FRESHET_INLINE __m256 widen_bf16(__m128i bits) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
  }
  static FRESHET_INLINE F32 load_bf16(const uint16_t* p) {
    return {widen_bf16(load_128(p)), widen_bf16(load_128(p + 8))};
  }
  static FRESHET_INLINE F32 load_bf16_n(const uint16_t* p, int n) {
    uint16_t halves[16] = {};
    __builtin_memcpy(halves, p, static_cast<size_t>(n) * sizeof(uint16_t));
    return load_bf16(halves);
  }
  static FRESHET_INLINE F32 load_i8(const int8_t* p) {
    const __m128i bytes = load_128(p);
    return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)),
            _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_unpackhi_epi64(bytes, bytes)))};
  }
  static FRESHET_INLINE __m128i narrow_to_i16(__m256 a) {
    const __m256i ints = _mm256_cvtps_epi32(a);  // to nearest, ties to even
    return _mm_packs_epi32(_mm256_castsi256_si128(ints), _mm256_extracti128_si256(ints, 1));
  }
  static FRESHET_INLINE void store_i8(int8_t* p, F32 a) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm_packs_epi16(narrow_to_i16(a.lo), narrow_to_i16(a.hi)));
  }

  static FRESHET_INLINE F32 add(F32 a, F32 b) {
    return {_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)};
  }
  static FRESHET_INLINE F32 sub(F32 a, F32 b) {
    return {_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)};
  }
  static FRESHET_INLINE F32 mul(F32 a, F32 b) {
    return {_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)};
  }
  static FRESHET_INLINE F32 div(F32 a, F32 b) {
    return {_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)};
  }
  static FRESHET_INLINE F32 fma(F32 a, F32 b, F32 c) {
    return {_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
  }
  static FRESHET_INLINE F32 max(F32 a, F32 b) {
    return {_mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)};
  }
  static FRESHET_INLINE F32 min(F32 a, F32 b) {
    return {_mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)};
  }
  static FRESHET_INLINE F32 abs(F32 a) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return {_mm256_andnot_ps(sign, a.lo), _mm256_andnot_ps(sign, a.hi)};
  }
  static FRESHET_INLINE F32 round(F32 a) {
    return {_mm256_round_ps(a.lo, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
            _mm256_round_ps(a.hi, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
  }
  static FRESHET_INLINE __m256 pow2_half(__m256 n) {
    return _mm256_castsi256_ps(
        _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23));
  }
  static FRESHET_INLINE F32 pow2(F32 n) { return {pow2_half(n.lo), pow2_half(n.hi)}; }
  static FRESHET_INLINE float reduce_add(F32 a) {
    const __m256 eight = _mm256_add_ps(a.lo, a.hi);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
  }
  static FRESHET_INLINE float reduce_max(F32 a) {
    const __m256 eight = _mm256_max_ps(a.lo, a.hi);
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
    return _mm256_broadcastsi128_si256(load_128(p));
  }
  static FRESHET_INLINE Bytes load_bytes_pair(const void* p, const void* q) {
    return _mm256_set_m128i(load_128(q), load_128(p));
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
    return _mm256_and_si256(_mm256_slli_epi16(a, N), set_bytes((0xFF << N) & 0xFF));
  }
  static FRESHET_INLINE Bytes load_nibbles(const void* p) {
    const __m128i bytes = load_128(p);
    return _mm256_and_si256(_mm256_set_m128i(_mm_srli_epi16(bytes, 4), bytes), set_bytes(15));
  }
  static FRESHET_INLINE Bytes expand_bits(uint32_t bits) {
    // Byte i becomes the byte of `bits` that holds bit i, of which that bit alone is kept.
    const __m256i holder = _mm256_shuffle_epi8(
        _mm256_set1_epi32(static_cast<int>(bits)),
        _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303));
    const __m256i bit = _mm256_set1_epi64x(static_cast<int64_t>(0x8040201008040201u));
    return _mm256_min_epu8(_mm256_and_si256(holder, bit), set_bytes(1));
  }
  static FRESHET_INLINE Bytes lookup(const int8_t* table, Bytes index) {
    return _mm256_shuffle_epi8(load_bytes_twice(table), index);
  }
  static FRESHET_INLINE void store_bytes(void* p, Bytes a) {
    _mm256_storeu_si256(static_cast<__m256i*>(p), a);
  }

  /// The pair sums of vpmaddubsw are saturated to int16; at most 2 * 127 * 127 they are exact.
  static FRESHET_INLINE I32 dot(I32 acc, Bytes w, Bytes x) {
    const __m256i pairs = _mm256_maddubs_epi16(w, x);
    return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
  /// |w| * (x with the sign of w): exact for w = -128 too, since |w| = 128 is read as unsigned.
  static FRESHET_INLINE I32 dot_signed(I32 acc, Bytes w, Bytes x) {
    return dot(acc, _mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
  }
  /// acc + sums of two products of words.
  static FRESHET_INLINE I32 madd_onto(I32 acc, __m256i a, __m256i b) {
    return _mm256_add_epi32(acc, _mm256_madd_epi16(a, b));
  }
  /// The even or odd words of dwords, as madd_onto wants to multiply by them: twice.
  static FRESHET_INLINE I32 even_words(I32 a) {
    return _mm256_blend_epi16(a, _mm256_slli_epi32(a, 16), 0xAA);
  }
  static FRESHET_INLINE I32 odd_words(I32 a) {
    return _mm256_blend_epi16(a, _mm256_srli_epi32(a, 16), 0x55);
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
    return _mm256_set_m128i(_mm_set1_epi32(b), _mm_set1_epi32(a));
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
