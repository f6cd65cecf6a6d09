// BF16: bfloat16. Activations stay in float; a weight is widened exactly as it is loaded.
#pragma once

#include "kernels/formats/format.h"
#include "kernels/formats/half.h"

namespace freshet::kernels {

struct BF16Format {
  static constexpr Format kId = Format::BF16;
  static constexpr const char* kName = "BF16";
  static constexpr int kBlockSize = 1;
  static constexpr Activation kActivation = Activation::kFloat;

  struct Block {
    uint8_t bytes[2];
  };
  static_assert(sizeof(Block) == 2 && alignof(Block) == 1);

  static FRESHET_INLINE void decode(const Block& block, float* out) {
    uint16_t bits;
    __builtin_memcpy(&bits, block.bytes, 2);
    *out = bfloat_to_float(bits);
  }
  static FRESHET_INLINE void encode(const float* in, Block& block) {
    const uint16_t bits = float_to_bfloat(*in);
    __builtin_memcpy(block.bytes, &bits, 2);
  }

  /// 16 weights, or the first n of them and zeros.
  template <class T>
  static FRESHET_INLINE typename T::F32 load(const Block* p) {
    return T::load_bf16(reinterpret_cast<const uint16_t*>(p));
  }
  template <class T>
  static FRESHET_INLINE typename T::F32 load_n(const Block* p, int n) {
    return T::load_bf16_n(reinterpret_cast<const uint16_t*>(p), n);
  }
};

}  // namespace freshet::kernels
