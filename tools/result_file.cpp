#include "tools/result_file.h"

#include <freshet/error.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/format.h"

namespace freshet {
namespace {

namespace fs = std::filesystem;

// The permissions that a plain open() would give; mkstemp() gives 0600.
void take_default_mode(int descriptor) {
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(descriptor, 0666 & ~mask);
}

}  // namespace

ResultFile::ResultFile(const std::string& path) : path_(path) {
  std::error_code ignored;
  if (path == "-") {
    file_ = stdout;
  } else if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
    file_ = std::fopen(path.c_str(), "wb");
  } else {
    // Through a link, the file that it names is replaced and not the link.
    if (fs::is_symlink(path, ignored)) path_ = fs::weakly_canonical(path, ignored).string();
    temporary_ = path_ + ".XXXXXX";
    const int descriptor = mkstemp(temporary_.data());
    if (descriptor >= 0) {
      take_default_mode(descriptor);
      file_ = fdopen(descriptor, "wb");
    }
  }
  if (file_ == nullptr) {
    throw Error(ErrorKind::kUsage, formatted("{}: cannot be written: {}; choose another place",
                                             path, std::strerror(errno)));
  }
}

ResultFile::~ResultFile() {
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void ResultFile::fail_to_write() const {
  throw Error(ErrorKind::kResources,
              formatted("{}: cannot be written: {}; free some space", path_, std::strerror(errno)));
}

void ResultFile::write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail_to_write();
}

void ResultFile::commit() {
  if (std::fflush(file_) != 0) fail_to_write();
  if (temporary_.empty()) return;
  std::FILE* const file = file_;
  file_ = nullptr;
  if (std::fclose(file) != 0) fail_to_write();
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail_to_write();
  temporary_.clear();
}

}  // namespace freshet
