// The real program, started as a shell would start it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace freshet::testing {

struct ProcessResult {
  int exit_code;  ///< 128 + the signal's number if a signal ended it
  std::string out;
  std::string err;
};

/// A running program whose output goes to files of its own. If nobody waits for it, the destructor
/// ends it.
class Process {
 public:
  /// args[0] is the program's path.
  explicit Process(const std::vector<std::string>& args, const std::string& input = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const;
  /// Waits until standard output has that many bytes; false after 30 seconds.
  [[nodiscard]] bool has_written(size_t n_bytes) const;
  /// Waits for its end, 120 seconds at most.
  ProcessResult wait();

 private:
  [[nodiscard]] std::string read(const char* name) const;

  TemporaryFolder folder_;
  pid_t pid_ = -1;
};

/// Starts it and waits.
ProcessResult run_process(const std::vector<std::string>& args, const std::string& input = {});

}  // namespace freshet::testing
