// The portable exp and log agree with the C library's to the last few bits.
#include "sampling/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>

namespace freshet {
namespace {

TEST(PortableMath, ExpAgreesWithTheLibrary) {
  for (double x = -707.9; x < 709.0; x += 0.0137) {
    ASSERT_NEAR(portable_exp(x) / std::exp(x), 1.0, 6e-16) << x;
  }
  EXPECT_EQ(portable_exp(0.0), 1.0);
}

TEST(PortableMath, ExpVanishesFarBelow) {
  EXPECT_EQ(portable_exp(-1000.0), 0.0);
  EXPECT_EQ(portable_exp(-1e300), 0.0);
  EXPECT_EQ(portable_exp(-HUGE_VAL), 0.0);
}

TEST(PortableMath, LogAgreesWithTheLibrary) {
  for (double x = 1e-300; x < 1e300; x *= 1.0173) {
    ASSERT_NEAR(portable_log(x), std::log(x), 1e-15 * std::fabs(std::log(x)) + 1e-17) << x;
  }
  EXPECT_EQ(portable_log(1.0), 0.0);
}

TEST(PortableMath, Log2IsExactForPowersOfTwo) {
  for (int k = -40; k <= 40; ++k) EXPECT_NEAR(portable_log2(std::ldexp(1.0, k)), k, 1e-14);
}

}  // namespace
}  // namespace freshet
