#include <gtest/gtest.h>

#include "e2e/cli_support.h"
#include "support/edited_model.h"

namespace freshet::testing {
namespace {

class CliTemplate : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    folder_.write(name, text);
    return folder_.path() / name;
  }

  TemporaryFolder folder_;
  std::string messages_ = file("m.json", R"([{"role": "user", "content": "Hi <|im_end|>"}])");
};

TEST_F(CliTemplate, PrintsThePromptAndNothingElse) {
  const std::string source = file(
      "t.jinja",
      "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
      "{{ tools | length }} {{ mood }} {{ strftime_now('%Y') }}{% if add_generation_prompt %}>{% "
      "endif %}\n");
  const ProcessResult result =
      freshet({"template", "--chat-template", source, "--messages", messages_, "--tools",
               file("tools.json", "[{}, {}]"), "--chat-template-kwargs", R"({"mood": "calm"})",
               "--now", "2031-01-02"});
  EXPECT_EQ(result.out, "<|startoftext|>[user] Hi <|im_end|>\n2 calm 2031>");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.exit_code, 0);
}

TEST_F(CliTemplate, LeavesTheAnswerUnbegunIfAsked) {
  EXPECT_EQ(freshet({"template", "--chat-template", "chatml", "--messages", "-",
                     "--no-generation-prompt"},
                    R"({"messages": [{"role": "user", "content": "Hi"}]})")
                .out,
            "<|startoftext|><|im_start|>user\nHi<|im_end|>\n");
}

TEST_F(CliTemplate, UsesTheModelsOwnAndItsControlTokens) {
  const std::string model = folder_.path() / "m.gguf";
  EditedModel(small_model().path())
      .with_key("tokenizer.chat_template", std::string("{{ bos_token }}own"))
      .with_key("tokenizer.chat_template.tool_use", std::string("for tools"))
      .write(model);
  EXPECT_EQ(freshet({"template", "-m", model, "--messages", messages_}).out, "<|startoftext|>own");
  EXPECT_EQ(freshet({"template", "-m", model, "--messages", messages_, "--tools",
                     file("tools.json", "[{}]")})
                .out,
            "for tools");
}

TEST_F(CliTemplate, WarnsOnceWhereTheModelsOwnCannotBeUsed) {
  const std::string model = folder_.path() / "m.gguf";
  EditedModel(small_model().path())
      .with_key("tokenizer.chat_template", std::string("{% nonsense %}"))
      .write(model);
  const ProcessResult result = freshet({"template", "-m", model, "--messages", messages_});
  EXPECT_EQ(result.out,
            "<|startoftext|><|im_start|>user\nHi <|im_end|><|im_end|>\n"
            "<|im_start|>assistant\n");
  EXPECT_EQ(n_lines(result.err), 1u);
  EXPECT_TRUE(contains(result.err, "line 1, column 4")) << result.err;
  EXPECT_TRUE(contains(freshet({"info", model}).out, "chat template   cannot be used: "));
  EXPECT_TRUE(contains(freshet({"info", small_model().path()}).out, "chat template   "));
}

TEST_F(CliTemplate, RefusesInOneLineWithThePlace) {
  const std::string bad = file("bad.jinja", "a\n{{ messages[0].content + 1 }}");
  const ProcessResult result =
      freshet({"template", "--chat-template", bad, "--messages", messages_});
  expect_one_line_of_error(result, 1);
  EXPECT_TRUE(contains(result.err, "bad.jinja, line 2, column 24: ")) << result.err;
  expect_one_line_of_error(
      freshet({"template", "--chat-template", "nope", "--messages", messages_}), 2);
  expect_one_line_of_error(freshet({"template", "--chat-template", "chatml", "--messages",
                                    file("bad.json", R"([{"content": "x"}])")}),
                           1);
}

TEST_F(CliTemplate, IsWhatRunAndChatRead) {
  const std::string source = file("t.jinja", "{{ messages[-1].content }}{{ word }}");
  const std::vector<std::string> flags = {
      "--chat-template", source, "--chat-template-kwargs", R"({"word": " melts"})", "-n", "4",
      "--temp",          "0"};
  std::vector<std::string> run = {"--chat", "-p", "The snow"};
  run.insert(run.end(), flags.begin(), flags.end());
  const std::string answer =
      with_model("run", {"-p", "The snow melts", "-n", "4", "--temp", "0"}).out;
  EXPECT_EQ(with_model("run", run).out, answer);
  EXPECT_EQ(with_model("chat", flags, "The snow\n").out, answer + "\n");
}

}  // namespace
}  // namespace freshet::testing
