// Scratch memory that is taken piece by piece and given back all at once.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/buffer.h"

namespace freshet {

/// Hands out pieces until reset(), after which the same calls return the same addresses: a pass of
/// a shape that was seen before allocates nothing. It sizes itself: what did not fit in the first
/// block is added to it at the next reset().
class Arena {
 public:
  /// n objects of T, uninitialised, aligned to 64. Throws Error{kResources}.
  template <class T>
  [[nodiscard]] T* take(size_t n) {
    return reinterpret_cast<T*>(take_bytes(n * sizeof(T)));
  }
  void reset();
  /// Bytes of address space held.
  [[nodiscard]] size_t bytes() const noexcept;

 private:
  std::byte* take_bytes(size_t bytes);

  std::vector<Buffer> blocks_;  // the last one is being filled
  size_t used_ = 0;             // of the last block
  size_t total_ = 0;            // taken since reset()
};

}  // namespace freshet
