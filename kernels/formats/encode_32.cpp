// Quantisers of the blocks of 32 but IQ4_NL: they round as the `gguf` package does, bit for bit.
// Those of kernels/quantise search, and leave less error.
#include <cmath>

#include "kernels/formats/mxfp4.h"
#include "kernels/formats/q4_0.h"
#include "kernels/formats/q4_1.h"
#include "kernels/formats/q5_0.h"
#include "kernels/formats/q5_1.h"
#include "kernels/formats/q8_0.h"
#include "kernels/quantise/pack.h"

namespace freshet::kernels {
namespace {

/// The element of largest magnitude of 32, with its sign.
float largest_of(const float* x) {
  float largest = x[0];
  for (int i = 1; i < 32; ++i) {
    if (std::fabs(x[i]) > std::fabs(largest)) largest = x[i];
  }
  return largest;
}

/// The integer part of x within 0..high; 0 for NaN, which 0 * infinity makes of a subnormal scale.
uint8_t level_of(float x, int high) {
  if (!(x > 0.0f)) return 0;
  return static_cast<uint8_t>(x < static_cast<float>(high) ? static_cast<int>(x) : high);
}

float inverse_of(float d) { return d == 0.0f ? 0.0f : 1.0f / d; }

/// The element of largest magnitude becomes the lowest level, -2^bits / 2 below the offset.
/// Levels in q[32]; returns the scale.
float offset_levels(const float* in, int bits, uint8_t* q) {
  const int half = 1 << (bits - 1);
  const float d = largest_of(in) / static_cast<float>(-half);
  const float inverse = inverse_of(d);
  for (int i = 0; i < 32; ++i) {
    q[i] = level_of(in[i] * inverse + (static_cast<float>(half) + 0.5f), 2 * half - 1);
  }
  return d;
}

struct ScaleAndLow {
  float d, low;
};

/// The smallest element becomes level 0, the largest 2^bits - 1.
ScaleAndLow range_levels(const float* in, int bits, uint8_t* q) {
  float low = in[0], high = in[0];
  for (int i = 1; i < 32; ++i) {
    low = in[i] < low ? in[i] : low;
    high = in[i] > high ? in[i] : high;
  }
  const int top = (1 << bits) - 1;
  const float d = (high - low) / static_cast<float>(top);
  const float inverse = inverse_of(d);
  for (int i = 0; i < 32; ++i) q[i] = level_of((in[i] - low) * inverse + 0.5f, top);
  return {d, low};
}

}  // namespace

void Q4_0::encode(const float* in, Block& block) noexcept {
  uint8_t q[32];
  block.d = float_to_half(offset_levels(in, 4, q));
  pack_nibbles(q, block.q);
}

void Q5_0::encode(const float* in, Block& block) noexcept {
  uint8_t q[32];
  block.d = float_to_half(offset_levels(in, 5, q));
  block.high = fifth_bits(q);
  pack_nibbles(q, block.q);
}

void Q4_1::encode(const float* in, Block& block) noexcept {
  uint8_t q[32];
  const auto [d, low] = range_levels(in, 4, q);
  block.d = float_to_half(d);
  block.m = float_to_half(low);
  pack_nibbles(q, block.q);
}

void Q5_1::encode(const float* in, Block& block) noexcept {
  uint8_t q[32];
  const auto [d, low] = range_levels(in, 5, q);
  block.d = float_to_half(d);
  block.m = float_to_half(low);
  block.high = fifth_bits(q);
  pack_nibbles(q, block.q);
}

void Q8_0::encode(const float* in, Block& block) noexcept {
  const float d = std::fabs(largest_of(in)) / 127.0f;
  // Of a subnormal scale the inverse is infinite; the half of it is zero anyway.
  const float inverse = d < 0x1p-126f ? 0.0f : 1.0f / d;
  block.d = float_to_half(d);
  for (int i = 0; i < 32; ++i) block.q[i] = static_cast<int8_t>(std::round(in[i] * inverse));
}

void MXFP4::encode(const float* in, Block& block) noexcept {
  const float largest = std::fabs(largest_of(in));
  // The largest 4-bit value is 1.5 * 2^2: its exponent is that of the largest weight.
  int e = 0;
  if (largest > 0.0f) {
    e = static_cast<int>(std::floor(static_cast<float>(std::log2(double{largest})))) - 2 + 127;
  }
  block.e = static_cast<uint8_t>(e < 0 ? 0 : e);
  const float d = power(block.e);
  uint8_t q[32];
  for (int i = 0; i < 32; ++i) {
    float best = INFINITY;
    q[i] = 0;
    for (int code = 0; code < 16; ++code) {
      const float error = std::fabs(d * static_cast<float>(kMxfp4Values[code] - kOffset) - in[i]);
      if (error < best) {
        best = error;
        q[i] = static_cast<uint8_t>(code);
      }
    }
  }
  pack_nibbles(q, block.q);
}

}  // namespace freshet::kernels
