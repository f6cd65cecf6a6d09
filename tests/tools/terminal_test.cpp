#include "tools/terminal.h"

#include <gtest/gtest.h>

#include <memory>

#include "support/environment.h"

namespace freshet {
namespace {

using testing::EnvironmentVariable;

class TemporaryStream {
 public:
  [[nodiscard]] std::FILE* get() const { return file_.get(); }
  [[nodiscard]] std::string text() const {
    std::rewind(file_.get());
    std::string text;
    for (int c = std::fgetc(file_.get()); c != EOF; c = std::fgetc(file_.get())) {
      text += static_cast<char>(c);
    }
    return text;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_{std::tmpfile()};
};

constexpr Terminal kTerminal{.is_tty = true, .is_dumb = false, .colour = false, .width = 40};

TEST(Terminal, HasNoColourInAFile) {
  const EnvironmentVariable no("NO_COLOR", nullptr), force("CLICOLOR_FORCE", nullptr);
  const TemporaryStream stream;
  EXPECT_FALSE(terminal_of(stream.get()).is_tty);
  EXPECT_FALSE(terminal_of(stream.get()).colour);
}

TEST(Terminal, HasColourWhereItIsForced) {
  const EnvironmentVariable no("NO_COLOR", nullptr), force("CLICOLOR_FORCE", "1");
  EXPECT_TRUE(terminal_of(TemporaryStream().get()).colour);
}

TEST(Terminal, ObeysNoColorBeforeForce) {
  const EnvironmentVariable no("NO_COLOR", "1"), force("CLICOLOR_FORCE", "1");
  EXPECT_FALSE(terminal_of(TemporaryStream().get()).colour);
}

TEST(Terminal, TakesAnEmptyNoColorForUnset) {
  const EnvironmentVariable no("NO_COLOR", ""), force("CLICOLOR_FORCE", "1");
  EXPECT_TRUE(terminal_of(TemporaryStream().get()).colour);
}

TEST(Terminal, IsDumbWhenItSaysSo) {
  const EnvironmentVariable term("TERM", "dumb");
  EXPECT_TRUE(terminal_of(TemporaryStream().get()).is_dumb);
}

TEST(Terminal, TakesTheWidthFromColumnsOutsideATerminal) {
  const EnvironmentVariable columns("COLUMNS", "132");
  EXPECT_EQ(terminal_of(TemporaryStream().get()).width, 132);
  const EnvironmentVariable nonsense("COLUMNS", "-1");
  EXPECT_EQ(terminal_of(TemporaryStream().get()).width, 80);
}

TEST(ProgressBar, WritesNothingOutsideATerminal) {
  const TemporaryStream stream;
  {
    ProgressBar bar("loading", 10, stream.get());
    bar.update(5);
  }
  EXPECT_EQ(stream.text(), "");
}

TEST(ProgressBar, IsDrawnAtOnceAndErasedAtTheEnd) {
  const TemporaryStream stream;
  { const ProgressBar bar("loading", 10, stream.get(), kTerminal); }
  const std::string erase = "\r\033[K";
  EXPECT_EQ(stream.text(), erase + "loading   0% [" + std::string(24, ' ') + "]" + erase);
}

TEST(ProgressBar, DropsTheBarInANarrowTerminal) {
  const TemporaryStream stream;
  Terminal narrow = kTerminal;
  narrow.width = 20;
  { const ProgressBar bar("loading", 10, stream.get(), narrow); }
  EXPECT_EQ(stream.text(), "\r\033[Kloading   0%\r\033[K");
}

TEST(ProgressBar, BeginsWithTheTotalWhereThatComesLater) {
  const TemporaryStream stream;
  Terminal narrow = kTerminal;
  narrow.width = 20;
  {
    ProgressBar bar("loading", 0, stream.get(), narrow);
    EXPECT_EQ(stream.text(), "");
    bar.update(1, 4);
  }
  EXPECT_EQ(stream.text(), "\r\033[Kloading  25%\r\033[K");
}

TEST(ProgressBar, DrawsNothingForATotalOfZero) {
  const TemporaryStream stream;
  { const ProgressBar bar("loading", 0, stream.get(), kTerminal); }
  EXPECT_EQ(stream.text(), "");
}

}  // namespace
}  // namespace freshet
