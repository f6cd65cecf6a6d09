// Random numbers for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace freshet::testing {

/// Numbers that are the same on every machine.
class Numbers {
 public:
  explicit Numbers(uint64_t seed) : engine_(seed) {}
  uint64_t bits() { return engine_(); }
  uint64_t below(uint64_t n) { return engine_() % n; }
  /// Uniform in [-1, 1), in steps of 2^-23.
  float unit() { return static_cast<float>(engine_() >> 40) * 0x1p-23f - 1.0f; }
  std::vector<float> units(size_t n, float scale = 1.0f) {
    std::vector<float> x(n);
    for (float& value : x) value = scale * unit();
    return x;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace freshet::testing
