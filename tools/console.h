// Where the program writes: the model's text to standard output, everything else to standard error.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "tools/terminal.h"

namespace freshet {

/// Writes to standard output and flushes. Throws Error{kResources} if it cannot be written.
void write_output(std::string_view text);

/// The same for a model's text: a terminal gets it without control characters other than newline
/// and tab, so that no model moves the cursor or retitles the window.
void write_model_text(std::string_view text);

/// `text`, which is UTF-8, without C0 controls other than newline and tab, DEL, and C1 controls.
std::string without_controls(std::string_view text);

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
