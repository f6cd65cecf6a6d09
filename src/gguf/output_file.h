// A file that appears under its name only when it is complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gguf/writer.h"

namespace freshet {

/// Writes to a temporary beside the target; commit() gives it its name, and a destructor without
/// commit() removes it. Errors as GgufWriter::write lists them.
class OutputFile final : public ByteSink {
 public:
  /// Asks the file system for `bytes` at once, so that a full disk is told before the work.
  OutputFile(const std::string& path, uint64_t bytes);
  ~OutputFile() override;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::span<const std::byte> bytes) override;
  void commit();

 private:
  void flush();
  [[noreturn]] void fail_to_write(int error) const;

  std::string path_;
  std::string temporary_;
  uint64_t bytes_expected_;
  uint64_t bytes_written_ = 0;
  std::vector<std::byte> buffer_;
  int fd_ = -1;
};

/// Throws Error{kUsage} if a file of that name is there already, with the flag that replaces it.
void refuse_existing(const std::string& path);

}  // namespace freshet
