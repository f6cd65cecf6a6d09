#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/formats/half.h"

namespace freshet::kernels {
namespace {

/// The value of a half by its definition: sign, 5 bits of exponent, 10 of fraction.
double half_value(uint16_t h) {
  const int exponent = (h >> 10) & 31, fraction = h & 1023;
  const double magnitude = exponent == 31  ? (fraction ? NAN : INFINITY)
                           : exponent == 0 ? std::ldexp(fraction, -24)
                                           : std::ldexp(1024 + fraction, exponent - 25);
  return h & 0x8000 ? -magnitude : magnitude;
}

bool is_nan_half(uint16_t h) { return (h & 0x7FFF) > 0x7C00; }
bool is_nan_bfloat(uint16_t b) { return (b & 0x7FFF) > 0x7F80; }

TEST(Half, WidensEveryPatternExactly) {
  for (uint32_t h = 0; h < 65536; ++h) {
    const auto half = static_cast<uint16_t>(h);
    const float x = half_to_float(half);
    if (is_nan_half(half)) {
      EXPECT_TRUE(std::isnan(x)) << h;
      continue;
    }
    ASSERT_EQ(static_cast<double>(x), half_value(half)) << h;
    ASSERT_EQ(std::signbit(x), (h & 0x8000) != 0) << h;
  }
}

TEST(Half, EveryPatternSurvivesTheRoundTrip) {
  for (uint32_t h = 0; h < 65536; ++h) {
    const auto half = static_cast<uint16_t>(h);
    const uint16_t back = float_to_half(half_to_float(half));
    if (is_nan_half(half)) {
      ASSERT_EQ(back, half | 0x0200) << h;  // quiet, payload kept
    } else {
      ASSERT_EQ(back, half) << h;
    }
  }
}

TEST(Half, RoundsToTheNearestAndTiesToEvenBetweenEveryTwoNeighbours) {
  for (uint16_t h = 0; h < 0x7C00; ++h) {
    const float low = half_to_float(h);
    // Beyond the largest half the next step would have been 2^16.
    const float high = h == 0x7BFF ? 65536.0f : half_to_float(static_cast<uint16_t>(h + 1));
    const float middle = (low + high) / 2;  // exact: a float has 13 more bits
    const auto up = static_cast<uint16_t>(h + 1), even = h % 2 == 0 ? h : up;
    ASSERT_EQ(float_to_half(middle), even) << h;
    ASSERT_EQ(float_to_half(std::nextafter(middle, 0.0f)), h) << h;
    ASSERT_EQ(float_to_half(std::nextafter(middle, INFINITY)), up) << h;
    ASSERT_EQ(float_to_half(-middle), even | 0x8000) << h;
  }
}

TEST(Half, OverflowsToInfinityAndUnderflowsToZeroWithTheSign) {
  EXPECT_EQ(float_to_half(65519.996f), 0x7BFF);
  EXPECT_EQ(float_to_half(65520.0f), 0x7C00);
  EXPECT_EQ(float_to_half(-std::numeric_limits<float>::max()), 0xFC00);
  EXPECT_EQ(float_to_half(INFINITY), 0x7C00);
  EXPECT_EQ(float_to_half(0x1p-25f), 0x0000);
  EXPECT_EQ(float_to_half(0x1.000002p-25f), 0x0001);
  EXPECT_EQ(float_to_half(-std::numeric_limits<float>::denorm_min()), 0x8000);
}

TEST(Half, NanStaysNanEvenIfItsPayloadIsLost) {
  EXPECT_TRUE(is_nan_half(float_to_half(bits_to_float(0x7F800001u))));
  EXPECT_TRUE(is_nan_half(float_to_half(bits_to_float(0xFFFFFFFFu))));
}

TEST(Bfloat, EveryPatternSurvivesTheRoundTrip) {
  for (uint32_t b = 0; b < 65536; ++b) {
    const auto bfloat = static_cast<uint16_t>(b);
    const float x = bfloat_to_float(bfloat);
    ASSERT_EQ(float_to_bits(x), b << 16) << b;
    ASSERT_EQ(float_to_bfloat(x), is_nan_bfloat(bfloat) ? b | 0x40 : b) << b;
  }
}

TEST(Bfloat, RoundsToTheNearestAndTiesToEvenBetweenEveryTwoNeighbours) {
  for (uint32_t b = 0; b < 0x7F80; ++b) {
    const uint32_t middle = b << 16 | 0x8000;
    const uint32_t even = b % 2 == 0 ? b : b + 1;
    ASSERT_EQ(float_to_bfloat(bits_to_float(middle)), even) << b;
    ASSERT_EQ(float_to_bfloat(bits_to_float(middle - 1)), b) << b;
    ASSERT_EQ(float_to_bfloat(bits_to_float(middle + 1)), b + 1) << b;
    ASSERT_EQ(float_to_bfloat(bits_to_float(middle | 0x80000000u)), even | 0x8000) << b;
  }
}

TEST(Bfloat, NanStaysNanEvenIfItsPayloadIsLost) {
  EXPECT_TRUE(is_nan_bfloat(float_to_bfloat(bits_to_float(0x7F800001u))));
  EXPECT_TRUE(is_nan_bfloat(float_to_bfloat(bits_to_float(0xFFFFFFFFu))));
}

}  // namespace
}  // namespace freshet::kernels
