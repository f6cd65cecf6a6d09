#include "base/arena.h"

#include <algorithm>

namespace freshet {

std::byte* Arena::take_bytes(size_t bytes) {
  const size_t rounded = (bytes + 63) / 64 * 64;
  if (blocks_.empty() || blocks_.back().bytes() - used_ < rounded) {
    blocks_.emplace_back(std::max<size_t>(rounded, 64 << 10));
    used_ = 0;
  }
  std::byte* piece = blocks_.back().data() + used_;
  used_ += rounded;
  total_ += rounded;
  return piece;
}

void Arena::reset() {
  if (blocks_.size() > 1) {
    blocks_.clear();  // first, so that both are never held together
    blocks_.emplace_back(total_);
  }
  used_ = 0;
  total_ = 0;
}

size_t Arena::bytes() const noexcept {
  size_t sum = 0;
  for (const Buffer& block : blocks_) sum += block.bytes();
  return sum;
}

}  // namespace freshet
