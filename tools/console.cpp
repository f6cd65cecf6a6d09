#include "tools/console.h"

#include <freshet/error.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/format.h"

namespace freshet {

void write_output(std::string_view text) {
  const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written != text.size() || std::fflush(stdout) != 0) {
    throw Error(ErrorKind::kResources,
                formatted("cannot write to standard output: {}", std::strerror(errno)));
  }
}

void write_model_text(std::string_view text) {
  write_output(terminal_of(stdout).is_tty ? without_controls(text) : std::string(text));
}

std::string without_controls(std::string_view text) {
  std::string clean;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c0 = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
    // C1 is U+0080 to U+009F: C2 80 to C2 9F.
    const bool is_c1 =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (is_c1) ++i;
    if (!is_c0 && !is_c1) clean += text[i];
  }
  return clean;
}

Console::Console(bool verbose) : terminal_(terminal_of(stderr)), verbose_(verbose) {}

void Console::note(std::string_view line) const {
  if (!shows_notes()) return;
  if (terminal_.colour) {
    print(stderr, "\033[2m{}\033[0m\n", line);
  } else {
    print(stderr, "{}\n", line);
  }
}

void Console::warn(std::string_view line) const { print(stderr, "freshet: {}\n", line); }

}  // namespace freshet
