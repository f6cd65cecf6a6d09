// A user's turn from one line or several.
#pragma once

#include <string>

#include "tools/line_reader.h"

namespace freshet {

struct TurnPrompts {
  std::string first = "> ";
  std::string more = "| ";
};

struct Turn {
  std::string text;
  bool is_command = false;  ///< it begins with a slash that no """ stands before
};

/// Reads one turn. A line that ends in a backslash goes on in the next; what stands between """ and
/// """ is one turn, however many lines it has. With `multiline` every line goes on, and a backslash
/// at the end of one ends the turn. kEnd and kInterrupted as LineReader says; a turn that the end
/// of input cuts short counts.
LineStatus read_turn(LineReader& lines, const TurnPrompts& prompts, bool multiline, Turn& turn);

}  // namespace freshet
