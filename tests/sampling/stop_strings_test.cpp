// Stop strings end the text wherever the pieces were cut, and no part of one is ever emitted.
#include "sampling/stop_strings.h"

#include <freshet/error.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace freshet {
namespace {

struct Outcome {
  std::string text;
  bool stopped = false;
  std::string matched;
  bool operator==(const Outcome&) const = default;
};

Outcome feed(const std::vector<std::string>& stops, std::string_view text, size_t piece) {
  StopStrings watcher(stops);
  Outcome outcome;
  for (size_t at = 0; at < text.size(); at += piece) {
    outcome.text += watcher.push(text.substr(at, piece));
  }
  outcome.text += watcher.flush();
  outcome.stopped = watcher.stopped();
  outcome.matched = watcher.matched();
  return outcome;
}

TEST(StopStrings, EndTheTextBeforeThem) {
  EXPECT_EQ(feed({"END"}, "some text END more", 100), (Outcome{"some text ", true, "END"}));
}

TEST(StopStrings, AreFoundAcrossPieces) {
  StopStrings watcher({"END"});
  EXPECT_EQ(watcher.push("abcE"), "abc");
  EXPECT_EQ(watcher.push("N"), "");
  EXPECT_EQ(watcher.push("Dxyz"), "");
  EXPECT_TRUE(watcher.stopped());
  EXPECT_EQ(watcher.push("more"), "");
  EXPECT_EQ(watcher.flush(), "");
}

TEST(StopStrings, GiveBackWhatTurnsOutToBeSomethingElse) {
  StopStrings watcher({"END"});
  EXPECT_EQ(watcher.push("EN"), "");
  EXPECT_EQ(watcher.push("E"), "EN");
  EXPECT_EQ(watcher.push("NDs"), "");
  EXPECT_TRUE(watcher.stopped());
}

TEST(StopStrings, GiveBackAnUnfinishedOneAtTheEnd) {
  StopStrings watcher({"END"});
  EXPECT_EQ(watcher.push("the EN"), "the ");
  EXPECT_EQ(watcher.flush(), "EN");
  EXPECT_FALSE(watcher.stopped());
}

TEST(StopStrings, HoldBackNothingWithoutReason) {
  StopStrings none;
  EXPECT_EQ(none.push("anything"), "anything");
  StopStrings watcher({"\n\nUser:"});
  EXPECT_EQ(watcher.push("a word "), "a word ");
}

TEST(StopStrings, HandleBorders) {
  EXPECT_EQ(feed({"aab"}, "aaaab!", 1), (Outcome{"aa", true, "aab"}));
  EXPECT_EQ(feed({"abac"}, "ababac", 2), (Outcome{"ab", true, "abac"}));
}

TEST(StopStrings, TakeTheFirstToBeCompleteAndTheLongestOfThose) {
  EXPECT_EQ(feed({"abcd", "bc"}, "xabcd", 100), (Outcome{"xa", true, "bc"}));
  EXPECT_EQ(feed({"cd", "abcd"}, "xabcd", 100), (Outcome{"x", true, "abcd"}));
}

TEST(StopStrings, NeverSplitACharacter) {
  StopStrings watcher({"\u00e9"});  // two bytes, the first shared with the next character
  EXPECT_EQ(watcher.push("a\u00e8"), "a\u00e8");
  EXPECT_EQ(watcher.push("b\u00e9"), "b");
  EXPECT_TRUE(watcher.stopped());
}

TEST(StopStrings, DoNotDependOnHowTheTextIsCut) {
  uint32_t state = 11;
  const auto random = [&](uint32_t bound) {
    state = state * 1664525u + 1013904223u;
    return (state >> 16) % bound;
  };
  const auto word = [&](uint32_t length) {
    std::string text;
    for (uint32_t i = 0; i < length; ++i) text += static_cast<char>('a' + random(2));
    return text;
  };
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> stops;
    for (uint32_t i = 0; i <= random(3); ++i) stops.push_back(word(2 + random(6)));
    const std::string text = word(30);
    const Outcome whole = feed(stops, text, text.size());
    // The plain definition: the first end of any stop string, and its longest one.
    Outcome expected{text, false, ""};
    for (size_t end = 1; end <= text.size() && !expected.stopped; ++end) {
      for (const std::string& stop : stops) {
        if (text.substr(0, end).ends_with(stop) && stop.size() > expected.matched.size()) {
          expected = {text.substr(0, end - stop.size()), true, stop};
        }
      }
    }
    ASSERT_EQ(whole, expected) << text;
    for (size_t piece = 1; piece < 8; ++piece) ASSERT_EQ(feed(stops, text, piece), whole) << text;
  }
}

TEST(StopStrings, AreBounded) {
  EXPECT_THROW(StopStrings({""}), Error);
  EXPECT_THROW(StopStrings({std::string(257, 'x')}), Error);
  EXPECT_THROW(StopStrings(std::vector<std::string>(17, "x")), Error);
  EXPECT_NO_THROW(StopStrings(std::vector<std::string>(16, std::string(256, 'x'))));
}

}  // namespace
}  // namespace freshet
