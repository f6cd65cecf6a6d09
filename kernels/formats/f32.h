// F32: plain floats. Activations stay in float; a row is a sum of 16 lanes
// (kernels/cpu/dot_float.h).
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"

namespace freshet::kernels {

struct F32Format {
  static constexpr Format kId = Format::F32;
  static constexpr const char* kName = "F32";
  static constexpr int kBlockSize = 1;
  static constexpr Activation kActivation = Activation::kFloat;

  struct Block {
    uint8_t bytes[4];
  };
  static_assert(sizeof(Block) == 4 && alignof(Block) == 1);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    __builtin_memcpy(out, block.bytes, 4);
  }
  static FRESHET_INLINE void encode(const float* in, Block& block) {
    __builtin_memcpy(block.bytes, in, 4);
  }

  /// 16 weights, or the first n of them and zeros.
  template <class T>
  static FRESHET_INLINE typename T::F32 load(const Block* p) {
    return T::load(reinterpret_cast<const float*>(p));
  }
  template <class T>
  static FRESHET_INLINE typename T::F32 load_n(const Block* p, int n) {
    return T::load_n(reinterpret_cast<const float*>(p), n);
  }
};

}  // namespace freshet::kernels
