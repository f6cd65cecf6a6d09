// The middle of measurements.
#pragma once

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace freshet {

/// The mean of the two in the middle if they are even in number; there must be one.
inline double median(std::vector<double> values) {
  FRESHET_CHECK(!values.empty());
  std::ranges::sort(values);
  const size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

}  // namespace freshet
