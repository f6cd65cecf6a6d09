// FRESHET_CHECK: an invariant of ours. It aborts, in release builds too, and no input may reach it.
#pragma once

namespace freshet {

[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace freshet

#define FRESHET_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::freshet::check_failed(#condition, __FILE__, __LINE__))
