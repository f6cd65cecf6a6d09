// Enters mapped memory into the page tables before it is needed.
//
// A mapping costs no time when it is made, and a quarter of a microsecond per page when the page is
// first touched: 0.9 s for 14 GB, or 13 % of the time of the first 32 tokens. Threads that would
// otherwise sleep can pay that in advance.
#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <vector>

namespace freshet {

class PageFiller {
 public:
  /// Will go through `regions` from the first to the last; they stay mapped, and mincore(2) tells
  /// the truth about them.
  explicit PageFiller(std::span<const std::span<const std::byte>> regions);

  /// Does the next piece, some hundred microseconds of work at most. Pages that are not in memory
  /// are left as they are: nothing is read from a disk. False when all is done, or when the system
  /// has no such call (Linux before 5.14). From any thread, also from several at once.
  bool fill_next() noexcept;

 private:
  std::vector<std::span<const std::byte>> pieces_;
  std::atomic<size_t> next_{0};
};

}  // namespace freshet
