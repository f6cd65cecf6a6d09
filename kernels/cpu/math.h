// Transcendental functions written once on the tag, so that every target returns the same bits.
#pragma once

#include "kernels/inline.h"

namespace freshet::kernels {

/// e^x, relative error below 2e-7, for lanes clamped to [-87, 88]; exactly 1 at 0.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite's two-part ln 2), then the Taylor polynomial
/// of e^r to degree 7, whose first omitted term is below 6e-9.
template <class T>
FRESHET_INLINE typename T::F32 exp(typename T::F32 x) {
  x = T::min(T::max(x, T::set(-87.0f)), T::set(88.0f));
  const typename T::F32 n = T::round(T::mul(x, T::set(1.44269504f)));
  typename T::F32 r = T::fma(n, T::set(-0.693145752f), x);
  r = T::fma(n, T::set(-1.42860677e-6f), r);
  typename T::F32 p = T::set(1.0f / 5040.0f);
  p = T::fma(p, r, T::set(1.0f / 720.0f));
  p = T::fma(p, r, T::set(1.0f / 120.0f));
  p = T::fma(p, r, T::set(1.0f / 24.0f));
  p = T::fma(p, r, T::set(1.0f / 6.0f));
  p = T::fma(p, r, T::set(0.5f));
  p = T::fma(p, r, T::set(1.0f));
  p = T::fma(p, r, T::set(1.0f));
  return T::mul(p, T::pow2(n));
}

/// 1 / (1 + e^-x)
template <class T>
FRESHET_INLINE typename T::F32 sigmoid(typename T::F32 x) {
  const typename T::F32 one = T::set(1.0f);
  return T::div(one, T::add(one, exp<T>(T::sub(T::zero(), x))));
}

/// x * sigmoid(x) (Elfwing, Uchibe and Doya 2017, arXiv:1702.03118)
template <class T>
FRESHET_INLINE typename T::F32 silu(typename T::F32 x) {
  return T::div(x, T::add(T::set(1.0f), exp<T>(T::sub(T::zero(), x))));
}

}  // namespace freshet::kernels
