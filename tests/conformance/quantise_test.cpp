// Activations rounded to bytes: every target gives the scalar target's bytes, scales and sums, and
// they are what the layout says.
#include <cmath>
#include <cstring>

#include "conformance/compare.h"

namespace freshet::testing {
namespace {

using kernels::Activation;
using kernels::ActivationLayout;
using kernels::Kernels;

struct Row {
  std::vector<int8_t> q;
  std::vector<float> scales;
  std::vector<int16_t> sums;
};

Row quantise(const Kernels& target, Activation kind, std::span<const float> x) {
  const auto k = static_cast<int64_t>(x.size());
  const ActivationLayout layout = kernels::activation_layout(kind, k);
  const GuardedBuffer in(std::as_bytes(x)), out(static_cast<size_t>(layout.bytes));
  (kind == Activation::kBytes32 ? target.quantize_32 : target.quantize_256)(in.as<float>(), k,
                                                                            out.data());
  Row row{.q = std::vector<int8_t>(x.size()),
          .scales = std::vector<float>(static_cast<size_t>(k / activation_block(kind))),
          .sums = std::vector<int16_t>(static_cast<size_t>(k / activation_sum_group(kind)))};
  std::memcpy(row.q.data(), out.data(), row.q.size());
  std::memcpy(row.scales.data(), out.data() + layout.scales, row.scales.size() * sizeof(float));
  std::memcpy(row.sums.data(), out.data() + layout.sums, row.sums.size() * sizeof(int16_t));
  return row;
}

/// Blocks of 32 whose largest element is one of the numbers at which rounding is delicate; halves
/// between two integers among them.
std::vector<float> delicate_row(size_t k, Numbers& numbers) {
  constexpr float kPeaks[] = {0.0f,     -0.0f, 1e-45f, 1e-38f, 9.9e-31f, 1e-30f, 1.01e-30f,
                              1.0e-20f, 1e-6f, 0.3f,   1.0f,   127.0f,   254.0f, 3.3e38f};
  std::vector<float> x(k);
  for (size_t begin = 0; begin < k; begin += 32) {
    const float peak = kPeaks[numbers.below(std::size(kPeaks))];
    for (size_t i = begin; i < begin + 32; ++i) x[i] = peak * numbers.unit();
    for (int i = 0; i < 8; ++i) {
      const auto step = static_cast<float>(numbers.below(254)) - 127.0f;
      x[begin + numbers.below(32)] = (step + 0.5f) / 127.0f * peak;
    }
    x[begin + numbers.below(32)] = numbers.below(2) == 0 ? peak : -peak;
  }
  return x;
}

class Quantise : public EveryTarget {
 protected:
  static std::vector<size_t> widths(Activation kind) {
    if (kind == Activation::kBytes32) return {32, 64, 96, 224, 256, 288, 2048, 2080};
    return {256, 512, 768, 2048, 2304};
  }
};

constexpr Activation kKinds[] = {Activation::kBytes32, Activation::kBytes256};

TEST_P(Quantise, RoundsToTheScalarBytes) {
  Numbers numbers(7);
  for (const Activation kind : kKinds) {
    for (const size_t k : widths(kind)) {
      for (int repeat = 0; repeat < 20; ++repeat) {
        const std::vector<float> x = delicate_row(k, numbers);
        const Row got = quantise(target, kind, x), want = quantise(scalar, kind, x);
        ASSERT_EQ(got.q, want.q) << k;
        ASSERT_TRUE(same_bits(got.scales, want.scales)) << k;
        ASSERT_EQ(got.sums, want.sums) << k;
      }
    }
  }
}

TEST_P(Quantise, RoundsToTheNearestByteAndAddsUp) {
  Numbers numbers(8);
  for (const Activation kind : kKinds) {
    const size_t block = static_cast<size_t>(activation_block(kind));
    const size_t group = static_cast<size_t>(activation_sum_group(kind));
    const std::vector<float> x = numbers.units(2048, 3.0f);
    const Row row = quantise(target, kind, x);
    std::vector<int> sums(row.sums.size());
    for (size_t i = 0; i < x.size(); ++i) {
      const double scale = row.scales[i / block];
      ASSERT_NEAR(scale * row.q[i], x[i], scale * 0.50001) << i;
      ASSERT_LE(std::abs(row.q[i]), 127) << i;
      sums[i / group] += row.q[i];
    }
    for (size_t g = 0; g < sums.size(); ++g) ASSERT_EQ(row.sums[g], sums[g]) << g;
  }
}

TEST_P(Quantise, LeavesABlockOfZerosZero) {
  for (const Activation kind : kKinds) {
    const Row row = quantise(target, kind, std::vector<float>(512));
    EXPECT_EQ(row.q, std::vector<int8_t>(512));
    EXPECT_EQ(row.scales, std::vector<float>(row.scales.size()));
    EXPECT_EQ(row.sums, std::vector<int16_t>(row.sums.size()));
  }
}

INSTANTIATE_TEST_SUITE_P(Conformance, Quantise, ::testing::ValuesIn(targets_that_run_here()),
                         [](const auto& param) { return test_name(*param.param); });

}  // namespace
}  // namespace freshet::testing
