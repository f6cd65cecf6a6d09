// The scalar tag: the contract of every other tag, spelled out lane by lane.
//
// A tag is a set of fixed-width vectors and operations on them:
//   F32    16 floats     every operation rounds once, as IEEE 754 says
//   Bytes  32 bytes      signed or unsigned as the operation says
//   I32     8 int32      wrap-around arithmetic
// The widths are the same on every target, so that a kernel written on a tag performs the same
// operations in the same order everywhere, and its results are equal bit for bit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/formats/half.h"
#include "kernels/inline.h"

namespace freshet::kernels {

struct Scalar {
  static constexpr const char* kName = "scalar";
  /// dot_signed() returns the sum of (w + kSignedBias) * x; see there.
  static constexpr int kSignedBias = 0;
  /// Rows or columns that a kernel treats at once where registers allow it; 1 keeps the reference
  /// plain.
  static constexpr int kTile = 1;
  /// F32 sums that registers hold beside what is added to them.
  static constexpr int kSums = 4;

  struct F32 {
    float v[16];
  };
  struct Bytes {
    uint8_t v[32];
  };
  struct I32 {
    int32_t v[8];
  };

  // ---- F32: memory (pointers of any alignment) ----------------------------------------------

  static FRESHET_INLINE F32 zero() { return set(0.0f); }
  static FRESHET_INLINE F32 set(float x) {
    F32 r;
    for (float& lane : r.v) lane = x;
    return r;
  }
  static FRESHET_INLINE F32 load(const float* p) { return load_n(p, 16); }
  /// The first n lanes from p, zero in the others.
  static FRESHET_INLINE F32 load_n(const float* p, int n) {
    F32 r{};
    __builtin_memcpy(r.v, p, static_cast<size_t>(n) * sizeof(float));  // p may be unaligned
    return r;
  }
  static FRESHET_INLINE void store(float* p, F32 a) { store_n(p, a, 16); }
  static FRESHET_INLINE void store_n(float* p, F32 a, int n) {
    __builtin_memcpy(p, a.v, static_cast<size_t>(n) * sizeof(float));
  }
  static FRESHET_INLINE F32 load_f16(const uint16_t* p) { return load_f16_n(p, 16); }
  static FRESHET_INLINE F32 load_f16_n(const uint16_t* p, int n) {
    uint16_t bits[16] = {};
    __builtin_memcpy(bits, p, static_cast<size_t>(n) * sizeof(uint16_t));
    F32 r;
    for (int i = 0; i < 16; ++i) r.v[i] = kernels::half_to_float(bits[i]);
    return r;
  }
  static FRESHET_INLINE void store_f16(uint16_t* p, F32 a) {
    uint16_t halves[16];
    for (int i = 0; i < 16; ++i) halves[i] = float_to_half(a.v[i]);
    __builtin_memcpy(p, halves, sizeof(halves));
  }
  static FRESHET_INLINE F32 load_bf16(const uint16_t* p) { return load_bf16_n(p, 16); }
  static FRESHET_INLINE F32 load_bf16_n(const uint16_t* p, int n) {
    uint16_t bits[16] = {};
    __builtin_memcpy(bits, p, static_cast<size_t>(n) * sizeof(uint16_t));
    F32 r;
    for (int i = 0; i < 16; ++i) r.v[i] = bfloat_to_float(bits[i]);
    return r;
  }
  static FRESHET_INLINE F32 load_i8(const int8_t* p) {
    F32 r;
    for (int i = 0; i < 16; ++i) r.v[i] = static_cast<float>(p[i]);
    return r;
  }
  /// Rounds each lane to the nearest integer, ties to even; lanes lie within [-127, 127].
  static FRESHET_INLINE void store_i8(int8_t* p, F32 a) {
    for (int i = 0; i < 16; ++i) p[i] = static_cast<int8_t>(__builtin_rintf(a.v[i]));
  }

  // ---- F32: arithmetic ----------------------------------------------------------------------

  static FRESHET_INLINE F32 add(F32 a, F32 b) {
    for (int i = 0; i < 16; ++i) a.v[i] += b.v[i];
    return a;
  }
  static FRESHET_INLINE F32 sub(F32 a, F32 b) {
    for (int i = 0; i < 16; ++i) a.v[i] -= b.v[i];
    return a;
  }
  static FRESHET_INLINE F32 mul(F32 a, F32 b) {
    for (int i = 0; i < 16; ++i) a.v[i] *= b.v[i];
    return a;
  }
  static FRESHET_INLINE F32 div(F32 a, F32 b) {
    for (int i = 0; i < 16; ++i) a.v[i] /= b.v[i];
    return a;
  }
  /// a * b + c, rounded once.
  static FRESHET_INLINE F32 fma(F32 a, F32 b, F32 c) {
    for (int i = 0; i < 16; ++i) c.v[i] = __builtin_fmaf(a.v[i], b.v[i], c.v[i]);
    return c;
  }
  /// The larger of each pair; neither is NaN.
  static FRESHET_INLINE F32 max(F32 a, F32 b) {
    for (int i = 0; i < 16; ++i) a.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i];
    return a;
  }
  static FRESHET_INLINE F32 min(F32 a, F32 b) {
    for (int i = 0; i < 16; ++i) a.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i];
    return a;
  }
  static FRESHET_INLINE F32 abs(F32 a) {
    for (float& lane : a.v) lane = __builtin_fabsf(lane);
    return a;
  }
  /// To the nearest integer, ties to even; |lane| < 2^22.
  static FRESHET_INLINE F32 round(F32 a) {
    for (float& lane : a.v) lane = __builtin_rintf(lane);
    return a;
  }
  /// 2^n for integral lanes in [-126, 127].
  static FRESHET_INLINE F32 pow2(F32 n) {
    for (float& lane : n.v) {
      lane = bits_to_float(static_cast<uint32_t>(static_cast<int32_t>(lane) + 127) << 23);
    }
    return n;
  }
  /// Halves are added pairwise: lane i + lane i+8, then +4, +2, +1.
  static FRESHET_INLINE float reduce_add(F32 a) {
    for (int width = 8; width > 0; width /= 2) {
      for (int i = 0; i < width; ++i) a.v[i] += a.v[i + width];
    }
    return a.v[0];
  }
  static FRESHET_INLINE float reduce_max(F32 a) {
    float m = a.v[0];
    for (float lane : a.v) m = lane > m ? lane : m;
    return m;
  }

  // ---- scalars ------------------------------------------------------------------------------

  static FRESHET_INLINE float fma1(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
  static FRESHET_INLINE float sqrt1(float a) { return __builtin_sqrtf(a); }
  static FRESHET_INLINE float half_to_float(uint16_t h) { return kernels::half_to_float(h); }

  // ---- Bytes --------------------------------------------------------------------------------

  static FRESHET_INLINE Bytes load_bytes(const void* p) {
    Bytes r;
    __builtin_memcpy(r.v, p, 32);
    return r;
  }
  /// The same 16 bytes twice.
  static FRESHET_INLINE Bytes load_bytes_twice(const void* p) {
    Bytes r;
    __builtin_memcpy(r.v, p, 16);
    __builtin_memcpy(r.v + 16, p, 16);
    return r;
  }
  /// 16 bytes p, then 16 bytes q.
  static FRESHET_INLINE Bytes load_bytes_pair(const void* p, const void* q) {
    Bytes r;
    __builtin_memcpy(r.v, p, 16);
    __builtin_memcpy(r.v + 16, q, 16);
    return r;
  }
  static FRESHET_INLINE Bytes set_bytes(uint8_t x) {
    Bytes r;
    for (uint8_t& lane : r.v) lane = x;
    return r;
  }
  static FRESHET_INLINE Bytes and_bytes(Bytes a, Bytes b) {
    for (int i = 0; i < 32; ++i) a.v[i] &= b.v[i];
    return a;
  }
  static FRESHET_INLINE Bytes or_bytes(Bytes a, Bytes b) {
    for (int i = 0; i < 32; ++i) a.v[i] |= b.v[i];
    return a;
  }
  static FRESHET_INLINE Bytes sub_bytes(Bytes a, Bytes b) {
    for (int i = 0; i < 32; ++i) a.v[i] = static_cast<uint8_t>(a.v[i] - b.v[i]);
    return a;
  }
  /// Each byte shifted by N bits, as unsigned; what is shifted out is lost.
  template <int N>
  static FRESHET_INLINE Bytes shift_right(Bytes a) {
    for (uint8_t& lane : a.v) lane = static_cast<uint8_t>(lane >> N);
    return a;
  }
  template <int N>
  static FRESHET_INLINE Bytes shift_left(Bytes a) {
    for (uint8_t& lane : a.v) lane = static_cast<uint8_t>(lane << N);
    return a;
  }
  /// The 16 bytes at p, bytes 0..15 shifted right by 0 and 16..31 by 4, all masked to 4 bits:
  /// low nibbles first, then high nibbles.
  static FRESHET_INLINE Bytes load_nibbles(const void* p) {
    Bytes r = load_bytes_twice(p);
    for (int i = 0; i < 16; ++i) {
      r.v[i] &= 15;
      r.v[i + 16] = static_cast<uint8_t>(r.v[i + 16] >> 4);
    }
    return r;
  }
  /// Lane i becomes 1 if bit i is set, else 0.
  static FRESHET_INLINE Bytes expand_bits(uint32_t bits) {
    Bytes r;
    for (int i = 0; i < 32; ++i) r.v[i] = static_cast<uint8_t>((bits >> i) & 1u);
    return r;
  }
  /// table[lane] for lanes in 0..15.
  static FRESHET_INLINE Bytes lookup(const int8_t* table, Bytes index) {
    for (uint8_t& lane : index.v) lane = static_cast<uint8_t>(table[lane]);
    return index;
  }
  static FRESHET_INLINE void store_bytes(void* p, Bytes a) { __builtin_memcpy(p, a.v, 32); }

  // ---- products -----------------------------------------------------------------------------

  /// acc[i] + sum of w[4i..4i+3] * x[4i..4i+3]; w unsigned and at most 127, x signed in [-127,
  /// 127].
  static FRESHET_INLINE I32 dot(I32 acc, Bytes w, Bytes x) {
    for (int i = 0; i < 32; ++i) {
      acc.v[i / 4] += static_cast<int32_t>(w.v[i]) * static_cast<int8_t>(x.v[i]);
    }
    return acc;
  }
  /// The same for signed w in [-128, 127], except that kSignedBias is added to every w: hardware
  /// that only multiplies unsigned by signed bytes biases w by 128, and the caller, who knows the
  /// sum of x, takes kSignedBias * sum(x) off again.
  static FRESHET_INLINE I32 dot_signed(I32 acc, Bytes w, Bytes x) {
    for (int i = 0; i < 32; ++i) {
      acc.v[i / 4] +=
          static_cast<int32_t>(static_cast<int8_t>(w.v[i])) * static_cast<int8_t>(x.v[i]);
    }
    return acc;
  }
  /// The sum of 16 products of int16.
  static FRESHET_INLINE int32_t dot_i16(const int16_t* a, const int16_t* b) {
    int32_t sum = 0;
    for (int i = 0; i < 16; ++i) sum += static_cast<int32_t>(a[i]) * b[i];
    return sum;
  }

  /// out[i] = byte i of lo, then of hi, as signed, less `offset`.
  static FRESHET_INLINE void widen_words(uint64_t lo, uint64_t hi, int offset, int16_t* out) {
    int16_t words[16];
    for (int i = 0; i < 8; ++i) {
      words[i] = static_cast<int16_t>(static_cast<int8_t>(lo >> (8 * i)) - offset);
      words[i + 8] = static_cast<int16_t>(static_cast<int8_t>(hi >> (8 * i)) - offset);
    }
    __builtin_memcpy(out, words, sizeof(words));  // out may be unaligned
  }
  /// out[2 i] = out[2 i + 1] = byte i, as signed, less `offset`.
  static FRESHET_INLINE void widen_words_twice(uint64_t bytes, int offset, int16_t* out) {
    int16_t words[16];
    for (int i = 0; i < 16; ++i) {
      words[i] = static_cast<int16_t>(static_cast<int8_t>(bytes >> (8 * (i / 2))) - offset);
    }
    __builtin_memcpy(out, words, sizeof(words));
  }

  // ---- I32 ----------------------------------------------------------------------------------

  static FRESHET_INLINE I32 zero_i32() { return I32{}; }
  /// a in lanes 0..3, b in lanes 4..7.
  static FRESHET_INLINE I32 set_pair(int32_t a, int32_t b) { return I32{{a, a, a, a, b, b, b, b}}; }
  static FRESHET_INLINE I32 add_i32(I32 a, I32 b) {
    for (int i = 0; i < 8; ++i) a.v[i] += b.v[i];
    return a;
  }
  static FRESHET_INLINE I32 mul_i32(I32 a, I32 b) {
    for (int i = 0; i < 8; ++i) a.v[i] *= b.v[i];
    return a;
  }
  static FRESHET_INLINE int32_t reduce_add_i32(I32 a) {
    int32_t sum = 0;
    for (int32_t lane : a.v) sum += lane;
    return sum;
  }

  static FRESHET_INLINE void prefetch(const void*) {}
};

}  // namespace freshet::kernels
