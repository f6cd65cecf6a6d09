// GgufFile: a GGUF file mapped into memory and understood.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "gguf/metadata.h"
#include "tensor/tensor.h"

namespace freshet {

/// Immutable: typed metadata and named tensors that point into the mapping. Reads versions 2 and 3,
/// little-endian, whole or split (NAME-00001-of-00003.gguf).
///
/// Everything is checked before a constructor returns: each length and count against the bytes that
/// are left, each tensor's shape against its format's blocks, its data against the file's end and
/// against its neighbours. What is wrong throws Error{kBadFile}, or {kUnsupported} for a version,
/// byte order or tensor type that exists and is not read here; nothing is allocated on the file's
/// word alone.
class GgufFile {
 public:
  /// Maps `path`; of a split file any part will do, its siblings are found beside it.
  explicit GgufFile(const std::string& path);
  /// Reads an image in memory, which must outlive this object; `name` stands for it in messages.
  GgufFile(std::span<const std::byte> image, std::string name);

  /// The file, or the first part of a split one.
  [[nodiscard]] const std::string& path() const noexcept { return paths_.front(); }
  /// Every part in order; just path() if the file is whole.
  [[nodiscard]] std::span<const std::string> paths() const noexcept { return paths_; }
  /// The mappings of those parts whose pages in memory are known (MappedFile::tells_residency), for
  /// a PageFiller; none of an image in memory.
  [[nodiscard]] std::vector<std::span<const std::byte>> fillable() const;
  /// Size of all parts together.
  [[nodiscard]] uint64_t file_bytes() const noexcept { return file_bytes_; }
  /// Version of the (first) file: 2 or 3.
  [[nodiscard]] uint32_t version() const noexcept { return version_; }

  /// Of the (first) file.
  [[nodiscard]] const Metadata& metadata() const noexcept { return metadata_; }

  /// Every tensor, in the file's order, one part after the other.
  [[nodiscard]] std::span<const Tensor> tensors() const noexcept { return tensors_; }
  /// The tensor of that name, or nullptr.
  [[nodiscard]] const Tensor* find(std::string_view name) const noexcept;

 private:
  void open_parts(const std::vector<std::string>& paths);
  void index_tensors();

  std::vector<MappedFile> mappings_;  // one per part; none for an image in memory
  std::vector<std::string> paths_;
  uint64_t file_bytes_ = 0;
  uint32_t version_ = 0;
  Metadata metadata_;
  std::vector<Tensor> tensors_;
  std::vector<uint32_t> by_name_;  // indices into tensors_, sorted by name
};

}  // namespace freshet
