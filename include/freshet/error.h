// The one exception that freshet throws: the world (a file, a request, the machine) is wrong.
#pragma once

#include <stdexcept>
#include <string>

namespace freshet {

enum class ErrorKind {
  kUsage,        ///< the call or command line is wrong
  kBadFile,      ///< a file is missing, unreadable, damaged or not what it claims to be
  kUnsupported,  ///< well-formed, but not something this engine does
  kBadRequest,   ///< a prompt, token, option or message is out of its bounds
  kResources,    ///< memory or another resource is not to be had
  kCancelled,    ///< the caller asked to stop
};

/// Thrown when something outside the program is wrong. The message is one line and says what,
/// where, what was expected, what was found, and what to do. Mistakes of our own abort instead
/// (FRESHET_CHECK).
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message);
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace freshet
