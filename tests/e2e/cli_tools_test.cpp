// Tools and thinking in run and chat. The model's weights are random: what it says is noise, and
// that its calls are calls is the constraint's work.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "e2e/cli_support.h"
#include "support/temporary_folder.h"

namespace freshet::testing {
namespace {

using Json = nlohmann::json;

constexpr const char* kTools = R"([
  {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object",
   "properties": {"unit": {"enum": ["celsius", "fahrenheit"]}}, "required": ["unit"]}}},
  {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object",
   "properties": {"zone": {"enum": ["here", "utc"]}}, "required": ["zone"]}}}])";

class CliTools : public ::testing::Test {
 protected:
  CliTools() { folder_.write("tools.json", kTools); }

  [[nodiscard]] std::string path(const char* name) const {
    return (folder_.path() / name).string();
  }

  ProcessResult run(std::vector<std::string> args) const {
    args.insert(args.end(), {"--tools", path("tools.json"), "-p", "Hello", "-s", "1"});
    return with_model("run", args);
  }

  TemporaryFolder folder_;
};

TEST_F(CliTools, RunMakesTheCallThatIsRequired) {
  const ProcessResult result = run({"--tool-choice", "get_time", "--json", "-n", "400"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(n_lines(result.out), 1u);
  const Json answer = Json::parse(result.out);
  ASSERT_FALSE(answer["tool_calls"].empty()) << result.out;
  EXPECT_EQ(answer["finish_reason"], "tool_calls");
  EXPECT_GT(answer["usage"]["completion_tokens"], 0);
  for (const Json& call : answer["tool_calls"]) {
    EXPECT_EQ(call["name"], "get_time");
    EXPECT_TRUE(call["arguments"]["zone"] == "here" || call["arguments"]["zone"] == "utc");
    EXPECT_FALSE(call.contains("problems")) << result.out;
  }
}

TEST_F(CliTools, RunShowsCallsAsLines) {
  const ProcessResult result = run({"--tool-choice", "required", "-n", "400"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("get_weather(unit=\"") ||
              result.out.starts_with("get_time(zone=\""))
      << result.out;
}

TEST_F(CliTools, WithoutAChoiceOfToolsTheModelKnowsOfNone) {
  const std::vector<std::string> greedy = {"--chat-template", "chatml", "-n", "12", "--json"};
  std::vector<std::string> none = greedy;
  none.insert(none.end(), {"--tool-choice", "none"});
  const Json with_none = Json::parse(run(none).out);
  const Json with_auto = Json::parse(run(greedy).out);
  EXPECT_TRUE(with_none["tool_calls"].empty());
  EXPECT_EQ(with_none["finish_reason"], "length");
  // The declared tools are part of the prompt only where they may be called.
  EXPECT_LT(with_none["usage"]["prompt_tokens"], with_auto["usage"]["prompt_tokens"]);
}

TEST_F(CliTools, OnAutoACallThatIsBegunIsFinishedAsDeclared) {
  // Biased to begin a call, which noise hardly ever does by itself.
  const Json ids = Json::parse(
      freshet({"tokenize", "-m", small_model().path(), "--ids", "--no-bos", "<|tool_call_start|>"})
          .out);
  ASSERT_EQ(ids.size(), 1u);
  const ProcessResult result =
      run({"-l", ids[0].dump() + "+100", "--tool-choice", "auto", "--json", "-n", "120"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json answer = Json::parse(result.out);
  ASSERT_FALSE(answer["tool_calls"].empty()) << result.out;
  for (const Json& call : answer["tool_calls"]) {
    EXPECT_FALSE(call.contains("problems")) << result.out;
    EXPECT_EQ(call["arguments"].size(), 1u) << result.out;
  }
}

TEST_F(CliTools, ChoicesThatCannotBeAreRefused) {
  expect_one_line_of_error(run({"--tool-choice", "get_date"}), 2);
  expect_one_line_of_error(with_model("run", {"-p", "x", "--tool-choice", "required"}), 2);
  expect_one_line_of_error(run({"--json-schema", "{}"}), 2);
  expect_one_line_of_error(run({"--reasoning", "loud"}), 2);
}

TEST_F(CliTools, ChatAsksForResultsAndGoesOn) {
  const ProcessResult result = with_model(
      "chat", {"--tools", path("tools.json"), "--tool-choice", "get_time", "-n", "400", "-s", "1"},
      "What time is it?\n12:00\n");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  // The model, which must call, calls again when it is told the time.
  const size_t first = result.out.find("get_time(");
  ASSERT_NE(first, std::string::npos) << result.out;
  EXPECT_NE(result.out.find("get_time(", first + 1), std::string::npos) << result.out;
}

TEST_F(CliTools, ABudgetEndsThinking) {
  folder_.write("think.jinja", "{{ messages[0].content }}<think>");
  const std::vector<std::string> args = {"--chat",
                                         "--chat-template",
                                         path("think.jinja"),
                                         "-p",
                                         "Hello",
                                         "-n",
                                         "20",
                                         "-s",
                                         "1",
                                         "--reasoning-budget",
                                         "0"};
  const auto shown = [&](const char* reasoning) {
    std::vector<std::string> all = args;
    all.insert(all.end(), {"--reasoning", reasoning});
    return with_model("run", all).out;
  };
  EXPECT_EQ(shown("only"), "\n");
  EXPECT_FALSE(contains(shown("show"), "think>"));
  EXPECT_EQ(shown("none"), shown("show"));
}

}  // namespace
}  // namespace freshet::testing
