#include "tools/turn_reader.h"

#include <gtest/gtest.h>

#include <deque>

namespace freshet {
namespace {

class Script final : public LineReader {
 public:
  explicit Script(std::deque<std::string> lines) : lines_(std::move(lines)) {}
  LineStatus read(const std::string&, std::string& line) override {
    if (lines_.empty()) return LineStatus::kEnd;
    line = lines_.front();
    lines_.pop_front();
    return line == "^C" ? LineStatus::kInterrupted : LineStatus::kLine;
  }

 private:
  std::deque<std::string> lines_;
};

Turn turn_of(std::deque<std::string> lines, bool multiline = false) {
  Script script(std::move(lines));
  Turn turn;
  EXPECT_EQ(read_turn(script, {}, multiline, turn), LineStatus::kLine);
  return turn;
}

TEST(TurnReader, TakesALineForATurn) {
  EXPECT_EQ(turn_of({"hello", "world"}).text, "hello");
  EXPECT_FALSE(turn_of({"hello"}).is_command);
}

TEST(TurnReader, GoesOnAfterABackslash) {
  EXPECT_EQ(turn_of({"one\\", "two\\", "three", "four"}).text, "one\ntwo\nthree");
}

TEST(TurnReader, TakesABlockAsOneTurn) {
  EXPECT_EQ(turn_of({"\"\"\"", "one", "", "two", "\"\"\"", "x"}).text, "one\n\ntwo");
  EXPECT_EQ(turn_of({"\"\"\"one", "two\"\"\"", "x"}).text, "one\ntwo");
  EXPECT_EQ(turn_of({"\"\"\"one\"\"\"", "x"}).text, "one");
}

TEST(TurnReader, LetsABlockBeginWithASlash) {
  const Turn turn = turn_of({"\"\"\"/exit\"\"\""});
  EXPECT_EQ(turn.text, "/exit");
  EXPECT_FALSE(turn.is_command);
}

TEST(TurnReader, TakesACommandAsOneLine) {
  const Turn turn = turn_of({"/read C:\\", "x"});
  EXPECT_EQ(turn.text, "/read C:\\");
  EXPECT_TRUE(turn.is_command);
}

TEST(TurnReader, EndsAtABackslashInMultilineMode) {
  EXPECT_EQ(turn_of({"one", "two\\", "three"}, true).text, "one\ntwo");
}

TEST(TurnReader, KeepsATurnThatTheEndOfInputCutsShort) {
  EXPECT_EQ(turn_of({"\"\"\"one", "two"}).text, "one\ntwo");
  EXPECT_EQ(turn_of({"one\\"}).text, "one");
}

TEST(TurnReader, TellsTheEndAndAnInterruptFromATurn) {
  Turn turn;
  Script nothing({});
  EXPECT_EQ(read_turn(nothing, {}, false, turn), LineStatus::kEnd);
  Script interrupted({"one\\", "^C"});
  EXPECT_EQ(read_turn(interrupted, {}, false, turn), LineStatus::kInterrupted);
}

}  // namespace
}  // namespace freshet
