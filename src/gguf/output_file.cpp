#include "gguf/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/error.h"

namespace freshet {
namespace {

/// Writes begin at multiples of this, so that a file system that keeps files in huge pages can:
/// the file is then as fast to use from the start as one that was read again.
constexpr size_t kBufferBytes = size_t{8} << 20;

}  // namespace

OutputFile::OutputFile(const std::string& path, uint64_t bytes)
    : path_(path), temporary_(formatted("{}.{}.tmp", path, getpid())), bytes_expected_(bytes) {
  // Renaming onto /dev/null would replace the device.
  struct stat status = {};
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    fail(ErrorKind::kUsage,
         "{}: is a {}, expected the name of a file to write; choose another name", path,
         S_ISDIR(status.st_mode) ? "directory" : "pipe or device");
  }
  buffer_.reserve(kBufferBytes);
  fd_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd_ < 0) {
    fail(ErrorKind::kUsage, "{}: cannot create {} ({}); check the folder and its permissions", path,
         temporary_, std::strerror(errno));
  }
  // Not every file system can reserve; one that cannot says so when the space runs out.
  if (fallocate(fd_, 0, 0, static_cast<off_t>(bytes)) != 0 && (errno == ENOSPC || errno == EFBIG)) {
    const int error = errno;
    close(fd_);
    unlink(temporary_.c_str());
    fail_to_write(error);
  }
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), kBufferBytes - buffer_.size()));
    buffer_.insert(buffer_.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (buffer_.size() == kBufferBytes) flush();
  }
}

void OutputFile::commit() {
  flush();
  const int fd = fd_;
  fd_ = -1;
  if (close(fd) != 0) fail_to_write(errno);  // where some file systems report a failed write
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail(ErrorKind::kUsage, "{}: cannot rename {} to it ({}); check the folder's permissions",
         path_, temporary_, std::strerror(errno));
  }
  temporary_.clear();
}

void OutputFile::flush() {
  for (std::span<const std::byte> bytes = buffer_; !bytes.empty();) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_to_write(errno);
    bytes = bytes.subspan(static_cast<size_t>(written));
    bytes_written_ += static_cast<uint64_t>(written);
  }
  buffer_.clear();
}

void OutputFile::fail_to_write(int error) const {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    fail(
        ErrorKind::kResources,
        "{}: no room for the file ({}): {} bytes needed, {} written; free some space, or raise the "
        "quota or file size limit",
        path_, std::strerror(error), bytes_expected_, bytes_written_);
  }
  fail(ErrorKind::kResources, "{}: writing failed after {} of {} bytes ({}); check the disk", path_,
       bytes_written_, bytes_expected_, std::strerror(error));
}

void refuse_existing(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  fail(ErrorKind::kUsage, "{}: is there already; choose another name, or replace it (--force)",
       path);
}

}  // namespace freshet
