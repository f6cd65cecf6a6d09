#include <freshet/chat.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "jinja/from_json.h"
#include "jinja/template.h"

namespace freshet::jinja {
namespace {

using nlohmann::json;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const json& goldens() {
  static const json all = json::parse(read_file(FRESHET_TESTS_DIR "/jinja/goldens.json"));
  return all;
}

Context golden_context() {
  const std::string text = goldens().at("context");
  const Value values = value_from_json(text, 0, "the context");
  Context context;
  for (const auto& [name, value] : values.dict()->entries) {
    context.emplace_back(to_utf8(*name.text()), value);
  }
  return context;
}

TEST(Goldens, TemplatesPrintWhatTheReferencePrints) {
  const Context context = golden_context();
  const auto render = [&](const std::string& source) {
    return to_utf8(
        Template("t", source).render(context, {.limits = {}, .now = "2026-11-21T09:30:05"}));
  };
  int n_refused = 0;
  for (const json& golden : goldens().at("templates")) {
    const std::string source = golden.at("template");
    if (!golden.at("text").is_null()) {
      EXPECT_EQ(render(source), golden.at("text").get<std::string>()) << source;
      continue;
    }
    ++n_refused;
    try {
      ADD_FAILURE() << source << " gives " << render(source);
    } catch (const Error& error) {
      EXPECT_TRUE(std::regex_search(error.what(), std::regex("^t, line \\d+, column \\d+: .")))
          << error.what();
    }
  }
  EXPECT_GT(n_refused, 50);
}

TEST(Goldens, PublishedTemplatesRenderConversationsByteForByte) {
  for (const json& golden : goldens().at("chats")) {
    const std::string name = golden.at("template");
    const ChatTemplate chat(name, read_file(FRESHET_TESTS_DIR "/chat/templates/" + name));
    const Prompt prompt =
        chat.render({.messages = golden.at("chat"),
                     .tools = golden.at("tools"),
                     .kwargs = golden.at("kwargs"),
                     .add_generation_prompt = golden.at("add_generation_prompt")});
    EXPECT_EQ(prompt.text, golden.at("text").get<std::string>()) << name << golden.at("chat");
  }
}

}  // namespace
}  // namespace freshet::jinja
