// What standard error is, and a progress bar on it. Standard output is the model's alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace freshet {

struct Terminal {
  bool is_tty = false;   ///< a terminal and not a file or a pipe
  bool is_dumb = false;  ///< TERM is unset or "dumb": it understands no control sequences
  bool colour = false;   ///< colour may be written
  int width = 80;        ///< columns
};

/// What `stream` is now. Colour follows https://no-color.org and https://bixense.com/clicolors:
/// NO_COLOR forbids it, CLICOLOR_FORCE asks for it even in a pipe, else a terminal that is not dumb
/// gets it. The width comes from the terminal, else from COLUMNS, else it is 80.
Terminal terminal_of(std::FILE* stream);

/// A bar with percent, "reading model   42% [########           ]", redrawn in place on standard
/// error at most ten times a second, and erased when the object goes. Nothing is ever written
/// when the stream is not a terminal. Not for several threads at once.
class ProgressBar {
 public:
  /// `total` is in any unit; 0, where it is not known yet, draws nothing.
  explicit ProgressBar(std::string label, std::uint64_t total = 0, std::FILE* stream = stderr);
  ProgressBar(std::string label, std::uint64_t total, std::FILE* stream, Terminal terminal);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// So much of the total is done; more than all counts as all.
  void update(std::uint64_t done);
  void update(std::uint64_t done, std::uint64_t total) {
    total_ = total;
    update(done);
  }

 private:
  void draw(int percent);

  std::string label_;
  std::uint64_t total_;
  std::FILE* stream_;
  Terminal terminal_;
  int drawn_percent_ = -1;
  std::chrono::steady_clock::time_point drawn_at_{};
};

}  // namespace freshet
