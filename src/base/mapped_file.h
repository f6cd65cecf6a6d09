// A file mapped read-only into memory.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/fault_guard.h"

namespace freshet {

/// The mapping is shared with the system's file cache: it costs no memory of our own, and pages are
/// read when first touched. If the file shrinks while it is mapped, touching the lost part ends the
/// process with a message that names the file and exit code 1 (see FaultGuard).
class MappedFile {
 public:
  /// Throws Error{kBadFile} if there is no such file, it is a directory, not a regular file, empty
  /// or not permitted, and Error{kResources} if it cannot be mapped.
  explicit MappedFile(std::string path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  /// Never empty; starts at a page boundary.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Whether mincore(2) tells which pages are in memory: of files that this user neither owns nor
  /// may write, the system says that all are.
  [[nodiscard]] bool tells_residency() const noexcept { return tells_residency_; }
  /// False only if more files than FaultGuard::kSlots are mapped at once.
  [[nodiscard]] bool guarded() const noexcept { return guard_ && guard_->active(); }

 private:
  void unmap() noexcept;

  std::string path_;
  std::span<const std::byte> bytes_;
  bool tells_residency_ = false;
  std::unique_ptr<FaultGuard> guard_;
};

// Advice for those who go through a mapping larger than memory once; `bytes` lie within it.

/// They will be read soon: the system starts to fetch them.
void advise_will_read(std::span<const std::byte> bytes) noexcept;
/// They will not be read again: whole pages of them need not stay in memory.
void advise_done_with(std::span<const std::byte> bytes) noexcept;

}  // namespace freshet
