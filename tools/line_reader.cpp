#include "tools/line_reader.h"

#include <freshet/error.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/format.h"

namespace freshet {
namespace {

constexpr size_t kMaxLineBytes = size_t{256} << 20;

class PlainReader final : public LineReader {
 public:
  explicit PlainReader(bool shows_prompt) : shows_prompt_(shows_prompt) {}

  LineStatus read(const std::string& prompt, std::string& line) override {
    if (shows_prompt_) print(stderr, "{}", prompt);
    line.clear();
    while (true) {
      const size_t newline = buffer_.find('\n', searched_);
      if (newline != std::string::npos) {
        take(newline, newline + 1, line);
        return LineStatus::kLine;
      }
      searched_ = buffer_.size();
      const LineStatus status = fill();
      if (status == LineStatus::kLine) continue;
      if (status == LineStatus::kEnd && !buffer_.empty()) {
        take(buffer_.size(), buffer_.size(), line);
        return LineStatus::kLine;
      }
      return status;
    }
  }

 private:
  void take(size_t length, size_t consumed, std::string& line) {
    line = buffer_.substr(0, length);
    if (line.ends_with('\r')) line.pop_back();
    buffer_.erase(0, consumed);
    searched_ = 0;
  }

  // Below stdio, whose buffers do not tell an interrupted read from the end of a file.
  LineStatus fill() {
    std::array<char, 65'536> bytes;
    const ssize_t n = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) return LineStatus::kInterrupted;
    if (n < 0) {
      throw Error(ErrorKind::kBadFile,
                  formatted("standard input cannot be read: {}", std::strerror(errno)));
    }
    if (buffer_.size() > kMaxLineBytes) {
      throw Error(ErrorKind::kBadRequest,
                  formatted("standard input: a line of more than {} MiB", kMaxLineBytes >> 20));
    }
    buffer_.append(bytes.data(), static_cast<size_t>(n));
    return n == 0 ? LineStatus::kEnd : LineStatus::kLine;
  }

  bool shows_prompt_;
  std::string buffer_;
  size_t searched_ = 0;  // bytes of buffer_ known to hold no newline
};

}  // namespace

std::unique_ptr<LineReader> make_plain_reader(bool shows_prompt) {
  return std::make_unique<PlainReader>(shows_prompt);
}

}  // namespace freshet
