#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "base/cpu_topology.h"
#include "base/error.h"

namespace freshet {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail_to_open(const std::string& path, int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      fail(ErrorKind::kBadFile, "{}: no such file; check the path{}", path,
           path.starts_with('/') ? "" : " (it is relative to the current folder)");
    case EACCES:
    case EPERM:
      fail(ErrorKind::kBadFile, "{}: not permitted to read it; check the file's permissions", path);
    case EMFILE:
    case ENFILE:
      fail(ErrorKind::kResources, "{}: too many files are open; raise the limit (ulimit -n)", path);
    default:
      fail(ErrorKind::kBadFile, "{}: cannot be opened ({}); check the path and the disk", path,
           std::strerror(error));
  }
}

size_t checked_size(const std::string& path, int fd) {
  struct stat status = {};
  if (fstat(fd, &status) != 0) fail_to_open(path, errno);
  if (S_ISDIR(status.st_mode)) {
    fail(ErrorKind::kBadFile, "{}: is a directory, expected a file; name the file inside it", path);
  }
  if (!S_ISREG(status.st_mode)) {
    fail(ErrorKind::kBadFile,
         "{}: is a pipe or device, expected a regular file that can be mapped; save it to disk "
         "first",
         path);
  }
  if (status.st_size == 0) {
    fail(ErrorKind::kBadFile, "{}: the file is empty (0 bytes); download or write it again", path);
  }
  if (static_cast<uint64_t>(status.st_size) > SIZE_MAX) {
    fail(ErrorKind::kResources, "{}: {} bytes are more than this system can address", path,
         status.st_size);
  }
  return static_cast<size_t>(status.st_size);
}

/// What is read from the disk from now on comes in pages of 2 MiB where the file system has them: a
/// warm start of a 700 MB model takes 0.08 s instead of 0.13, and translating addresses nearly
/// nothing. Not for a file that does not fit: what the system must drop again should be small.
void ask_for_huge_pages([[maybe_unused]] std::span<const std::byte> bytes) {
#ifdef MADV_HUGEPAGE
  const std::optional<MachineMemory> memory = machine_memory();
  if (memory && bytes.size() < memory->total) {
    madvise(const_cast<std::byte*>(bytes.data()), bytes.size(), MADV_HUGEPAGE);
  }
#endif
}

/// Linux's own condition: the file's owner, or who may write it.
bool may_ask_for_residency(const std::string& path) {
  struct stat status = {};
  const bool owns = stat(path.c_str(), &status) == 0 && status.st_uid == geteuid();
  return owns || access(path.c_str(), W_OK) == 0;
}

}  // namespace

MappedFile::MappedFile(std::string path) : path_(std::move(path)) {
  // Without O_NONBLOCK, opening a pipe would wait for a writer for ever.
  const FileDescriptor file(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) fail_to_open(path_, errno);
  const size_t size = checked_size(path_, file.get());
  void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) {
    fail(ErrorKind::kResources, "{}: cannot map {} bytes ({}); check ulimit -v and the file system",
         path_, size, std::strerror(errno));
  }
  bytes_ = {static_cast<const std::byte*>(memory), size};
  ask_for_huge_pages(bytes_);
  tells_residency_ = may_ask_for_residency(path_);
  guard_ = std::make_unique<FaultGuard>(
      bytes_,
      formatted("freshet: {}: the file shrank or could not be read while in use; expected {} "
                "bytes; put the whole file back and start again",
                path_, size));
}

MappedFile::~MappedFile() { unmap(); }

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      bytes_(std::exchange(other.bytes_, {})),
      tells_residency_(other.tells_residency_),
      guard_(std::move(other.guard_)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this == &other) return *this;
  unmap();
  path_ = std::move(other.path_);
  bytes_ = std::exchange(other.bytes_, {});
  tells_residency_ = other.tells_residency_;
  guard_ = std::move(other.guard_);
  return *this;
}

void MappedFile::unmap() noexcept {
  guard_.reset();
  // mmap's result came as void*; munmap takes it back without const.
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  bytes_ = {};
}

namespace {

/// The pages that `bytes` touch, or those that they fill.
void advise(std::span<const std::byte> bytes, bool whole_pages, int advice) noexcept {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  auto begin = reinterpret_cast<uintptr_t>(bytes.data());
  auto end = begin + bytes.size();
  begin = (whole_pages ? begin + page - 1 : begin) / page * page;
  end = (whole_pages ? end : end + page - 1) / page * page;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, advice);
}

}  // namespace

void advise_will_read(std::span<const std::byte> bytes) noexcept {
  advise(bytes, false, MADV_WILLNEED);
}

void advise_done_with(std::span<const std::byte> bytes) noexcept {
  advise(bytes, true, MADV_DONTNEED);
}

}  // namespace freshet
