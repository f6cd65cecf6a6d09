// What the README shows of the model in the box is what the command writes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "e2e/cli_support.h"

namespace freshet::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kSources = fs::path(FRESHET_TESTS_DIR).parent_path();

struct Shown {
  std::string command, output;
};

/// The commands ("    $ ...") of a file between the marks, each with the lines that follow it.
std::vector<Shown> shown_in(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::vector<Shown> shown;
  bool within = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("<!-- demo: ")) {
      within = line == "<!-- demo: begin -->";
      continue;
    }
    if (!within) continue;
    if (line.starts_with("    ")) line.erase(0, 4);
    if (line.starts_with("$ ")) {
      shown.push_back({.command = line.substr(2), .output = {}});
    } else if (!shown.empty()) {
      shown.back().output += line + '\n';
    }
  }
  return shown;
}

/// In a shell at the root of the sources, both streams together.
std::string run_in_shell(const std::string& command) {
  const std::string folder = fs::path(FRESHET_PROGRAM).parent_path();
  return run_process({"/bin/sh", "-c",
                      "cd '" + kSources.string() + "' && PATH='" + folder + "':$PATH && { " +
                          command + "\n} 2>&1"})
      .out;
}

/// The last line may or may not be ended.
std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

TEST(Readme, ShowsWhatTheModelInTheBoxReallyAnswers) {
  const std::vector<Shown> shown = shown_in(kSources / "README.md");
  EXPECT_GE(shown.size(), 4u);
  for (const Shown& one : shown) {
    EXPECT_EQ(trimmed(run_in_shell(one.command)), trimmed(one.output)) << one.command;
  }
}

}  // namespace
}  // namespace freshet::testing
