#include "sampling/portable_math.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "base/check.h"

namespace freshet {
namespace {

// ln 2 in two parts: multiples of the first up to 2^11 are exact, so the reduction loses nothing.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr double kInverseLn2 = 1.44269504088896338700;

double power_of_two(int64_t exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

}  // namespace

// e^x = 2^k e^r with |r| <= ln(2) / 2, and e^r by its Taylor series to r^13 / 13! < 2^-57.
double portable_exp(double x) {
  FRESHET_CHECK(x <= 709.0);
  if (x < -708.0) return 0.0;
  const double k = std::floor(x * kInverseLn2 + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  return sum * power_of_two(static_cast<int64_t>(k));
}

// x = 2^k m with m in [sqrt(1/2), sqrt(2)), and ln m = 2 artanh(s), s = (m - 1) / (m + 1): |s| <
// 0.172, so that the series in s^2 < 0.03 is done after eleven terms.
double portable_log(double x) {
  FRESHET_CHECK(x > 0.0);
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < 0.70710678118654752440) {
    mantissa *= 2.0;
    --exponent;
  }
  const double s = (mantissa - 1.0) / (mantissa + 1.0);
  const double s2 = s * s;
  double sum = 0.0;
  for (int odd = 21; odd >= 3; odd -= 2) sum = (sum + 1.0 / odd) * s2;
  const double k = exponent;
  return k * kLn2High + (2.0 * s + (2.0 * s * sum + k * kLn2Low));
}

double portable_log2(double x) { return portable_log(x) * kInverseLn2; }

}  // namespace freshet
