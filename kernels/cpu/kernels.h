// The table of kernels of one CPU target: complete by construction, chosen once, passed as an
// argument.
#pragma once

#include "kernels/cpu/attention_types.h"
#include "kernels/cpu/layouts.h"
#include "kernels/cpu/product.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels {

/// What a target does with one weight format.
struct FormatKernels {
  Format format;
  Activation activation;
  void (*multiply)(const MatrixProduct&) noexcept;
};

/// What a target does with one pair of key and value cache types.
struct CacheKernels {
  /// head: one key/value head in a page; slot: position within the page.
  void (*append)(void* head, int slot, const float* key, const float* value, int head_dim) noexcept;
  void (*attend_split)(const AttentionQuery&, int64_t split, AttentionPartial* partials) noexcept;
};

struct Kernels {
  const char* name;
  /// On the processors that the target was measured on; see read_ahead_here().
  ReadAhead read_ahead;
  FormatKernels formats[Formats::kSize];
  CacheKernels caches[kCacheTypes][kCacheTypes];  // [key][value]
  /// float[k] to a row of kBytes32, kBytes256.
  void (*quantize_32)(const float* x, int64_t k, void* out) noexcept;
  void (*quantize_256)(const float* x, int64_t k, void* out) noexcept;
  void (*rms_norm)(const float* x, const float* weight, float* out, int64_t n, float eps) noexcept;
  void (*rotate)(float* x, const float* cos_sin, int head_dim) noexcept;
  void (*swiglu)(float* gate, const float* up, int64_t n) noexcept;
  void (*scale)(float* x, float factor, int64_t n) noexcept;
  void (*sigmoid)(float* x, int64_t n) noexcept;
  void (*add_scaled)(float* x, const float* y, float scale, int64_t n) noexcept;
  void (*short_conv)(const float* b, const float* c, const float* x, const float* weight, int taps,
                     float* const* history, float* out, int64_t n) noexcept;
  void (*merge_partial)(AttentionPartial* into, const AttentionPartial& next,
                        int head_dim) noexcept;
  void (*finish_partial)(const AttentionPartial& partial, float* out, int head_dim) noexcept;
  /// Loops of nothing but multiply-adds, see peak.h; they return how many were done.
  uint64_t (*peak_bytes)(uint64_t rounds) noexcept;
  uint64_t (*peak_floats)(uint64_t rounds) noexcept;

  [[nodiscard]] const FormatKernels& of(Format format) const {
    int i = 0;
    while (formats[i].format != format) ++i;
    return formats[i];
  }
};

}  // namespace freshet::kernels
