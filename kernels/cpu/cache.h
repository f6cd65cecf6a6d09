// Elements of the key/value cache: one struct per CacheType, each reading and writing the layout of
// layouts.h.
#pragma once

#include "kernels/cpu/layouts.h"
#include "kernels/formats/half.h"
#include "kernels/inline.h"

namespace freshet::kernels {

struct CacheF32 {
  static constexpr CacheType kType = CacheType::kF32;
  using Element = float;
  template <class T>
  static FRESHET_INLINE typename T::F32 load(const Element* p) {
    return T::load(p);
  }
  static FRESHET_INLINE Element encode(float x) { return x; }
};

struct CacheF16 {
  static constexpr CacheType kType = CacheType::kF16;
  using Element = uint16_t;
  template <class T>
  static FRESHET_INLINE typename T::F32 load(const Element* p) {
    return T::load_f16(p);
  }
  /// Saturates: an infinity in the cache would poison every later sum, and is out of reach of any
  /// sane model.
  static FRESHET_INLINE Element encode(float x) {
    const float limited = x > 65504.0f ? 65504.0f : x < -65504.0f ? -65504.0f : x;
    return float_to_half(limited);
  }
};

/// Signed bytes, one f16 scale per 32 dimensions of a position.
struct CacheQ8 {
  static constexpr CacheType kType = CacheType::kQ8_0;
  using Element = int8_t;
  template <class T>
  static FRESHET_INLINE typename T::F32 load(const Element* p) {
    return T::load_i8(p);
  }
  /// The scale of 32 values, as stored, and the factor that maps them to [-127, 127].
  static FRESHET_INLINE uint16_t scale_of(const float* x, float* inverse) {
    float amax = 0.0f;
    for (int i = 0; i < 32; ++i) {
      const float a = __builtin_fabsf(x[i]);
      amax = a > amax ? a : amax;
    }
    const uint16_t stored = CacheF16::encode(amax / 127.0f);
    const float scale = half_to_float(stored);
    *inverse = scale > 0.0f ? 1.0f / scale : 0.0f;
    return stored;
  }
  static FRESHET_INLINE Element encode(float x) {
    const float limited = x > 127.0f ? 127.0f : x < -127.0f ? -127.0f : x;
    return static_cast<int8_t>(__builtin_rintf(limited));
  }
};

/// Stores x[head_dim] with its elements `stride` apart and its scales, if any, `scale_stride`
/// apart.
template <class Cache>
FRESHET_INLINE void store_in_cache(const float* x, int head_dim, typename Cache::Element* elements,
                                   int stride, uint16_t* scales, int scale_stride) {
  if constexpr (Cache::kType == CacheType::kQ8_0) {
    for (int b = 0; b < head_dim / 32; ++b) {
      float inverse = 0.0f;
      scales[b * scale_stride] = Cache::scale_of(x + b * 32, &inverse);
      for (int d = b * 32; d < b * 32 + 32; ++d)
        elements[d * stride] = Cache::encode(x[d] * inverse);
    }
  } else {
    for (int d = 0; d < head_dim; ++d) elements[d * stride] = Cache::encode(x[d]);
  }
}

/// Stores one position's key and value, float[head_dim] each, into one head of a page.
/// T only names the target, so that no other target's code is merged with this one.
template <class T, class Key, class Value>
void append_to_cache(void* head, int slot, const float* key, const float* value,
                     int head_dim) noexcept {
  const CacheLayout layout = cache_layout(Key::kType, Value::kType, head_dim);
  auto* base = static_cast<char*>(head);
  store_in_cache<Key>(key, head_dim, reinterpret_cast<typename Key::Element*>(base) + slot,
                      kPageSize, reinterpret_cast<uint16_t*>(base + layout.key_scales) + slot,
                      kPageSize);
  auto* values = reinterpret_cast<typename Value::Element*>(base + layout.value);
  auto* scales = reinterpret_cast<uint16_t*>(base + layout.value_scales);
  store_in_cache<Value>(value, head_dim, values + slot * head_dim, 1,
                        scales + slot * (head_dim / 32), 1);
}

}  // namespace freshet::kernels
