// Memory for numbers: aligned for vectors, zeroed when fresh, given back when done.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace freshet {

class Buffer {
 public:
  Buffer() = default;
  /// `bytes` zero bytes, aligned to 64; the system provides them page by page as they are touched.
  /// Throws Error{kResources} when the address space is not to be had.
  explicit Buffer(size_t bytes);
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Buffer();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] size_t bytes() const noexcept { return bytes_; }
  template <class T>
  [[nodiscard]] std::span<T> as() const noexcept {
    return {reinterpret_cast<T*>(data_), bytes_ / sizeof(T)};
  }

 private:
  std::byte* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace freshet
