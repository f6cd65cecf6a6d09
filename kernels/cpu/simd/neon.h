// NEON of ARMv8.0 (with its conversions of half floats): 16 floats are four registers, 32 bytes and
// 8 int32 two each.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "kernels/inline.h"

namespace freshet::kernels {

struct Neon {
  static constexpr const char* kName = "neon";
  static constexpr int kSignedBias = 0;
  static constexpr int kTile = 4;
  static constexpr int kSums = 4;

  struct F32 {
    float32x4_t v[4];
  };
  struct Bytes {
    uint8x16_t lo, hi;  // lanes 0..15, 16..31
  };
  struct I32 {
    int32x4_t lo, hi;  // lanes 0..3, 4..7
  };

  static FRESHET_INLINE F32 zero() { return set(0.0f); }
  static FRESHET_INLINE F32 set(float x) {
    const float32x4_t v = vdupq_n_f32(x);
    return {{v, v, v, v}};
  }
  /// Memory of any alignment is read and written as bytes.
  static FRESHET_INLINE uint8x16_t load_128(const void* p) {
    return vld1q_u8(static_cast<const uint8_t*>(p));
  }
  static FRESHET_INLINE void store_128(void* p, uint8x16_t a) {
    vst1q_u8(static_cast<uint8_t*>(p), a);
  }
  static FRESHET_INLINE F32 load(const float* p) {
    F32 r;
    for (int i = 0; i < 4; ++i) r.v[i] = vreinterpretq_f32_u8(load_128(p + 4 * i));
    return r;
  }
  static FRESHET_INLINE F32 load_n(const float* p, int n) {
    float lanes[16] = {};
    __builtin_memcpy(lanes, p, static_cast<size_t>(n) * sizeof(float));
    return load(lanes);
  }
  static FRESHET_INLINE void store(float* p, F32 a) {
    for (int i = 0; i < 4; ++i) store_128(p + 4 * i, vreinterpretq_u8_f32(a.v[i]));
  }
  static FRESHET_INLINE void store_n(float* p, F32 a, int n) {
    float lanes[16];
    store(lanes, a);
    __builtin_memcpy(p, lanes, static_cast<size_t>(n) * sizeof(float));
  }
  static FRESHET_INLINE F32 load_f16(const uint16_t* p) {
    F32 r;
    for (int i = 0; i < 2; ++i) {
      const float16x8_t halves = vreinterpretq_f16_u8(load_128(p + 8 * i));
      r.v[2 * i] = vcvt_f32_f16(vget_low_f16(halves));
      r.v[2 * i + 1] = vcvt_high_f32_f16(halves);
    }
    return r;
  }
  static FRESHET_INLINE F32 load_f16_n(const uint16_t* p, int n) {
    uint16_t halves[16] = {};
    __builtin_memcpy(halves, p, static_cast<size_t>(n) * sizeof(uint16_t));
    return load_f16(halves);
  }
  static FRESHET_INLINE void store_f16(uint16_t* p, F32 a) {
    for (int i = 0; i < 2; ++i) {
      const float16x8_t halves = vcvt_high_f16_f32(vcvt_f16_f32(a.v[2 * i]), a.v[2 * i + 1]);
      store_128(p + 8 * i, vreinterpretq_u8_f16(halves));
    }
  }
  static FRESHET_INLINE F32 load_bf16(const uint16_t* p) {
    F32 r;
    for (int i = 0; i < 2; ++i) {
      const uint16x8_t halves = vreinterpretq_u16_u8(load_128(p + 8 * i));
      r.v[2 * i] = vreinterpretq_f32_u32(vshll_n_u16(vget_low_u16(halves), 16));
      r.v[2 * i + 1] = vreinterpretq_f32_u32(vshll_high_n_u16(halves, 16));
    }
    return r;
  }
  static FRESHET_INLINE F32 load_bf16_n(const uint16_t* p, int n) {
    uint16_t halves[16] = {};
    __builtin_memcpy(halves, p, static_cast<size_t>(n) * sizeof(uint16_t));
    return load_bf16(halves);
  }
  static FRESHET_INLINE F32 load_i8(const int8_t* p) {
    const int8x16_t bytes = vld1q_s8(p);
    const int16x8_t lo = vmovl_s8(vget_low_s8(bytes)), hi = vmovl_high_s8(bytes);
    return {{vcvtq_f32_s32(vmovl_s16(vget_low_s16(lo))), vcvtq_f32_s32(vmovl_high_s16(lo)),
             vcvtq_f32_s32(vmovl_s16(vget_low_s16(hi))), vcvtq_f32_s32(vmovl_high_s16(hi))}};
  }
  static FRESHET_INLINE void store_i8(int8_t* p, F32 a) {
    int16x8_t halves[2];
    for (int i = 0; i < 2; ++i) {  // vcvtn: to nearest, ties to even
      halves[i] =
          vmovn_high_s32(vmovn_s32(vcvtnq_s32_f32(a.v[2 * i])), vcvtnq_s32_f32(a.v[2 * i + 1]));
    }
    vst1q_s8(p, vmovn_high_s16(vmovn_s16(halves[0]), halves[1]));
  }

  static FRESHET_INLINE F32 add(F32 a, F32 b) {
    for (int i = 0; i < 4; ++i) a.v[i] = vaddq_f32(a.v[i], b.v[i]);
    return a;
  }
  static FRESHET_INLINE F32 sub(F32 a, F32 b) {
    for (int i = 0; i < 4; ++i) a.v[i] = vsubq_f32(a.v[i], b.v[i]);
    return a;
  }
  static FRESHET_INLINE F32 mul(F32 a, F32 b) {
    for (int i = 0; i < 4; ++i) a.v[i] = vmulq_f32(a.v[i], b.v[i]);
    return a;
  }
  static FRESHET_INLINE F32 div(F32 a, F32 b) {
    for (int i = 0; i < 4; ++i) a.v[i] = vdivq_f32(a.v[i], b.v[i]);
    return a;
  }
  static FRESHET_INLINE F32 fma(F32 a, F32 b, F32 c) {
    for (int i = 0; i < 4; ++i) c.v[i] = vfmaq_f32(c.v[i], a.v[i], b.v[i]);
    return c;
  }
  /// Compare and select: vmaxq would order the two zeros, which the scalar tag does not.
  static FRESHET_INLINE F32 max(F32 a, F32 b) {
    for (int i = 0; i < 4; ++i) a.v[i] = vbslq_f32(vcgtq_f32(a.v[i], b.v[i]), a.v[i], b.v[i]);
    return a;
  }
  static FRESHET_INLINE F32 min(F32 a, F32 b) {
    for (int i = 0; i < 4; ++i) a.v[i] = vbslq_f32(vcltq_f32(a.v[i], b.v[i]), a.v[i], b.v[i]);
    return a;
  }
  static FRESHET_INLINE F32 abs(F32 a) {
    for (float32x4_t& v : a.v) v = vabsq_f32(v);
    return a;
  }
  static FRESHET_INLINE F32 round(F32 a) {
    for (float32x4_t& v : a.v) v = vrndnq_f32(v);
    return a;
  }
  static FRESHET_INLINE F32 pow2(F32 n) {
    for (float32x4_t& v : n.v) {
      const int32x4_t exponent = vaddq_s32(vcvtnq_s32_f32(v), vdupq_n_s32(127));
      v = vreinterpretq_f32_s32(vshlq_n_s32(exponent, 23));
    }
    return n;
  }
  static FRESHET_INLINE float reduce_add(F32 a) {
    const float32x4_t four = vaddq_f32(vaddq_f32(a.v[0], a.v[2]), vaddq_f32(a.v[1], a.v[3]));
    return vpadds_f32(vadd_f32(vget_low_f32(four), vget_high_f32(four)));
  }
  static FRESHET_INLINE float reduce_max(F32 a) {
    return vmaxvq_f32(vmaxq_f32(vmaxq_f32(a.v[0], a.v[1]), vmaxq_f32(a.v[2], a.v[3])));
  }

  static FRESHET_INLINE float fma1(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
  static FRESHET_INLINE float sqrt1(float a) { return vget_lane_f32(vsqrt_f32(vdup_n_f32(a)), 0); }
  static FRESHET_INLINE float half_to_float(uint16_t h) {
    return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(h))), 0);
  }

  static FRESHET_INLINE Bytes load_bytes(const void* p) {
    return {load_128(p), load_128(static_cast<const uint8_t*>(p) + 16)};
  }
  static FRESHET_INLINE Bytes load_bytes_twice(const void* p) {
    const uint8x16_t bytes = load_128(p);
    return {bytes, bytes};
  }
  static FRESHET_INLINE Bytes load_bytes_pair(const void* p, const void* q) {
    return {load_128(p), load_128(q)};
  }
  static FRESHET_INLINE Bytes set_bytes(uint8_t x) { return {vdupq_n_u8(x), vdupq_n_u8(x)}; }
  static FRESHET_INLINE Bytes and_bytes(Bytes a, Bytes b) {
    return {vandq_u8(a.lo, b.lo), vandq_u8(a.hi, b.hi)};
  }
  static FRESHET_INLINE Bytes or_bytes(Bytes a, Bytes b) {
    return {vorrq_u8(a.lo, b.lo), vorrq_u8(a.hi, b.hi)};
  }
  static FRESHET_INLINE Bytes sub_bytes(Bytes a, Bytes b) {
    return {vsubq_u8(a.lo, b.lo), vsubq_u8(a.hi, b.hi)};
  }
  template <int N>
  static FRESHET_INLINE Bytes shift_right(Bytes a) {
    if constexpr (N == 0)
      return a;  // not encodable as an immediate
    else
      return {vshrq_n_u8(a.lo, N), vshrq_n_u8(a.hi, N)};
  }
  template <int N>
  static FRESHET_INLINE Bytes shift_left(Bytes a) {
    return {vshlq_n_u8(a.lo, N), vshlq_n_u8(a.hi, N)};
  }
  static FRESHET_INLINE Bytes load_nibbles(const void* p) {
    const uint8x16_t bytes = load_128(p);
    return {vandq_u8(bytes, vdupq_n_u8(15)), vshrq_n_u8(bytes, 4)};
  }
  /// Byte i is all ones if bit i is set; shifted right by 7 that is a 1.
  static FRESHET_INLINE uint8x16_t expand_16_bits(uint32_t bits) {
    const uint8x16_t bit = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201u));
    const uint8x16_t holder = vcombine_u8(vdup_n_u8(static_cast<uint8_t>(bits)),
                                          vdup_n_u8(static_cast<uint8_t>(bits >> 8)));
    return vshrq_n_u8(vtstq_u8(holder, bit), 7);
  }
  static FRESHET_INLINE Bytes expand_bits(uint32_t bits) {
    return {expand_16_bits(bits), expand_16_bits(bits >> 16)};
  }
  static FRESHET_INLINE Bytes lookup(const int8_t* table, Bytes index) {
    const uint8x16_t values = load_128(table);
    return {vqtbl1q_u8(values, index.lo), vqtbl1q_u8(values, index.hi)};
  }
  static FRESHET_INLINE void store_bytes(void* p, Bytes a) {
    store_128(p, a.lo);
    store_128(static_cast<uint8_t*>(p) + 16, a.hi);
  }

  /// acc[i] + sum of w[4i..4i+3] * x[4i..4i+3], both signed; sums of two products fit in int16.
  static FRESHET_INLINE int32x4_t dot_16(int32x4_t acc, int8x16_t w, int8x16_t x) {
    const int16x8_t lo = vmull_s8(vget_low_s8(w), vget_low_s8(x));
    return vpadalq_s16(acc, vpaddq_s16(lo, vmull_high_s8(w, x)));
  }
  static FRESHET_INLINE I32 dot_signed(I32 acc, Bytes w, Bytes x) {
    return {dot_16(acc.lo, vreinterpretq_s8_u8(w.lo), vreinterpretq_s8_u8(x.lo)),
            dot_16(acc.hi, vreinterpretq_s8_u8(w.hi), vreinterpretq_s8_u8(x.hi))};
  }
  static FRESHET_INLINE I32 dot(I32 acc, Bytes w, Bytes x) { return dot_signed(acc, w, x); }
  static FRESHET_INLINE void store_words(int8x8_t bytes, int offset, int16_t* out) {
    const int16x8_t words = vsubq_s16(vmovl_s8(bytes), vdupq_n_s16(static_cast<int16_t>(offset)));
    vst1q_u8(reinterpret_cast<uint8_t*>(out), vreinterpretq_u8_s16(words));
  }
  static FRESHET_INLINE void widen_words(uint64_t lo, uint64_t hi, int offset, int16_t* out) {
    store_words(vcreate_s8(lo), offset, out);
    store_words(vcreate_s8(hi), offset, out + 8);
  }
  static FRESHET_INLINE void widen_words_twice(uint64_t bytes, int offset, int16_t* out) {
    const int8x8_t once = vcreate_s8(bytes);
    store_words(vzip1_s8(once, once), offset, out);
    store_words(vzip2_s8(once, once), offset, out + 8);
  }
  static FRESHET_INLINE int32_t dot_i16(const int16_t* a, const int16_t* b) {
    int32x4_t sum = vdupq_n_s32(0);
    for (int i = 0; i < 16; i += 8) {
      const int16x8_t va = vreinterpretq_s16_u8(load_128(a + i));
      const int16x8_t vb = vreinterpretq_s16_u8(load_128(b + i));
      sum = vmlal_high_s16(vmlal_s16(sum, vget_low_s16(va), vget_low_s16(vb)), va, vb);
    }
    return vaddvq_s32(sum);
  }

  static FRESHET_INLINE I32 zero_i32() { return set_pair(0, 0); }
  static FRESHET_INLINE I32 set_pair(int32_t a, int32_t b) {
    return {vdupq_n_s32(a), vdupq_n_s32(b)};
  }
  static FRESHET_INLINE I32 add_i32(I32 a, I32 b) {
    return {vaddq_s32(a.lo, b.lo), vaddq_s32(a.hi, b.hi)};
  }
  static FRESHET_INLINE I32 mul_i32(I32 a, I32 b) {
    return {vmulq_s32(a.lo, b.lo), vmulq_s32(a.hi, b.hi)};
  }
  static FRESHET_INLINE int32_t reduce_add_i32(I32 a) { return vaddvq_s32(vaddq_s32(a.lo, a.hi)); }

  static FRESHET_INLINE void prefetch(const void* p) { __builtin_prefetch(p); }
};

}  // namespace freshet::kernels
