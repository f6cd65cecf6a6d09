#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "e2e/cli_support.h"

namespace freshet::testing {
namespace {

TEST(CliRun, WritesTheTextAndNothingElse) {
  const ProcessResult result = with_model("run", {"-p", "The snow", "-n", "20", "--temp", "0"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out, "");
  EXPECT_FALSE(contains(result.out, "The snow"));
  EXPECT_EQ(result.err, "");
}

TEST(CliRun, SpeaksOfItselfOnStandardErrorIfAsked) {
  const ProcessResult quiet = with_model("run", {"-p", "x", "-n", "5", "--temp", "0"});
  const ProcessResult verbose = with_model("run", {"-p", "x", "-n", "5", "--temp", "0", "-v"});
  EXPECT_EQ(quiet.out, verbose.out);
  EXPECT_TRUE(contains(verbose.err, "[ Prompt: ")) << verbose.err;
  EXPECT_TRUE(contains(verbose.err, "sampling: temperature 0 (flag)")) << verbose.err;
  EXPECT_TRUE(contains(verbose.err, "thread")) << verbose.err;
  EXPECT_FALSE(contains(verbose.err, "\033")) << "colour without a terminal";
}

TEST(CliRun, TakesThePromptFromEverySource) {
  const TemporaryFolder folder;
  folder.write("prompt", "The snow\n");
  const std::vector<std::string> tail = {"-n", "8", "-s", "5"};
  const auto text = [&](std::vector<std::string> args, const std::string& input) {
    args.insert(args.end(), tail.begin(), tail.end());
    return with_model("run", args, input).out;
  };
  const std::string expected = text({"-p", "The snow"}, "");
  EXPECT_NE(expected, "");
  EXPECT_EQ(text({"-f", folder.path() / "prompt"}, ""), expected);
  EXPECT_EQ(text({}, "The snow\n"), expected);
  EXPECT_EQ(text({"-f", "-"}, "The snow"), expected);
  EXPECT_EQ(text({"-e", "-p", "The\\x20snow"}, ""), expected);
}

TEST(CliRun, ShowsThePromptIfAsked) {
  EXPECT_TRUE(
      with_model("run", {"-p", "The snow", "-n", "2", "--echo"}).out.starts_with("The snow"));
}

TEST(CliRun, GivesTheSameTextForTheSameSeed) {
  const std::vector<std::string> args = {"-p", "x", "-n", "30", "--temp", "1", "-s", "7"};
  EXPECT_EQ(with_model("run", args).out, with_model("run", args).out);
  EXPECT_NE(with_model("run", args).out,
            with_model("run", {"-p", "x", "-n", "30", "--temp", "1", "-s", "8"}).out);
}

TEST(CliRun, PutsAPromptThroughTheTemplate) {
  const std::string spelt =
      "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
  const std::vector<std::string> tail = {"-n", "8", "--temp", "0"};
  EXPECT_EQ(with_model("run", {"--chat", "-sys", "S", "-p", "Hi", "-n", "8", "--temp", "0"}).out,
            with_model("run", {"-p", spelt, "-n", "8", "--temp", "0"}).out);
}

TEST(CliRun, StopsAtAStopText) {
  const std::string whole = with_model("run", {"-p", "x", "-n", "40", "-s", "3"}).out;
  ASSERT_GT(whole.size(), 10u);
  const std::string stop = whole.substr(5, 3);
  EXPECT_EQ(with_model("run", {"-p", "x", "-n", "40", "-s", "3", "-r", stop}).out,
            whole.substr(0, whole.find(stop)));
}

TEST(CliRun, ListsTokensWithTheirLogProbabilities) {
  const std::vector<std::string> args = {"-p", "The snow", "-n", "5", "--temp", "0"};
  std::vector<std::string> listed = args;
  listed.insert(listed.end(), {"--logprobs", "2"});
  const ProcessResult result = with_model("run", listed);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(n_lines(result.out), 5u);
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json token = nlohmann::json::parse(line);
    ASSERT_EQ(token["top"].size(), 2u) << line;
    // Without temperature the likeliest token is the one that is chosen.
    EXPECT_EQ(token["top"][0]["id"], token["id"]) << line;
    EXPECT_EQ(token["top"][0]["token"], token["token"]) << line;
    EXPECT_LT(token["logprob"], 0.0) << line;
    EXPECT_LE(token["top"][1]["logprob"], token["logprob"]) << line;
  }
  expect_one_line_of_error(with_model("run", {"-p", "x", "--logprobs", "-2"}), 2);
}

TEST(CliRun, RefusesAPromptThatDoesNotFit) {
  const ProcessResult result = with_model("run", {"-c", "16", "-p", std::string(200, 'x') + " y"});
  expect_one_line_of_error(result, 1);
  EXPECT_TRUE(contains(result.err, "16")) << result.err;
}

TEST(CliRun, BeginsFromNothingIfTheModelCan) {
  EXPECT_EQ(with_model("run", {"-p", "", "-n", "3"}).exit_code, 0);
}

TEST(CliRun, RefusesTwoPromptsAndASystemPromptWithoutChat) {
  expect_one_line_of_error(with_model("run", {"-p", "a", "-f", "b"}), 2);
  expect_one_line_of_error(with_model("run", {"-p", "a", "-sys", "b"}), 2);
}

TEST(CliRun, UsesTheModelInTheBoxAndSaysSo) {
  const ProcessResult result = freshet({"run", "-p", "Hi", "-n", "3"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(n_lines(result.err), 1u) << result.err;
  EXPECT_TRUE(contains(result.err, "in the box")) << result.err;
}

TEST(CliRun, EndsWith130WhenInterrupted) {
  const SyntheticModel model("tiny", "f32");  // slow enough to be interrupted
  Process process({FRESHET_PROGRAM, "run", "-m", model.path(), "-t", "1", "-p", "x", "--ignore-eos",
                   "-s", "1"});
  ASSERT_TRUE(process.has_written(20));
  process.send(SIGINT);
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_GE(result.out.size(), 20u);
  EXPECT_EQ(result.err, "");
}

TEST(CliRun, TellsThatStandardOutputIsFull) {
  const ProcessResult result = run_process({"/bin/sh", "-c",
                                            std::string(FRESHET_PROGRAM) + " run -m " +
                                                small_model().path() + " -p x -n 5 > /dev/full"});
  expect_one_line_of_error(result, 1);
}

}  // namespace
}  // namespace freshet::testing
