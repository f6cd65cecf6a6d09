// Rows of floats presented to the weight formats: rounded to signed bytes per block, with the block
// sums that offsets and minima need. The rounding is symmetric: scale = max |x| / 127.
#pragma once

#include "kernels/cpu/layouts.h"
#include "kernels/inline.h"

namespace freshet::kernels {

/// x[k] -> out, activation_layout(kBytes32 or kBytes256, k). k is a multiple of the block.
template <class T, Activation kKind>
void quantize_activations(const float* x, int64_t k, void* out) noexcept {
  constexpr int kBlock = activation_block(kKind), kGroup = activation_sum_group(kKind);
  const ActivationLayout layout = activation_layout(kKind, k);
  auto* q = static_cast<int8_t*>(out);
  auto* scales = reinterpret_cast<float*>(static_cast<char*>(out) + layout.scales);
  auto* sums = reinterpret_cast<int16_t*>(static_cast<char*>(out) + layout.sums);
  for (int64_t b = 0; b < k / kBlock; ++b) {
    const float* in = x + b * kBlock;
    typename T::F32 peak = T::abs(T::load(in));
    for (int i = 16; i < kBlock; i += 16) peak = T::max(peak, T::abs(T::load(in + i)));
    const float amax = T::reduce_max(peak);
    // Below 1e-30 the inverse would leave the range of float; such a block is nothing but zeros.
    const bool is_zero = !(amax > 1e-30f);
    scales[b] = is_zero ? 0.0f : amax / 127.0f;
    const typename T::F32 inverse = T::set(is_zero ? 0.0f : 127.0f / amax);
    for (int i = 0; i < kBlock; i += 16) {
      T::store_i8(q + b * kBlock + i, T::mul(T::load(in + i), inverse));
    }
    for (int g = 0; g < kBlock / kGroup; ++g) {
      int sum = 0;
#pragma GCC unroll 32
      for (int i = 0; i < kGroup; ++i) sum += q[b * kBlock + g * kGroup + i];
      sums[b * (kBlock / kGroup) + g] = static_cast<int16_t>(sum);
    }
  }
}

}  // namespace freshet::kernels
