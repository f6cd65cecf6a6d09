// Fills a table from the two lists: formats (formats.h) and the generic bodies on one tag.
#pragma once

#include "kernels/cpu/activations.h"
#include "kernels/cpu/attention.h"
#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/dot_float.h"
#include "kernels/cpu/elementwise.h"
#include "kernels/cpu/kernels.h"
#include "kernels/cpu/peak.h"

namespace freshet::kernels {

/// The products of a target: the generic bodies, unless a target specialises this for its tag.
template <class T>
struct Products {
  static constexpr ReadAhead kReadAhead = {.pages_first = true};
  template <class F>
  static constexpr void (*of_floats())(const MatrixProduct&) noexcept {
    return multiply_float<T, F>;
  }
  template <class F>
  static constexpr void (*of_bytes())(const MatrixProduct&) noexcept {
    return multiply_bytes<T, F>;
  }
};

template <class T, class F>
constexpr FormatKernels make_format() {
  if constexpr (F::kActivation == Activation::kFloat) {
    return {F::kId, F::kActivation, Products<T>::template of_floats<F>()};
  } else {
    return {F::kId, F::kActivation, Products<T>::template of_bytes<F>()};
  }
}

template <class T, class Key, class Value>
constexpr CacheKernels make_cache() {
  return {append_to_cache<T, Key, Value>, attend_split<T, Key, Value>};
}

template <class T, class... F>
constexpr Kernels make_kernels(FormatList<F...>) {
  return {.name = T::kName,
          .read_ahead = Products<T>::kReadAhead,
          .formats = {make_format<T, F>()...},
          .caches = {{make_cache<T, CacheF32, CacheF32>(), make_cache<T, CacheF32, CacheF16>(),
                      make_cache<T, CacheF32, CacheQ8>()},
                     {make_cache<T, CacheF16, CacheF32>(), make_cache<T, CacheF16, CacheF16>(),
                      make_cache<T, CacheF16, CacheQ8>()},
                     {make_cache<T, CacheQ8, CacheF32>(), make_cache<T, CacheQ8, CacheF16>(),
                      make_cache<T, CacheQ8, CacheQ8>()}},
          .quantize_32 = quantize_activations<T, Activation::kBytes32>,
          .quantize_256 = quantize_activations<T, Activation::kBytes256>,
          .rms_norm = rms_norm<T>,
          .rotate = rotate<T>,
          .swiglu = swiglu<T>,
          .scale = scale_row<T>,
          .sigmoid = sigmoid_row<T>,
          .add_scaled = add_scaled<T>,
          .short_conv = short_conv<T>,
          .merge_partial = merge_partial<T>,
          .finish_partial = finish_partial<T>,
          .peak_bytes = peak_bytes<T>,
          .peak_floats = peak_floats<T>};
}

}  // namespace freshet::kernels
