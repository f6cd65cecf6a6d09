// Where the program writes: the model's text to standard output, everything else to standard error.
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "tools/terminal.h"

namespace freshet {

/// Writes to standard output and flushes. Throws Error{kResources} if it cannot be written.
void write_output(std::string_view text);

/// Lines on standard error.
class Console {
 public:
  explicit Console(bool verbose = false);

  /// Something worth knowing: shown on a terminal, or anywhere if verbose.
  void note(std::string_view line) const;
  /// Something that the user must know wherever standard error goes.
  void warn(std::string_view line) const;

  [[nodiscard]] const Terminal& terminal() const noexcept { return terminal_; }
  [[nodiscard]] bool shows_notes() const noexcept { return verbose_ || terminal_.is_tty; }

 private:
  Terminal terminal_;
  bool verbose_;
};

}  // namespace freshet
