// The weight formats by name, and what a format header must offer.
//
// A format is one header with a struct F of static members, and one line in formats.h:
//   F::Block                      the block as the file stores it (no padding, any alignment)
//   F::kId, kName, kBlockSize     GGUF's type id, its name, weights per block
//   F::kActivation                what its products read, see Activation
//   F::decode(block, out)         the reference: kBlockSize floats
// Float formats (Activation::kFloat) add load<T>(p), load_n<T>(p, n): 16 weights as T::F32.
// Integer formats describe a weight as  scale * (u - kOffset) + min  and add
//   F::kSigned                    unpacked bytes are signed in [-128, 127]; otherwise 0..127
//   F::kOffset, kHasMin
//   F::kGroup                     blocks of 256: weights that share an integer scale, 16 or 32
//   blocks of 32:   unpack<T>(block), scale<T>(block), and min<T>(block) if kHasMin
//   blocks of 256:  unpack<T>(block, g) for 32 weights from 32 g on, scales<T>(block) (integers for
//                   each 16 weights), scale<T>(block), and min<T>(block) if kHasMin; a weight is
//                   scale * scales.scale[i / 16] * (u - kOffset) + min * scales.min[i / 16]
// T is a tag of kernels/cpu/simd.
#pragma once

#include <cstdint>

namespace freshet::kernels {

/// GGUF's own tensor type ids.
enum class Format : uint32_t {
  F32 = 0,
  F16 = 1,
  Q4_0 = 2,
  Q4_1 = 3,
  Q5_0 = 6,
  Q5_1 = 7,
  Q8_0 = 8,
  Q2_K = 10,
  Q3_K = 11,
  Q4_K = 12,
  Q5_K = 13,
  Q6_K = 14,
  IQ4_NL = 20,
  IQ4_XS = 23,
  BF16 = 30,
  MXFP4 = 39,
};

/// How a row of activations is presented to a weight format (kernels/cpu/activations.h).
enum class Activation : uint8_t {
  kFloat,     // as it is
  kBytes32,   // signed bytes with one float scale per 32
  kBytes256,  // signed bytes with one float scale per 256
};
inline constexpr int kActivationKinds = 3;

/// The integer scales of a super-block of 256, one per 16 weights.
struct GroupScales {
  int16_t scale[16];
  int16_t min[16];
};

}  // namespace freshet::kernels
