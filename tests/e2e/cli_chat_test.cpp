#include <gtest/gtest.h>

#include <csignal>

#include "e2e/cli_support.h"
#include "tools/chat_file.h"

namespace freshet::testing {
namespace {

/// Three greedy tokens to each turn, so that an answer is short and the same each time.
ProcessResult chat(const std::string& input, std::vector<std::string> more = {}) {
  more.insert(more.end(), {"-n", "3", "--temp", "0", "--ignore-eos"});
  return with_model("chat", more, input);
}

TEST(CliChat, AnswersEachLineOfAPipe) {
  const ProcessResult one = chat("Hello\n");
  EXPECT_EQ(one.exit_code, 0);
  EXPECT_EQ(one.err, "");
  EXPECT_TRUE(one.out.size() > 1 && one.out.ends_with('\n')) << one.out;
  const ProcessResult two = chat("Hello\nAnd now?");
  EXPECT_TRUE(two.out.starts_with(one.out)) << two.out;
  EXPECT_GT(two.out.size(), one.out.size());
}

TEST(CliChat, SkipsEmptyLines) { EXPECT_EQ(chat("\n  \nHello\n\n").out, chat("Hello\n").out); }

TEST(CliChat, AnswersAnewTheSameWithoutChance) {
  const std::string answer = chat("Hello\n").out;
  EXPECT_EQ(chat("Hello\n/regen\n").out, answer + answer);
}

TEST(CliChat, AnswersAnewDifferentlyWithChanceAndRepeatably) {
  const std::vector<std::string> args = {"-n", "20", "--temp", "1.5", "-s", "3", "--ignore-eos"};
  const std::string first = with_model("chat", args, "Hello\n").out;
  const ProcessResult both = with_model("chat", args, "Hello\n/regen\n");
  EXPECT_TRUE(both.out.starts_with(first));
  EXPECT_NE(both.out, first + first);
  EXPECT_EQ(both.out, with_model("chat", args, "Hello\n/regen\n").out);
}

TEST(CliChat, BeginsAnewAfterClear) {
  const std::string answer = chat("Hello\n").out;
  EXPECT_EQ(chat("Hello\n/clear\nHello\n").out, answer + answer);
}

TEST(CliChat, LeavesWhenTold) {
  const std::string answer = chat("Hello\n").out;
  for (const char* word : {"/exit", "/bye", "/quit"}) {
    const ProcessResult result = chat(std::string("Hello\n") + word + "\nHello\n");
    EXPECT_EQ(result.out, answer);
    EXPECT_EQ(result.exit_code, 0);
  }
}

TEST(CliChat, TakesBlocksAsOneTurn) {
  EXPECT_EQ(chat("\"\"\"one\ntwo\"\"\"\n").out, chat("one\\\ntwo\n").out);
}

TEST(CliChat, GoesOnFromASavedConversation) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "chat.json";
  const std::string whole = chat("Hello\n/save " + path + "\nAnd now?\n", {"-sys", "S"}).out;
  const auto messages = load_messages(path);
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0].at("content"), "S");
  EXPECT_EQ(messages[1].at("content"), "Hello");
}

TEST(CliChat, AnswersALoadedQuestion) {
  const TemporaryFolder folder;
  folder.write("chat.json", R"([{"role": "user", "content": "Hello"}])");
  EXPECT_EQ(chat("/load " + (folder.path() / "chat.json").string() + "\n/regen\n").out,
            chat("Hello\n").out);
}

TEST(CliChat, PutsAFileBeforeTheNextMessage) {
  const TemporaryFolder folder;
  folder.write("notes", "one");
  EXPECT_EQ(chat("/read " + (folder.path() / "notes").string() + "\ntwo\n").out,
            chat("one\\\ntwo\n").out);
}

TEST(CliChat, ChangesTheSystemPrompt) {
  EXPECT_EQ(chat("/system Be terse.\nHello\n").out, chat("Hello\n", {"-sys", "Be terse."}).out);
}

TEST(CliChat, ChangesSettings) {
  EXPECT_EQ(with_model("chat", {"--ignore-eos"}, "/set temp 0\n/set n 3\nHello\n").out,
            chat("Hello\n").out);
}

TEST(CliChat, SpeaksOfItselfOnStandardErrorOnly) {
  const ProcessResult result = chat("/help\n/show\n/tokens\n");
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(contains(result.err, "/regen"));
  EXPECT_TRUE(contains(result.err, "temperature 0 (flag)"));
  EXPECT_TRUE(contains(result.err, "0 of 4096 tokens"));
}

TEST(CliChat, GoesOnAfterAMistakeAndTellsByTheExitCode) {
  const std::string answer = chat("Hello\n").out;
  for (const char* line : {"/regne", "/set temp hot", "/set warmth 1", "/set", "/read",
                           "/read /nonexistent", "/load /dev/null", "/regen"}) {
    const ProcessResult result = chat(std::string(line) + "\nHello\n");
    EXPECT_EQ(result.out, answer) << line;
    EXPECT_EQ(result.exit_code, 1) << line;
    EXPECT_EQ(n_lines(result.err), 1u) << line << result.err;
  }
  EXPECT_TRUE(contains(chat("/regne\n").err, "did you mean /regen?"));
}

TEST(CliChat, SaysThatTheContextIsFull) {
  const ProcessResult result = chat("Hello\n" + std::string(300, 'x') + " y\n", {"-c", "64"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(contains(result.err, "/clear")) << result.err;
}

TEST(CliChat, TakesOneTurnIfAsked) {
  EXPECT_EQ(chat("", {"-st", "-p", "Hello"}).out, chat("Hello\n").out);
  EXPECT_EQ(chat("Hello\nAgain\n", {"-st"}).out, chat("Hello\n").out);
}

TEST(CliChat, EndsWith130WhenInterrupted) {
  const SyntheticModel model("tiny", "f32");  // slow enough to be interrupted
  Process process({FRESHET_PROGRAM, "chat", "-m", model.path(), "-t", "1", "--ignore-eos"},
                  "Hello\nAgain\n");
  ASSERT_TRUE(process.has_written(20));
  process.send(SIGINT);
  EXPECT_EQ(process.wait().exit_code, 130);
}

}  // namespace
}  // namespace freshet::testing
