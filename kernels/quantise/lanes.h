// Sixteen floats side by side, in as many registers as the machine needs. Every operation is that
// of its lanes, one rounding each, so that all targets compute the same bits.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "kernels/inline.h"

namespace freshet::kernels {

inline constexpr int kLanes = 16;

typedef float Float4 __attribute__((vector_size(16)));
typedef float Float8 __attribute__((vector_size(32)));

/// Two vectors as one.
template <class T>
struct Twice {
  T low, high;

  friend FRESHET_INLINE Twice operator+(Twice a, Twice b) {
    return {a.low + b.low, a.high + b.high};
  }
  friend FRESHET_INLINE Twice operator-(Twice a, Twice b) {
    return {a.low - b.low, a.high - b.high};
  }
  friend FRESHET_INLINE Twice operator*(Twice a, Twice b) {
    return {a.low * b.low, a.high * b.high};
  }
  friend FRESHET_INLINE Twice operator/(Twice a, Twice b) {
    return {a.low / b.low, a.high / b.high};
  }
};

// The tags: what the 16 lanes of a target are made of.
struct Baseline {
  using Lanes = Twice<Twice<Float4>>;
};
struct Avx2 {
  using Lanes = Twice<Float8>;
};

/// Lane by lane: a < b ? x : y.
template <class V>
FRESHET_INLINE V where_less(V a, V b, V x, V y) {
  return a < b ? x : y;
}
template <class T>
FRESHET_INLINE Twice<T> where_less(Twice<T> a, Twice<T> b, Twice<T> x, Twice<T> y) {
  return {where_less(a.low, b.low, x.low, y.low), where_less(a.high, b.high, x.high, y.high)};
}

template <class V>
FRESHET_INLINE V load_lanes(const float* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}
template <class V>
FRESHET_INLINE void store_lanes(float* p, V v) {
  __builtin_memcpy(p, &v, sizeof(v));
}
/// x in every lane.
template <class V>
FRESHET_INLINE V all(float x) {
  float lanes[kLanes];
  for (float& lane : lanes) lane = x;
  return load_lanes<V>(lanes);
}

template <class V>
FRESHET_INLINE V smaller(V a, V b) {
  return where_less(a, b, a, b);
}
template <class V>
FRESHET_INLINE V larger(V a, V b) {
  return where_less(b, a, a, b);
}
template <class V>
FRESHET_INLINE V clamp(V x, V low, V high) {
  return smaller(larger(x, low), high);
}
/// The nearest integers, ties to even; |x| < 2^22. The sum has no bits below 1, and so rounds.
template <class V>
FRESHET_INLINE V nearest(V x) {
  const V shift = all<V>(0x1.8p23f);
  return (x + shift) - shift;
}
/// a / b, and 0 where b is not positive.
template <class V>
FRESHET_INLINE V divide_or_zero(V a, V b) {
  const V zero = all<V>(0.0f);
  return where_less(zero, b, a / where_less(zero, b, b, all<V>(1.0f)), zero);
}
/// a / b for b of either sign, and 0 where b is 0.
template <class V>
FRESHET_INLINE V divide_signed(V a, V b) {
  const V zero = all<V>(0.0f), size = larger(b, zero - b);
  return where_less(zero, size, a / where_less(zero, size, b, all<V>(1.0f)), zero);
}

}  // namespace freshet::kernels
