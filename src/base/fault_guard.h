// Turns the bus error of a mapped file that shrank into a sentence.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace freshet {

/// While it lives, a SIGBUS whose address lies in `memory` ends the process with `message` on
/// standard error and exit code 1. A SIGBUS from elsewhere goes to whichever handler was there
/// before, or has its default effect.
///
/// The handler is installed by the first guard of the process and stays. It walks a fixed table of
/// kSlots ranges, so that neither registering nor handling takes a lock or memory.
class FaultGuard {
 public:
  static constexpr int kSlots = 256;

  FaultGuard(std::span<const std::byte> memory, std::string message);
  ~FaultGuard();
  FaultGuard(const FaultGuard&) = delete;
  FaultGuard& operator=(const FaultGuard&) = delete;

  /// False if kSlots guards were alive already; the memory is then unguarded and works as ever.
  [[nodiscard]] bool active() const noexcept { return slot_ >= 0; }

 private:
  std::string message_;
  int slot_ = -1;
};

}  // namespace freshet
