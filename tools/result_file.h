// A file of raw numbers that appears under its name only when it is complete.
#pragma once

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>

namespace freshet {

/// Writes to a temporary beside the target, which commit() renames; without it the destructor
/// removes the temporary. "-" is standard output, and what exists and is no regular file (a pipe,
/// /dev/null) is written directly. Every failure is an Error{kResources} that names the file, or
/// Error{kUsage} if it cannot be made at all.
class ResultFile {
 public:
  explicit ResultFile(const std::string& path);
  ~ResultFile();
  ResultFile(const ResultFile&) = delete;
  ResultFile& operator=(const ResultFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void commit();

 private:
  [[noreturn]] void fail_to_write() const;

  std::string path_;
  std::string temporary_;  // empty: written directly
  std::FILE* file_ = nullptr;
};

}  // namespace freshet
