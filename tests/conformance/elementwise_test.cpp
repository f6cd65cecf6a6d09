// Norms, rotation, gates, sums and the short convolution: every target gives the scalar target's
// bits at awkward widths, with every array ending at an inaccessible page.
#include <cmath>
#include <cstring>

#include "conformance/compare.h"

namespace freshet::testing {
namespace {

constexpr int64_t kWidths[] = {1, 7, 15, 16, 17, 31, 32, 33, 64, 100, 2048, 2051};

/// Floats at the end of a mapping.
class Floats {
 public:
  explicit Floats(std::span<const float> x) : n_(x.size()), buffer_(std::as_bytes(x)) {}
  explicit Floats(size_t n) : n_(n), buffer_(n * sizeof(float)) {}
  [[nodiscard]] float* data() const { return buffer_.as<float>(); }
  [[nodiscard]] std::span<const float> span() const { return {data(), n_}; }

 private:
  size_t n_;
  GuardedBuffer buffer_;
};

/// Random numbers with zeros, subnormals and large ones among them.
std::vector<float> awkward(size_t n, Numbers& numbers) {
  constexpr float kOdd[] = {0.0f,  -0.0f,  1e-40f, -1e-42f, 1e-20f, 87.0f, -87.0f,
                            88.5f, -88.5f, 200.0f, -200.0f, 1e9f,   -1e9f, 0.5f};
  std::vector<float> x = numbers.units(n, 10.0f);
  for (float& value : x) {
    if (numbers.below(4) == 0) value = kOdd[numbers.below(std::size(kOdd))];
  }
  return x;
}

class Elementwise : public EveryTarget {
 protected:
  Numbers numbers{1};

  [[nodiscard]] Floats odd(int64_t n) { return Floats(awkward(static_cast<size_t>(n), numbers)); }
  [[nodiscard]] Floats plain(int64_t n) {
    return Floats(numbers.units(static_cast<size_t>(n), 2.0f));
  }
};

TEST_P(Elementwise, NormsToTheScalarBits) {
  for (const int64_t n : kWidths) {
    for (const float scale : {1.0f, 1e-20f, 1e-3f, 1e15f, 0.0f}) {
      const Floats x(numbers.units(static_cast<size_t>(n), scale)), weight = plain(n);
      const Floats got(x.span().size()), want(x.span().size()), in_place(x.span());
      target.rms_norm(x.data(), weight.data(), got.data(), n, 1e-5f);
      scalar.rms_norm(x.data(), weight.data(), want.data(), n, 1e-5f);
      target.rms_norm(in_place.data(), weight.data(), in_place.data(), n, 1e-5f);
      ASSERT_TRUE(same_bits(got.span(), want.span())) << n << " of about " << scale;
      ASSERT_TRUE(same_bits(in_place.span(), want.span())) << n << ", in place";
    }
  }
}

TEST_P(Elementwise, NormsAsThePlainDefinitionSays) {
  for (const int64_t n : kWidths) {
    const Floats x = plain(n), weight = plain(n), got(x.span().size());
    target.rms_norm(x.data(), weight.data(), got.data(), n, 1e-5f);
    double squares = 0;
    for (const float v : x.span()) squares += static_cast<double>(v) * v;
    const double root = std::sqrt(squares / static_cast<double>(n) + 1e-5f);
    for (int64_t i = 0; i < n; ++i) {
      const double want = static_cast<double>(weight.data()[i]) * x.data()[i] / root;
      ASSERT_NEAR(got.data()[i], want, 1e-6 + 1e-6 * std::fabs(want)) << i << " of " << n;
    }
  }
}

TEST_P(Elementwise, RotatesToTheScalarBits) {
  for (const int head_dim : {32, 64, 96, 128, 256}) {
    const Floats x = odd(head_dim), angles = plain(head_dim), got(x.span()), want(x.span());
    target.rotate(got.data(), angles.data(), head_dim);
    scalar.rotate(want.data(), angles.data(), head_dim);
    ASSERT_TRUE(same_bits(got.span(), want.span())) << head_dim;
  }
}

TEST_P(Elementwise, GatesToTheScalarBits) {
  for (const int64_t n : kWidths) {
    const Floats gate = odd(n), up = odd(n), got(gate.span()), want(gate.span());
    target.swiglu(got.data(), up.data(), n);
    scalar.swiglu(want.data(), up.data(), n);
    ASSERT_TRUE(same_bits(got.span(), want.span())) << n;
  }
}

TEST_P(Elementwise, TakesSigmoidsToTheScalarBits) {
  for (const int64_t n : kWidths) {
    const Floats x = odd(n), got(x.span()), want(x.span());
    target.sigmoid(got.data(), n);
    scalar.sigmoid(want.data(), n);
    ASSERT_TRUE(same_bits(got.span(), want.span())) << n;
  }
}

TEST_P(Elementwise, GatesAndSigmoidsAsThePlainDefinitionSays) {
  std::vector<float> xs;
  for (float x = -86.0f; x <= 86.0f; x += 0.37f) xs.push_back(x);
  const Floats gate{std::span<const float>(xs)}, sigmoids{std::span<const float>(xs)};
  const Floats up{std::vector<float>(xs.size(), 1.5f)};
  const auto n = static_cast<int64_t>(xs.size());
  target.swiglu(gate.data(), up.data(), n);
  target.sigmoid(sigmoids.data(), n);
  for (size_t i = 0; i < xs.size(); ++i) {
    const double sigmoid = 1 / (1 + std::exp(-static_cast<double>(xs[i])));
    const double silu = 1.5 * xs[i] * sigmoid;
    ASSERT_NEAR(sigmoids.data()[i], sigmoid, 5e-7 * sigmoid) << xs[i];
    ASSERT_NEAR(gate.data()[i], silu, 6e-7 * std::fabs(silu)) << xs[i];
  }
}

TEST_P(Elementwise, SaturatesSigmoidsOfHugeNumbers) {
  const std::vector<float> xs = {-1e30f, -1000.0f, 1000.0f, 1e30f};
  const Floats x{std::span<const float>(xs)};
  target.sigmoid(x.data(), 4);
  EXPECT_NEAR(x.data()[0], 0.0f, 1e-37f);
  EXPECT_NEAR(x.data()[1], 0.0f, 1e-37f);
  EXPECT_EQ(x.data()[2], 1.0f);
  EXPECT_EQ(x.data()[3], 1.0f);
}

TEST_P(Elementwise, ScalesToTheScalarBits) {
  for (const int64_t n : kWidths) {
    for (const float factor : {0.125f, -3.3f, 0.0f, 1e-38f}) {
      const Floats x = odd(n), got(x.span()), want(x.span());
      target.scale(got.data(), factor, n);
      scalar.scale(want.data(), factor, n);
      ASSERT_TRUE(same_bits(got.span(), want.span())) << n << " times " << factor;
    }
  }
}

TEST_P(Elementwise, AddsToTheScalarBits) {
  for (const int64_t n : kWidths) {
    for (const float factor : {1.0f, 0.3f, -2.7f, 0.0f}) {
      const Floats x = odd(n), y = odd(n), got(x.span()), want(x.span());
      target.add_scaled(got.data(), y.data(), factor, n);
      scalar.add_scaled(want.data(), y.data(), factor, n);
      ASSERT_TRUE(same_bits(got.span(), want.span())) << n << " times " << factor;
    }
  }
}

TEST_P(Elementwise, ConvolvesToTheScalarBits) {
  for (int taps = 2; taps <= 8; ++taps) {
    for (const int64_t n : {1, 7, 16, 31, 33, 512}) {
      const Floats b = plain(n), c = plain(n), x = odd(n), weight = plain(taps * n);
      const Floats past = plain(taps * n), past_too(past.span());
      float *history[8], *history_too[8];
      for (int j = 0; j < taps; ++j) {
        history[j] = past.data() + j * n;
        history_too[j] = past_too.data() + j * n;
      }
      const Floats got(b.span().size()), want(b.span().size());
      target.short_conv(b.data(), c.data(), x.data(), weight.data(), taps, history, got.data(), n);
      scalar.short_conv(b.data(), c.data(), x.data(), weight.data(), taps, history_too, want.data(),
                        n);
      ASSERT_TRUE(same_bits(got.span(), want.span())) << taps << " taps, " << n;
      ASSERT_TRUE(same_bits(past.span(), past_too.span())) << taps << " taps, history";
    }
  }
}

TEST_P(Elementwise, ConvolvesAsThePlainDefinitionSays) {
  constexpr int kTaps = 3;
  constexpr int64_t kWidth = 37;
  const Floats b = plain(kWidth), c = plain(kWidth), x = plain(kWidth);
  const Floats weight = plain(kTaps * kWidth), past = plain(kTaps * kWidth), got(size_t{kWidth});
  float* history[kTaps];
  for (int j = 0; j < kTaps; ++j) history[j] = past.data() + j * kWidth;
  target.short_conv(b.data(), c.data(), x.data(), weight.data(), kTaps, history, got.data(),
                    kWidth);
  for (int64_t i = 0; i < kWidth; ++i) {
    const double gated = static_cast<double>(b.data()[i]) * x.data()[i];
    EXPECT_NEAR(history[kTaps - 1][i], gated, 1e-6);
    double y = weight.data()[2 * kWidth + i] * gated;
    for (int j = 0; j < 2; ++j) {
      y += static_cast<double>(weight.data()[j * kWidth + i]) * history[j][i];
    }
    EXPECT_NEAR(got.data()[i], c.data()[i] * y, 1e-5) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Conformance, Elementwise, ::testing::ValuesIn(targets_that_run_here()),
                         [](const auto& param) { return test_name(*param.param); });

}  // namespace
}  // namespace freshet::testing
