#include "tasks/synth_blocks.h"

#include <cstring>
#include <utility>

#include "base/check.h"
#include "kernels/formats/formats.h"
#include "kernels/formats/half.h"

namespace freshet {
namespace {

using namespace kernels;

void fill_bits(Random& random, std::byte* out, size_t n) noexcept {
  for (; n >= 8; out += 8, n -= 8) {
    const uint64_t bits = random.bits();
    std::memcpy(out, &bits, 8);
  }
  const uint64_t bits = random.bits();
  std::memcpy(out, &bits, n);
}

/// Scales under which codes become weights of `deviation`, 30 % more or less.
struct Scale {
  float deviation;
  Random& random;

  /// `code_deviation`: of the codes, with the integer scales of their groups, as uniform bits.
  float operator()(float code_deviation) const noexcept {
    return random.uniform(0.7f, 1.3f) * deviation / code_deviation;
  }
  /// Of either sign, which puts the mean at zero where the codes' own is not.
  float signed_scale(float code_deviation) const noexcept {
    const float scale = (*this)(code_deviation);
    return (random.bits() & 1) != 0 ? -scale : scale;
  }
};

// One per format: the codes and the integer scales of groups are uniform bits already, and what is
// set here makes them weights. Minima are set so that the mean is zero.
void set_scale(Q4_0::Block& b, const Scale& scale) {
  b.d = float_to_half(scale.signed_scale(4.64f));
}
void set_scale(Q4_1::Block& b, const Scale& scale) {
  const float d = scale(4.61f);
  b.d = float_to_half(d);
  b.m = float_to_half(-7.5f * d);
}
void set_scale(Q5_0::Block& b, const Scale& scale) {
  b.d = float_to_half(scale.signed_scale(9.25f));
}
void set_scale(Q5_1::Block& b, const Scale& scale) {
  const float d = scale(9.23f);
  b.d = float_to_half(d);
  b.m = float_to_half(-15.5f * d);
}
void set_scale(Q8_0::Block& b, const Scale& scale) { b.d = float_to_half(scale(73.9f)); }
void set_scale(Q2_K::Block& b, const Scale& scale) {
  const float d = scale(13.9f);
  b.d = float_to_half(d);
  b.dmin = float_to_half(1.5f * d);
}
void set_scale(Q3_K::Block& b, const Scale& scale) { b.d = float_to_half(scale(43.3f)); }
void set_scale(Q4_K::Block& b, const Scale& scale) {
  const float d = scale(258.0f);
  b.d = float_to_half(d);
  b.dmin = float_to_half(7.5f * d);
}
void set_scale(Q5_K::Block& b, const Scale& scale) {
  const float d = scale(527.0f);
  b.d = float_to_half(d);
  b.dmin = float_to_half(15.5f * d);
}
void set_scale(Q6_K::Block& b, const Scale& scale) { b.d = float_to_half(scale(1366.0f)); }
void set_scale(IQ4_NL::Block& b, const Scale& scale) {
  b.d = float_to_half(scale.signed_scale(67.4f));
}
void set_scale(IQ4_XS::Block& b, const Scale& scale) { b.d = float_to_half(scale(1246.0f)); }
void set_scale(MXFP4::Block& b, const Scale& scale) {
  // The power of two at or below the scale: the float's own exponent, one more than MXFP4's
  // because its values are doubled.
  const uint32_t exponent = float_to_bits(scale(4.14f)) >> 23 & 0xFFu;
  b.e = static_cast<uint8_t>(exponent + 1);
}

template <class F>
void fill(float deviation, Random& random, std::span<std::byte> out) noexcept {
  using Block = typename F::Block;
  FRESHET_CHECK(out.size() % sizeof(Block) == 0);
  if constexpr (F::kActivation == Activation::kFloat) {
    for (size_t i = 0; i < out.size(); i += sizeof(Block)) {
      const float weight = deviation * random.normal();
      Block block;
      F::encode(&weight, block);
      std::memcpy(&out[i], &block, sizeof block);
    }
  } else {
    const Scale scale{deviation, random};
    fill_bits(random, out.data(), out.size());
    for (size_t i = 0; i < out.size(); i += sizeof(Block)) {
      Block block;
      std::memcpy(&block, &out[i], sizeof block);
      set_scale(block, scale);
      std::memcpy(&out[i], &block, sizeof block);
    }
  }
}

template <class... F>
void fill_one_of(FormatList<F...>, DType dtype, float deviation, Random& random,
                 std::span<std::byte> out) noexcept {
  static_cast<void>(((F::kId == dtype && (fill<F>(deviation, random, out), true)) || ...));
}

}  // namespace

void fill_random_blocks(DType dtype, float deviation, Random& random,
                        std::span<std::byte> out) noexcept {
  fill_one_of(Formats{}, dtype, deviation, random, out);
}

void fill_norm_weights(Random& random, std::span<std::byte> out) noexcept {
  for (size_t i = 0; i + 4 <= out.size(); i += 4) {
    const float weight = random.uniform(0.8f, 1.2f);
    std::memcpy(&out[i], &weight, 4);
  }
}

}  // namespace freshet
