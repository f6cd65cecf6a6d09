// Norms, rotation, gates and sums: the operations around the matrix products.
#pragma once

#include <cstdint>

#include "kernels/cpu/math.h"
#include "kernels/inline.h"

namespace freshet::kernels {

/// out[i] = weight[i] * (x[i] / sqrt(mean(x^2) + eps)) (Zhang and Sennrich 2019, arXiv:1910.07467).
/// out may be x.
template <class T>
void rms_norm(const float* x, const float* weight, float* out, int64_t n, float eps) noexcept {
  typename T::F32 squares = T::zero();
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) squares = T::fma(T::load(x + i), T::load(x + i), squares);
  const int rest = static_cast<int>(n - i);
  if (rest > 0) {
    const typename T::F32 tail = T::load_n(x + i, rest);
    squares = T::fma(tail, tail, squares);
  }
  const float mean = T::reduce_add(squares) / static_cast<float>(n);
  const typename T::F32 scale = T::set(1.0f / T::sqrt1(mean + eps));
  for (i = 0; i + 16 <= n; i += 16) {
    T::store(out + i, T::mul(T::load(weight + i), T::mul(T::load(x + i), scale)));
  }
  if (rest > 0) {
    const typename T::F32 tail = T::mul(T::load_n(x + i, rest), scale);
    T::store_n(out + i, T::mul(T::load_n(weight + i, rest), tail), rest);
  }
}

/// Rotary position embedding (Su et al. 2021, arXiv:2104.09864) in the split-half form: dimensions
/// d and d + head_dim / 2 are one pair. cos_sin: cos[head_dim / 2], then sin[head_dim / 2].
/// head_dim is a multiple of 32. In place.
template <class T>
void rotate(float* x, const float* cos_sin, int head_dim) noexcept {
  const int half = head_dim / 2;
  for (int d = 0; d < half; d += 16) {
    const typename T::F32 c = T::load(cos_sin + d), s = T::load(cos_sin + half + d);
    const typename T::F32 a = T::load(x + d), b = T::load(x + half + d);
    T::store(x + d, T::sub(T::mul(a, c), T::mul(b, s)));
    T::store(x + half + d, T::add(T::mul(b, c), T::mul(a, s)));
  }
}

/// gate[i] = silu(gate[i]) * up[i] (Shazeer 2020, arXiv:2002.05202).
template <class T>
void swiglu(float* gate, const float* up, int64_t n) noexcept {
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    T::store(gate + i, T::mul(silu<T>(T::load(gate + i)), T::load(up + i)));
  }
  if (const int rest = static_cast<int>(n - i); rest > 0) {
    T::store_n(gate + i, T::mul(silu<T>(T::load_n(gate + i, rest)), T::load_n(up + i, rest)), rest);
  }
}

/// x[i] *= factor
template <class T>
void scale_row(float* x, float factor, int64_t n) noexcept {
  for (int64_t i = 0; i < n; i += 16) {
    const int lanes = n - i < 16 ? static_cast<int>(n - i) : 16;
    T::store_n(x + i, T::mul(T::load_n(x + i, lanes), T::set(factor)), lanes);
  }
}

/// x[i] = sigmoid(x[i])
template <class T>
void sigmoid_row(float* x, int64_t n) noexcept {
  for (int64_t i = 0; i < n; i += 16) {
    const int lanes = n - i < 16 ? static_cast<int>(n - i) : 16;
    T::store_n(x + i, sigmoid<T>(T::load_n(x + i, lanes)), lanes);
  }
}

/// x[i] = scale * y[i] + x[i], rounded once.
template <class T>
void add_scaled(float* x, const float* y, float scale, int64_t n) noexcept {
  const typename T::F32 factor = T::set(scale);
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    T::store(x + i, T::fma(factor, T::load(y + i), T::load(x + i)));
  }
  if (const int rest = static_cast<int>(n - i); rest > 0) {
    T::store_n(x + i, T::fma(factor, T::load_n(y + i, rest), T::load_n(x + i, rest)), rest);
  }
}

/// One token of a gated short convolution over n channels with `taps` taps:
///   s = b * x;  y = sum over j of weight[j][.] * history[j];  out = c * y
/// history[taps - 1] receives s; history[0 .. taps - 2] are the earlier gated inputs, oldest first.
/// weight: [taps, n]. b, c, x: the three thirds of the input projection.
template <class T>
void short_conv(const float* b, const float* c, const float* x, const float* weight, int taps,
                float* const* history, float* out, int64_t n) noexcept {
  for (int64_t i = 0; i < n; i += 16) {
    const int lanes = n - i < 16 ? static_cast<int>(n - i) : 16;
    const typename T::F32 s = T::mul(T::load_n(b + i, lanes), T::load_n(x + i, lanes));
    T::store_n(history[taps - 1] + i, s, lanes);
    typename T::F32 y = T::zero();
    for (int j = 0; j < taps - 1; ++j) {
      y = T::fma(T::load_n(weight + j * n + i, lanes), T::load_n(history[j] + i, lanes), y);
    }
    y = T::fma(T::load_n(weight + (taps - 1) * n + i, lanes), s, y);
    T::store_n(out + i, T::mul(T::load_n(c + i, lanes), y), lanes);
  }
}

}  // namespace freshet::kernels
