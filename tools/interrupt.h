// Ctrl-C as a flag that work in progress looks at.
#pragma once

#include <atomic>

namespace freshet {

/// While it lives, the first Ctrl-C sets a flag and the next one, if nobody took the first, ends
/// the program with 130 at once. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// For ReadOptions::cancel and GenerateOptions::cancel.
  [[nodiscard]] const std::atomic<bool>& flag() const noexcept;
  [[nodiscard]] bool requested() const noexcept { return flag().load(); }
  /// Forgets a Ctrl-C that has been answered.
  void reset() noexcept;
};

}  // namespace freshet
