// Random numbers that are the same on every machine: xoshiro256++ seeded by SplitMix64.
// Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021).
#pragma once

#include <bit>
#include <cstdint>

namespace freshet {

/// A bijection that spreads every bit of its argument over the result.
constexpr uint64_t mix64(uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

class Random {
 public:
  /// Streams of one seed are independent of one another.
  constexpr Random(uint64_t seed, uint64_t stream) noexcept {
    uint64_t state = mix64(seed + 0x9E3779B97F4A7C15u) ^ mix64(stream * 2 + 1);
    for (uint64_t& word : state_) word = mix64(state += 0x9E3779B97F4A7C15u);
  }

  constexpr uint64_t bits() noexcept {
    const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// 0 .. n - 1; n is far below 2^64, so that the bias of the remainder does not matter.
  constexpr uint64_t below(uint64_t n) noexcept { return bits() % n; }

  /// Uniform in [low, high), in steps of 2^-24 of the range.
  constexpr float uniform(float low, float high) noexcept {
    return low + (high - low) * (static_cast<float>(bits() >> 40) * 0x1p-24f);
  }

  /// Mean 0, standard deviation 1, never beyond 3.47: the sum of four uniform numbers. No
  /// transcendental function, whose last bit would depend on the machine's library.
  constexpr float normal() noexcept {
    const uint64_t b = bits();
    const auto sum =
        static_cast<int32_t>((b & 0xFFFF) + (b >> 16 & 0xFFFF) + (b >> 32 & 0xFFFF) + (b >> 48));
    constexpr float kScale = 1.7320508f / 65536.0f;
    return static_cast<float>(sum - 2 * 65535) * kScale;
  }

 private:
  uint64_t state_[4] = {};
};

}  // namespace freshet
