// Every operation of every tag against the scalar tag, bit for bit, on ordinary and hard inputs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string_view>

#include "kernels/cpu/dispatch.h"
#include "kernels/formats/half.h"
#include "simd_tags.h"

namespace freshet::kernels {
namespace {

using Random = std::mt19937;

int pick(Random& random, int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random);
}

/// Ordinary, tiny, subnormal, huge (but so that no sum of products overflows), zeros, borders of
/// half.
float any_float(Random& random) {
  static constexpr float kHard[] = {0.0f,     1.0f,     0x1p-149f,  0x1p-126f,  0x1.fffffep-127f,
                                    65504.0f, 65520.0f, 65519.996f, 0x1p-24f,   0x1p-25f,
                                    1e18f,    0.5f,     0x1.002p0f, 0x1.006p0f, 0x1.ffcp-15f};
  const float sign = pick(random, 0, 1) ? 1.0f : -1.0f;
  if (pick(random, 0, 2) == 0) return sign * kHard[pick(random, 0, std::size(kHard) - 1)];
  return sign *
         std::ldexp(std::uniform_real_distribution<float>(1, 2)(random), pick(random, -40, 20));
}

/// Within [-limit, limit]; every third is halfway between two integers.
float roundable(Random& random, int limit) {
  const float integer = static_cast<float>(pick(random, -limit, limit - 1));
  return pick(random, 0, 2) == 0 ? integer + 0.5f
                                 : integer + std::uniform_real_distribution<float>(0, 1)(random);
}

/// Any 16 bits that are no NaN when `infinity` is the pattern of infinity.
void fill_halves(Random& random, uint8_t (&bytes)[32], int infinity) {
  for (int i = 0; i < 16; ++i) {
    int bits = pick(random, 0, 65535);
    if ((bits & 0x7FFF) > infinity) bits &= ~0x4000;
    const auto half = static_cast<uint16_t>(bits);
    std::memcpy(bytes + 2 * i, &half, 2);
  }
}

void fill_bytes(Random& random, SimdInputs& in) {
  // Every fourth time all extremes, where sums of products are largest.
  const bool extreme = pick(random, 0, 3) == 0;
  const int sign = pick(random, 0, 1) ? 1 : -1;
  for (int i = 0; i < 32; ++i) {
    in.any[0][i] = static_cast<uint8_t>(pick(random, 0, 255));
    in.any[1][i] = static_cast<uint8_t>(pick(random, 0, 255));
    in.nibbles[i] = static_cast<uint8_t>(pick(random, 0, 15));
    in.weights[i] = static_cast<uint8_t>(extreme ? 127 : pick(random, 0, 127));
    in.signed_weights[i] = static_cast<int8_t>(extreme ? -128 : pick(random, -128, 127));
    in.activations[i] = static_cast<int8_t>(extreme ? sign * 127 : pick(random, -127, 127));
  }
}

SimdInputs make_inputs(Random& random) {
  SimdInputs in;
  for (int i = 0; i < 16; ++i) {
    in.a[i] = any_float(random);
    in.b[i] = pick(random, 0, 3) ? any_float(random) : -in.a[i];
    in.divisor[i] = any_float(random);
    if (in.divisor[i] == 0) in.divisor[i] = 3;
    in.small[i] = roundable(random, 127);
    in.rounded[i] = roundable(random, 1 << 21);
    in.exponent[i] = static_cast<float>(pick(random, -126, 127));
    in.shorts[0][i] = static_cast<int16_t>(pick(random, -2000, 2000));
    in.shorts[1][i] = static_cast<int16_t>(pick(random, -4064, 4064));
    const float x = any_float(random);
    std::memcpy(in.floats + 4 * i, &x, 4);
  }
  for (int i = 0; i < 8; ++i) {
    in.ints[0][i] = pick(random, -30000, 30000);
    in.ints[1][i] = pick(random, -30000, 30000);
  }
  in.n = pick(random, 0, 16);
  fill_halves(random, in.halves, 0x7C00);
  fill_halves(random, in.bfloats, 0x7F80);
  fill_bytes(random, in);
  return in;
}

SimdOutputs outputs_of(const SimdCase& simd_case, const SimdInputs& in) {
  SimdOutputs out;
  std::memset(&out, 0xA5, sizeof(out));  // bytes that must stay untouched are compared too
  simd_case.run(in, out);
  return out;
}

const Target* find_target(std::string_view name) {
  const TargetList all = targets();
  const auto* found =
      std::ranges::find_if(all, [&](const Target& t) { return name == t.kernels->name; });
  return found == all.end() ? nullptr : found;
}

TEST(SimdTags, EveryOperationEqualsTheScalarTagsBitForBit) {
  static_assert(offsetof(SimdInputs, floats) % 2 == 1 && offsetof(SimdOutputs, bytes) % 2 == 1);
  for (const SimdTag* tag : simd_tags()) {
    SCOPED_TRACE(tag->name);
    const Target* target = find_target(tag->name);
    ASSERT_NE(target, nullptr) << "no CPU target has this name";
    if (!target->runs_here()) {
      std::printf("%s: not on this machine\n", tag->name);
      continue;
    }
    Random random(20);
    for (int round = 0; round < 2000; ++round) {
      const SimdInputs in = make_inputs(random);
      for (int i = 0; i < kSimdCases; ++i) {
        const SimdOutputs want = outputs_of(kScalarTag.cases[i], in);
        const SimdOutputs got = outputs_of(tag->cases[i], in);
        ASSERT_EQ(std::memcmp(&got, &want, sizeof(got)), 0)
            << tag->cases[i].name << " differs in round " << round;
      }
    }
  }
}

TEST(SimdTags, RoundEveryFloatNearAHalfAsTheScalarTagDoes) {
  // Straight through one float per half pattern and its neighbours on either side.
  for (const SimdTag* tag : simd_tags()) {
    const Target* target = find_target(tag->name);
    if (target == nullptr || !target->runs_here()) continue;
    const auto by_name = [](const SimdCase& c) { return std::string_view(c.name) == "store_f16"; };
    const SimdCase& scalar_case = *std::ranges::find_if(kScalarTag.cases, by_name);
    const SimdCase& tag_case = *std::ranges::find_if(tag->cases, by_name);
    SimdInputs in{};
    for (uint32_t bits = 0; bits < 0x7C00; ++bits) {
      const float low = half_to_float(static_cast<uint16_t>(bits));
      const float high = half_to_float(static_cast<uint16_t>(bits + 1));
      const float middle = std::isinf(high) ? 65520.0f : (low + high) / 2;
      const float around[] = {low, middle, std::nextafter(middle, 0.0f),
                              std::nextafter(middle, high)};
      for (int i = 0; i < 16; ++i) in.a[i] = i % 2 ? -around[i / 2 % 4] : around[i / 2 % 4];
      const SimdOutputs want = outputs_of(scalar_case, in), got = outputs_of(tag_case, in);
      ASSERT_EQ(std::memcmp(&got, &want, sizeof(got)), 0) << tag->name << ", after half " << bits;
    }
  }
}

}  // namespace
}  // namespace freshet::kernels
