// What an attention kernel is asked for, and what it leaves.
#pragma once

#include <cstdint>

namespace freshet::kernels {

inline constexpr int kMaxHeadDim = 256;

/// A softmax-weighted sum of values in the making: value = out / sum, weights relative to e^max.
struct AttentionPartial {
  float max;
  float sum;
  float out[kMaxHeadDim];
};

/// Query heads of one token that share a key/value head.
struct AttentionQuery {
  const float* q;  // [n_heads, head_dim], normed, rotated and scaled by 1 / sqrt(head_dim)
  int n_heads;
  int head_dim;              // a multiple of 32, at most kMaxHeadDim
  const void* const* pages;  // this key/value head in page 0, 1, ...
  int64_t page_offset;       // of this layer and head within every page
  int64_t n_positions;       // positions visible: the token's own and all before it

  [[nodiscard]] const char* page(int64_t i) const {
    return static_cast<const char*>(pages[i]) + page_offset;
  }
};

}  // namespace freshet::kernels
