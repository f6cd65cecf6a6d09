// How much text shows that something is linear in it: what is quadratic would not come back before
// the test's time is over. Sanitizers look for other things, and take ten times as long.
#pragma once

#include <cstddef>

namespace freshet::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t kLongText = 1 << 17;
#else
inline constexpr std::size_t kLongText = 1 << 20;
#endif

}  // namespace freshet::testing
