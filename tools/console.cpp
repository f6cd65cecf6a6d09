#include "tools/console.h"

#include <freshet/error.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace freshet {

void write_output(std::string_view text) {
  const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written != text.size() || std::fflush(stdout) != 0) {
    throw Error(ErrorKind::kResources,
                fmt::format("cannot write to standard output: {}", std::strerror(errno)));
  }
}

Console::Console(bool verbose) : terminal_(terminal_of(stderr)), verbose_(verbose) {}

void Console::note(std::string_view line) const {
  if (!shows_notes()) return;
  if (terminal_.colour) {
    fmt::print(stderr, "\033[2m{}\033[0m\n", line);
  } else {
    fmt::print(stderr, "{}\n", line);
  }
}

void Console::warn(std::string_view line) const { fmt::print(stderr, "freshet: {}\n", line); }

}  // namespace freshet
