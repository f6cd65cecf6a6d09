// exp, log and log2 made of nothing but exactly rounded operations, so that a seed gives the same
// text on every platform: the functions of <cmath> differ in the last bit between C libraries.
#pragma once

namespace freshet {

/// e^x within 2 units in the last place; 0 below -708, where the result would be subnormal.
/// x must not be NaN and must be at most 709.
double portable_exp(double x);

/// Natural logarithm of a positive normal number, within 3 units in the last place (absolute near
/// 1).
double portable_log(double x);

/// Logarithm to the base 2, for surprises in bits.
double portable_log2(double x);

}  // namespace freshet
