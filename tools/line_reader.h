// Lines as they are typed, or as they come through a pipe.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace freshet {

enum class LineStatus { kLine, kEnd, kInterrupted };

class LineReader {
 public:
  virtual ~LineReader() = default;

  /// The next line without its newline; a line pasted as one may have newlines in it. kEnd at the
  /// end of input, kInterrupted after Ctrl-C. The prompt appears on standard error, and only where
  /// somebody types.
  virtual LineStatus read(const std::string& prompt, std::string& line) = 0;
};

/// Standard input as it is. Throws Error{kBadRequest} for a line of more than 256 MiB.
std::unique_ptr<LineReader> make_plain_reader(bool shows_prompt);

/// Lines edited with the arrow keys, with the history of earlier runs in `history` (made with mode
/// 0600, never written if absent). Where freshet was built without an editor this is the plain
/// reader.
std::unique_ptr<LineReader> make_editing_reader(
    const std::optional<std::filesystem::path>& history);

}  // namespace freshet
