// What holds for every command: help, versions, flags, errors.
#include <gtest/gtest.h>

#include "e2e/cli_support.h"

namespace freshet::testing {
namespace {

TEST(Cli, ShowsItsVersionAndHelpOnStandardOutput) {
  const ProcessResult version = freshet({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(version.out.starts_with("freshet ")) << version.out;
  const ProcessResult help = freshet({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command : {"run", "chat", "tokenize", "logits", "synth"}) {
    EXPECT_TRUE(contains(help.out, command)) << command;
    const ProcessResult own = freshet({command, "--help"});
    EXPECT_EQ(own.exit_code, 0);
    EXPECT_TRUE(contains(own.out, "usage: freshet " + std::string(command))) << own.out;
    EXPECT_EQ(own.err, "");
  }
}

TEST(Cli, HelpNamesTheFlagsThatFingersKnow) {
  const std::string help = freshet({"run", "--help"}).out;
  for (const char* flag : {"-ctk, --cache-type-k", "-ub, --ubatch-size", "-hf, --hf-repo",
                           "-sys, --system-prompt", "-s, --seed", "--min-p"}) {
    EXPECT_TRUE(contains(help, flag)) << flag;
  }
}

TEST(Cli, NeedsACommand) {
  const ProcessResult nothing = freshet({});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_EQ(nothing.out, "");
  EXPECT_TRUE(contains(nothing.err, "usage: freshet"));
  expect_one_line_of_error(freshet({"rnu"}), 2);
  EXPECT_TRUE(contains(freshet({"rnu"}).err, "did you mean run?"));
  expect_one_line_of_error(freshet({"-m", "x.gguf"}), 2);
}

TEST(Cli, RefusesUnknownFlagsWithASuggestion) {
  const ProcessResult result = with_model("run", {"--promt", "x"});
  expect_one_line_of_error(result, 2);
  EXPECT_TRUE(contains(result.err, "did you mean --prompt?")) << result.err;
}

TEST(Cli, RefusesValuesOfTheWrongKind) {
  expect_one_line_of_error(with_model("run", {"-p", "x", "-n", "many"}), 2);
  expect_one_line_of_error(with_model("run", {"-p", "x", "-n"}), 2);
  expect_one_line_of_error(with_model("run", {"-p", "x", "-t", "-7"}), 2);
  expect_one_line_of_error(with_model("run", {"-p", "x", "-ctk", "q3"}), 2);
  expect_one_line_of_error(with_model("run", {"-p", "x", "-s", "3.5"}), 2);
  expect_one_line_of_error(with_model("run", {"-p", "x", "-l", "abc"}), 2);
  expect_one_line_of_error(with_model("run", {"-p", "x", "stray"}), 2);
  expect_one_line_of_error(with_model("logits", {"--ids", "1,2"}), 2);
}

TEST(Cli, RefusesSamplingOutOfItsBounds) {
  expect_one_line_of_error(with_model("run", {"-p", "x", "--top-p", "2"}), 1);
  expect_one_line_of_error(with_model("run", {"-p", "x", "--top-k", "1.5"}), 1);
  expect_one_line_of_error(with_model("run", {"-p", "x", "--temp", "nan"}), 1);
  expect_one_line_of_error(with_model("run", {"-p", "x", "-l", "99999+1"}), 1);
}

TEST(Cli, TakesGpuFlagsWithOneWarning) {
  const ProcessResult result =
      with_model("run", {"-ngl", "99", "-fa", "on", "-cmoe", "-ot", "exps=CPU", "-dev", "none",
                         "-p", "Hi", "-n", "2"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(n_lines(result.err), 1u) << result.err;
  EXPECT_TRUE(contains(result.err, "-ngl -fa -cmoe -ot -dev")) << result.err;
}

TEST(Cli, TakesAPastedCommandOfAnotherEngine) {
  const ProcessResult result = with_model("run", {"-c",      "512",
                                                  "-b",      "256",
                                                  "-ub",     "64",
                                                  "-tb",     "1",
                                                  "-ctk",    "q8_0",
                                                  "-ctv",    "q8_0",
                                                  "--mmap",  "--no-warmup",
                                                  "--jinja", "-no-cnv",
                                                  "-st",     "--temp",
                                                  "0.8",     "--top-k",
                                                  "40",      "--top-p",
                                                  "0.95",    "--min-p",
                                                  "0.05",    "--repeat-penalty",
                                                  "1.1",     "-s",
                                                  "42",      "-n",
                                                  "3",       "-p",
                                                  "Hi"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
}

TEST(Cli, TellsWhatIsWrongWithAFile) {
  const auto run_on = [](const std::string& path) {
    return freshet({"run", "-m", path, "-p", "x", "-n", "1"});
  };
  expect_one_line_of_error(run_on("/nonexistent.gguf"), 1);
  expect_one_line_of_error(run_on("/"), 1);
  expect_one_line_of_error(run_on("/dev/null"), 1);
  const TemporaryFolder folder;
  folder.write("page.gguf", "<!DOCTYPE html><html>");
  expect_one_line_of_error(run_on(folder.path() / "page.gguf"), 1);
  expect_one_line_of_error(run_on("two\nlines"), 1);
}

TEST(Cli, SaysThatItHasNoNetwork) {
  const ProcessResult result = freshet({"run", "-hf", "nobody/nothing-GGUF", "-p", "x"});
  expect_one_line_of_error(result, 1);
  EXPECT_TRUE(contains(result.err, "no network support")) << result.err;
}

TEST(Cli, TokenizesAndPrintsIds) {
  const ProcessResult ids = freshet({"tokenize", "-m", small_model().path(), "--ids", "hello"});
  EXPECT_EQ(ids.exit_code, 0);
  EXPECT_TRUE(ids.out.starts_with("[1, ") && ids.out.ends_with("]\n")) << ids.out;
  const ProcessResult bare =
      freshet({"tokenize", "-m", small_model().path(), "--ids", "--no-bos", "hello"});
  EXPECT_EQ("[1, " + bare.out.substr(1), ids.out);
}

TEST(Cli, TokenizesFromEverySource) {
  const std::string model = small_model().path();
  const TemporaryFolder folder;
  folder.write("text", "a b\n");
  const auto lines = [&](const std::vector<std::string>& more, const std::string& input) {
    std::vector<std::string> args = {"tokenize", "-m", model};
    args.insert(args.end(), more.begin(), more.end());
    return freshet(args, input).out;
  };
  const std::string expected = lines({"a b\n"}, "");
  EXPECT_TRUE(contains(expected, "\"a\"")) << expected;
  EXPECT_TRUE(contains(expected, "\\n")) << expected;
  EXPECT_EQ(lines({}, "a b\n"), expected);
  EXPECT_EQ(lines({"-f", folder.path() / "text"}, ""), expected);
  EXPECT_EQ(lines({"-p", "a b\n"}, ""), expected);
}

TEST(Cli, TokenizesControlTokensAsTextIfAsked) {
  const std::string model = small_model().path();
  const std::string text = "<|im_end|>";
  EXPECT_EQ(freshet({"tokenize", "-m", model, "--no-bos", text}).out, "     7  \"<|im_end|>\"\n");
  EXPECT_GT(n_lines(freshet({"tokenize", "-m", model, "--no-bos", "--no-parse-special", text}).out),
            1u);
}

}  // namespace
}  // namespace freshet::testing
