// Memory that ends where the address space does: reading or writing one byte past it is a crash and
// not a matter of luck.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>

namespace freshet::testing {

/// `bytes` bytes, the last of them `slack` bytes before an inaccessible page. If the size is a
/// multiple of 64 and there is no slack, the first one is aligned to 64.
class GuardedBuffer {
 public:
  explicit GuardedBuffer(size_t bytes, size_t slack = 0) : bytes_(bytes) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t usable = (bytes + slack + page - 1) / page * page;
    mapped_ = usable + page;
    base_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base_ == MAP_FAILED) throw std::bad_alloc();
    if (mprotect(static_cast<std::byte*>(base_) + usable, page, PROT_NONE) != 0) {
      throw std::bad_alloc();
    }
    data_ = static_cast<std::byte*>(base_) + usable - slack - bytes;
  }
  explicit GuardedBuffer(std::span<const std::byte> content, size_t slack = 0)
      : GuardedBuffer(content.size(), slack) {
    std::memcpy(data_, content.data(), content.size());
  }
  ~GuardedBuffer() { munmap(base_, mapped_); }
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::byte* end() const noexcept { return data_ + bytes_; }
  template <class T>
  [[nodiscard]] T* as() const noexcept {
    return reinterpret_cast<T*>(data_);
  }

 private:
  size_t bytes_;
  size_t mapped_;
  void* base_;
  std::byte* data_;
};

}  // namespace freshet::testing
