#include "base/buffer.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "base/error.h"

namespace freshet {
namespace {

constexpr size_t kAlignment = 64;

}  // namespace

// calloc leaves large blocks untouched (fresh pages are zero already), so nothing becomes resident
// before it is used; the alignment is made inside the block, its start kept in front of the data.
Buffer::Buffer(size_t bytes) : bytes_(bytes) {
  void* block =
      bytes < SIZE_MAX - 2 * kAlignment ? std::calloc(1, bytes + 2 * kAlignment) : nullptr;
  if (block == nullptr) {
    fail(ErrorKind::kResources,
         "out of memory: {} bytes could not be allocated; close other programs, or use a smaller "
         "context (-c) or micro-batch (-ub)",
         bytes);
  }
  auto address = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t aligned = (address + 2 * kAlignment - 1) / kAlignment * kAlignment;
  data_ = reinterpret_cast<std::byte*>(aligned);
  std::memcpy(data_ - sizeof(block), &block, sizeof(block));
}

Buffer::~Buffer() {
  if (data_ == nullptr) return;
  void* block = nullptr;
  std::memcpy(&block, data_ - sizeof(block), sizeof(block));
  std::free(block);
}

}  // namespace freshet
