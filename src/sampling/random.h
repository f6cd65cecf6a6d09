// The sampler's randomness: a hash of (seed, step, purpose), with no state to carry.
//
// Drawing is a function of where in the sequence one stands, so a sequence that is rewound and
// replayed, or forked, draws what it would have drawn. The mixing is the finaliser of SplitMix64
// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
#pragma once

#include <cstdint>

namespace freshet {

/// What a random number is for; different purposes at one step are independent.
enum class RandomPurpose : uint64_t { kDraw = 1, kXtc = 2 };

constexpr uint64_t mix_bits(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
  return bits ^ (bits >> 31);
}

/// A uniform number in [0, 1) with 53 random bits.
constexpr double random_unit(uint64_t seed, uint64_t step, RandomPurpose purpose) {
  constexpr uint64_t kGolden = 0x9E3779B97F4A7C15u;
  const uint64_t stream = mix_bits(seed + kGolden * static_cast<uint64_t>(purpose));
  const uint64_t bits = mix_bits(stream + kGolden * (step + 1));
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace freshet
