// GgufWriter: metadata and tensors to a GGUF file, version 3, little-endian.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gguf/metadata.h"
#include "tensor/dtype.h"

namespace freshet {

/// Where a tensor's producer puts its bytes, a piece at a time, in order.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual void write(std::span<const std::byte> bytes) = 0;
};

/// Collects a description of the file, then writes it in one stream: header, tensor table, data.
/// What a writer is told comes from our own code, so a key given twice, a shape that the format
/// cannot hold or a producer that delivers too little is a failed check, not an Error.
class GgufWriter {
 public:
  /// Produces the tensor's bytes when the time has come to write them.
  using Producer = std::function<void(ByteSink&)>;

  /// Tensor data starts at multiples of `alignment`, which is itself a multiple of 8.
  explicit GgufWriter(uint32_t alignment = 32);

  /// One number, bool or string.
  template <MetadataScalar T>
  void add(std::string_view key, T value);
  void add(std::string_view key, const char* text) { add(key, std::string_view(text)); }
  void add(std::string_view key, const std::string& text) { add(key, std::string_view(text)); }
  /// An array of numbers.
  template <MetadataNumber T>
  void add_array(std::string_view key, std::span<const T> values);
  template <MetadataNumber T>
  void add_array(std::string_view key, const std::vector<T>& values) {
    add_array(key, std::span<const T>(values));
  }
  void add_array(std::string_view key, const std::vector<bool>& values);
  void add_array(std::string_view key, std::span<const std::string_view> values);
  void add_array(std::string_view key, const std::vector<std::string>& values);
  /// Any value of a file that was read, nested arrays included.
  void add_value(std::string_view key, const Value& value);

  /// A tensor whose dims are in GGUF's order, fastest first (1 to 4 of them).
  void add_tensor(std::string_view name, DType dtype, std::span<const int64_t> dims,
                  Producer producer);
  void add_tensor(std::string_view name, DType dtype, std::initializer_list<int64_t> dims,
                  Producer producer) {
    add_tensor(name, dtype, std::span(dims.begin(), dims.size()), std::move(producer));
  }
  /// The same from memory that stays valid until the file is written.
  void add_tensor(std::string_view name, DType dtype, std::initializer_list<int64_t> dims,
                  std::span<const std::byte> data);

  /// Size of the file to be written.
  [[nodiscard]] uint64_t file_bytes() const;
  /// Writes to a temporary file beside `path` and renames it when it is complete, so that `path` is
  /// never a half-written file. Throws Error{kResources} if the disk is full or a write fails,
  /// {kUsage} if there can be no such file (missing folder, no permission, a directory or device of
  /// that name).
  void write(const std::string& path) const;
  /// The same file in memory.
  [[nodiscard]] std::vector<std::byte> to_bytes() const;

 private:
  struct TensorEntry {
    std::string name;
    DType dtype;
    std::array<uint64_t, 4> dims;
    uint32_t n_dims;
    uint64_t bytes;
    uint64_t offset;  // from the start of the data
    Producer producer;
  };

  void put_key(std::string_view key, ValueType type);
  [[nodiscard]] std::string header() const;
  void stream(ByteSink& out) const;

  uint32_t alignment_;
  std::vector<std::string> keys_;
  std::string metadata_;  // encoded entries
  std::vector<TensorEntry> tensors_;
  uint64_t data_bytes_ = 0;
};

}  // namespace freshet
