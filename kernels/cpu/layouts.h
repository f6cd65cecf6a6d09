// Memory layouts that kernels and the backend agree on: a row of quantised activations, a page of
// keys and values. All offsets are in bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/formats/format.h"

namespace freshet::kernels {

constexpr int64_t align_up(int64_t n, int64_t alignment) {
  return (n + alignment - 1) / alignment * alignment;
}

/// One row of k activations.
///
///   kFloat                  float[k]
///   kBytes32, kBytes256     int8 q[k] | float scale[k / block] | int16 sum[k / sum_group]
///
/// x = scale * q; `sum` holds the sums of q that offsets and minima of a weight format need.
struct ActivationLayout {
  int64_t scales;  // offset of the scales
  int64_t sums;    // offset of the sums
  int64_t bytes;   // the row, a multiple of 64
};

constexpr int activation_block(Activation kind) {
  return kind == Activation::kFloat ? 1 : kind == Activation::kBytes32 ? 32 : 256;
}
constexpr int activation_sum_group(Activation kind) {
  return kind == Activation::kBytes32 ? 32 : 16;
}
constexpr ActivationLayout activation_layout(Activation kind, int64_t k) {
  if (kind == Activation::kFloat) return {0, 0, align_up(k * 4, 64)};
  const int64_t scales = align_up(k, 64);
  const int64_t sums = align_up(scales + k / activation_block(kind) * 4, 64);
  return {scales, sums, align_up(sums + k / activation_sum_group(kind) * 2, 64)};
}

/// How keys and values are kept.
enum class CacheType : uint8_t { kF32, kF16, kQ8_0 };
inline constexpr int kCacheTypes = 3;

/// Positions in a page. Attention proceeds in pages, so this is part of what a result means.
inline constexpr int kPageSize = 64;
/// Pages that one partial softmax covers before it is merged with the one before it.
inline constexpr int kSplitPages = 8;

/// One key/value head in one page. Keys are stored with positions fastest, so that 16 scores are
/// one vector and no sum runs across lanes; values with dimensions fastest, for the same reason.
///
///   key    element[head_dim][64]  | q8_0: scale f16[head_dim / 32][64]
///   value  element[64][head_dim]  | q8_0: scale f16[64][head_dim / 32]
struct CacheLayout {
  int64_t key_scales;
  int64_t value;
  int64_t value_scales;
  int64_t bytes;  // the head in the page, a multiple of 64
};

constexpr int64_t cache_element_bytes(CacheType type) {
  return type == CacheType::kF32 ? 4 : type == CacheType::kF16 ? 2 : 1;
}

constexpr CacheLayout cache_layout(CacheType key, CacheType value, int head_dim) {
  const int64_t elements = static_cast<int64_t>(head_dim) * kPageSize;
  const int64_t scales = elements / 32 * 2;
  const int64_t key_scales = elements * cache_element_bytes(key);
  const int64_t value_at = key_scales + (key == CacheType::kQ8_0 ? scales : 0);
  const int64_t value_scales = value_at + elements * cache_element_bytes(value);
  const int64_t bytes = value_scales + (value == CacheType::kQ8_0 ? scales : 0);
  return {key_scales, value_at, value_scales, bytes};
}

}  // namespace freshet::kernels
