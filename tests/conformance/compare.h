// Bit equality with a message that names the first difference, and test parameters by target.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>

#include "conformance/cases.h"
#include "kernels/formats/half.h"

namespace freshet::testing {

inline ::testing::AssertionResult same_bits(std::span<const float> got,
                                            std::span<const float> want) {
  if (got.size() != want.size()) return ::testing::AssertionFailure() << "sizes differ";
  for (size_t i = 0; i < got.size(); ++i) {
    if (kernels::float_to_bits(got[i]) != kernels::float_to_bits(want[i])) {
      return ::testing::AssertionFailure() << "element " << i << " of " << got.size() << " is "
                                           << got[i] << ", scalar says " << want[i];
    }
  }
  return ::testing::AssertionSuccess();
}

/// "avx512-vnni" as part of a test's name.
inline std::string test_name(const kernels::Kernels& target) {
  std::string name = target.name;
  std::ranges::replace(name, '-', '_');
  return name;
}

/// A suite whose tests run once per target of this machine.
class EveryTarget : public ::testing::TestWithParam<const kernels::Kernels*> {
 protected:
  const kernels::Kernels& target = *GetParam();
  const kernels::Kernels& scalar = scalar_target();
};

}  // namespace freshet::testing
