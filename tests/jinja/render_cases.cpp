// Renders what a script asks for: one JSON object to a line in, one out. Beside the tests, for the
// script that compares this engine with the reference.
//
//   {"template": "...", "context": "{...}"}                        a template alone
//   {"template": "...", "chat": "{\"messages\": ...}", "tools": "...", "kwargs": "...",
//    "add_generation_prompt": true, "now": "..."}                  a chat template
//   -> {"text": "..."} or {"error": "..."}
#include <freshet/chat.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "jinja/from_json.h"
#include "jinja/template.h"

namespace {

using nlohmann::json;

std::string render(const json& request) {
  const std::string source = request.at("template");
  const auto text = [&](const char* key) { return request.value(key, std::string()); };
  if (request.contains("chat")) {
    const freshet::ChatTemplate chat("template", source);
    return chat
        .render({.messages = text("chat"),
                 .tools = text("tools"),
                 .kwargs = text("kwargs"),
                 .add_generation_prompt = request.value("add_generation_prompt", true),
                 .now = text("now")})
        .text;
  }
  const freshet::jinja::Template parsed("template", source);
  freshet::jinja::Context context;
  // As text, so that the order of members is kept.
  const auto values = freshet::jinja::value_from_json(text("context"), 0, "the context");
  for (const auto& [name, value] : values.dict()->entries) {
    context.emplace_back(freshet::jinja::to_utf8(*name.text()), value);
  }
  return freshet::jinja::to_utf8(parsed.render(context, {.now = text("now")}));
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    json answer;
    try {
      answer["text"] = render(json::parse(line));
    } catch (const std::exception& error) {
      answer["error"] = error.what();
    }
    std::cout << answer.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  }
  return 0;
}
