// The program with a small model at hand.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/synthetic_model.h"

namespace freshet::testing {

/// freshet COMMAND ...
inline ProcessResult freshet(std::vector<std::string> args, const std::string& input = {}) {
  args.insert(args.begin(), FRESHET_PROGRAM);
  return run_process(args, input);
}

/// One model for all the tests of a program.
inline const SyntheticModel& small_model() {
  static const SyntheticModel model;
  return model;
}

/// freshet COMMAND -m MODEL ...
inline ProcessResult with_model(const std::string& command, const std::vector<std::string>& args,
                                const std::string& input = {}) {
  std::vector<std::string> all = {command, "-m", small_model().path(), "-t", "1"};
  all.insert(all.end(), args.begin(), args.end());
  return freshet(all, input);
}

inline size_t n_lines(const std::string& text) {
  return static_cast<size_t>(std::ranges::count(text, '\n'));
}

/// What the house promises of every error.
inline void expect_one_line_of_error(const ProcessResult& result, int exit_code) {
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_EQ(n_lines(result.err), 1u) << result.err;
  EXPECT_TRUE(result.err.starts_with("freshet: ")) << result.err;
  EXPECT_EQ(result.out, "");
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace freshet::testing
