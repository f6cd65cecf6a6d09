// freshet parse.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "e2e/cli_support.h"
#include "support/edited_model.h"
#include "support/temporary_folder.h"

namespace freshet::testing {
namespace {

using Json = nlohmann::ordered_json;

TEST(CliParse, TakesAModelsTextApart) {
  const ProcessResult result = freshet(
      {"parse"},
      "<think>Rain?</think>Let me look.<|tool_call_start|>[get_weather(city=\"Paris\", n=3)]"
      "<|tool_call_end|>");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out,
            R"({"content":"Let me look.","thinking":"Rain?","tool_calls":)"
            R"([{"id":"call_1","name":"get_weather","arguments":{"city":"Paris","n":3}}]})"
            "\n");
  EXPECT_EQ(result.err, "");
}

TEST(CliParse, KnowsThatThePromptOpenedThinking) {
  const ProcessResult result = freshet({"parse", "--think-open"}, "Rain?</think>Yes.");
  EXPECT_EQ(result.out, "{\"content\":\"Yes.\",\"thinking\":\"Rain?\",\"tool_calls\":[]}\n");
}

TEST(CliParse, AsksTheModelsTemplateWhetherThePromptOpenedThinking) {
  const TemporaryFolder folder;
  const std::string model = folder.path() / "m.gguf";
  EditedModel(small_model().path())
      .with_key("tokenizer.chat_template",
                std::string("{{ messages[0].content }}{% if not brief %}<think>\n{% endif %}"))
      .with_key("tokenizer.chat_template.tool_use", std::string("{{ messages[0].content }}"))
      .write(model);
  folder.write("tools.json", R"([{"name": "f"}])");
  const std::string text = "Rain?</think>Yes.";
  const std::string opened = freshet({"parse", "--think-open"}, text).out;
  const std::string not_opened = freshet({"parse"}, text).out;
  EXPECT_EQ(freshet({"parse", "-m", model}, text).out, opened);
  EXPECT_EQ(freshet({"parse", "-m", model, "--tools", folder.path() / "tools.json"}, text).out,
            not_opened);
  EXPECT_EQ(freshet({"parse", "-m", model, "--chat-template-kwargs", R"({"brief": 1})"}, text).out,
            not_opened);
  EXPECT_EQ(freshet({"parse", "-m", small_model().path()}, text).out, not_opened);
  EXPECT_EQ(freshet({"parse", "--chat-template", "chatml"}, text).out, not_opened);
  expect_one_line_of_error(freshet({"parse", "-m", folder.path() / "none.gguf"}, text), 1);
}

TEST(CliParse, TypesArgumentsByTheDeclaredTools) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "tools.json").string();
  std::ofstream(path) << R"([{"type": "function", "function": {"name": "f", "parameters":
      {"properties": {"n": {"type": "integer"}}, "required": ["n", "m"]}}}])";
  const ProcessResult result = freshet({"parse", "--tools", path}, "[f(n='3')]");
  EXPECT_EQ(result.out, R"({"content":"","thinking":"","tool_calls":[{"id":"call_1","name":"f",)"
                        R"("arguments":{"n":3},"problems":["m: is required and missing"]}]})"
                        "\n");
}

TEST(CliParse, StreamsDeltasWhoseSumIsTheWhole) {
  const std::string text =
      "<think>a \xE2\x82\xAC</think>b <|tool_call_start|>[f(x='\xE2\x82\xAC'), g()]"
      "<|tool_call_end|> c <|tool";
  const Json whole = Json::parse(freshet({"parse"}, text).out);
  for (const char* piece : {"1", "2", "7", "1000"}) {
    const ProcessResult result = freshet({"parse", "--stream", piece}, text);
    Json sum = {{"content", ""}, {"thinking", ""}, {"tool_calls", Json::array()}};
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);) {
      const Json delta = Json::parse(line);
      EXPECT_FALSE(delta.empty());
      for (const auto& [key, value] : delta.items()) {
        if (value.is_array()) {
          for (const Json& call : value) sum[key].push_back(call);
        } else {
          sum[key] = sum[key].get<std::string>() + value.get<std::string>();
        }
      }
    }
    EXPECT_EQ(sum, whole) << piece;
  }
}

TEST(CliParse, LeavesOutTheEndOfTheTurn) {
  EXPECT_EQ(freshet({"parse"}, "Yes.<|im_end|>\n").out, freshet({"parse"}, "Yes.").out);
}

TEST(CliParse, KeepsEveryByteOfTheText) {
  EXPECT_EQ(freshet({"parse"}, "\n a \n").out,
            "{\"content\":\"\\n a \\n\",\"thinking\":\"\",\"tool_calls\":[]}\n");
  EXPECT_EQ(freshet({"parse"}, "").out, "{\"content\":\"\",\"thinking\":\"\",\"tool_calls\":[]}\n");
}

TEST(CliParse, RefusesToolsThatAreNone) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "tools.json").string();
  expect_one_line_of_error(freshet({"parse", "--tools", path}, "x"), 1);
  std::ofstream(path) << "{";
  expect_one_line_of_error(freshet({"parse", "--tools", path}, "x"), 1);
  expect_one_line_of_error(freshet({"parse", "--stream", "0"}, "x"), 2);
}

}  // namespace
}  // namespace freshet::testing
