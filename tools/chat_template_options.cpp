#include "tools/chat_template_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "base/format.h"
#include "tools/prompt_input.h"

namespace freshet {

void add_chat_template_options(CLI::App& command, ChatTemplateOptions& options) {
  constexpr const char* kGroup = "Chat template";
  command
      .add_option("--chat-template", options.chat_template,
                  "chatml, or a file with a Jinja template; default: the model's own")
      ->option_text("NAME|FILE")
      ->group(kGroup);
  command
      .add_option("--chat-template-kwargs", options.kwargs,
                  "variables for the template, as in {\"enable_thinking\": false}")
      ->option_text("JSON")
      ->group(kGroup);
}

ModelTemplates templates_of(const Engine& engine) {
  return {.standard = engine.model().chat_template,
          .tool_use = engine.metadata_text("tokenizer.chat_template.tool_use").value_or("")};
}

namespace {

ChatTemplate load_named_template(const std::string& name, SpecialTexts texts) {
  const auto names = ChatTemplate::built_in_names();
  if (std::ranges::find(names, name) != names.end()) {
    return ChatTemplate::built_in(name, std::move(texts));
  }
  std::error_code ignored;
  if (name != "-" && !std::filesystem::exists(name, ignored)) {
    throw Error(ErrorKind::kUsage,
                formatted("--chat-template {}: expected a file, or the name of a built-in "
                          "template: {}",
                          name, fmt::join(names, ", ")));
  }
  return ChatTemplate(name, read_text_file(name), std::move(texts));
}

}  // namespace

ChatTemplate load_chat_template(const ChatTemplateOptions& options, const Tokenizer& tokenizer,
                                const ModelTemplates& templates, bool with_tools,
                                const Console& console) {
  if (!options.chat_template.empty()) {
    return load_named_template(options.chat_template, special_texts(tokenizer));
  }
  ChatTemplateChoice choice = choose_chat_template(tokenizer, templates, with_tools);
  if (!choice.warning.empty()) console.warn("warning: " + choice.warning);
  return std::move(choice.chat_template);
}

ChatTemplate open_chat_template(const ChatTemplateOptions& options, const ModelOptions& model,
                                bool with_tools, const Console& console) {
  const std::string path = resolve_model_path(model);
  if (path.empty() && !options.chat_template.empty()) {
    return load_named_template(options.chat_template, {});
  }
  if (path.empty()) {
    const Engine engine = open_model(model, console);
    return load_chat_template(options, engine.tokenizer(), templates_of(engine), with_tools,
                              console);
  }
  return load_chat_template(options, Tokenizer::open(path), read_model_templates(path), with_tools,
                            console);
}

}  // namespace freshet
