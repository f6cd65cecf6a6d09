// F32: plain floats. Activations stay in float; a row is a sum of 16 lanes (kernels/cpu/dot_float.h).
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
    float value;
  };

  static FRESHET_INLINE void decode(const Block& block, float* out) { *out = block.value; }
  static FRESHET_INLINE void encode(const float* in, Block& block) { block.value = *in; }

  /// 16 weights, or the first n of them and zeros.
  template <class T>
  static FRESHET_INLINE typename T::F32 load(const Block* p) {
    return T::load(&p->value);
  }
  template <class T>
  static FRESHET_INLINE typename T::F32 load_n(const Block* p, int n) {
    return T::load_n(&p->value, n);
  }
};

}  // namespace freshet::kernels
