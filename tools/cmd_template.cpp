// freshet template: the prompt that a conversation becomes.
#include <freshet/chat.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "tools/chat_template_options.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/model_options.h"
#include "tools/prompt_input.h"

namespace freshet {
namespace {

struct TemplateOptions {
  ModelOptions model;
  ChatTemplateOptions chat_template;
  std::string messages_file;
  std::string tools_file;
  std::string now;
  bool no_generation_prompt = false;
};

int run(const TemplateOptions& options) {
  const std::string tools = options.tools_file.empty() ? "" : read_text_file(options.tools_file);
  const ChatRequest request{.messages = read_text_file(options.messages_file),
                            .tools = tools,
                            .kwargs = options.chat_template.kwargs,
                            .add_generation_prompt = !options.no_generation_prompt,
                            .now = options.now};
  const ChatTemplate chat_template =
      open_chat_template(options.chat_template, options.model, !tools.empty(), Console());
  write_output(chat_template.render(request).text);
  return kExitOk;
}

}  // namespace

Command add_template_command(CLI::App& program) {
  CLI::App* command = program.add_subcommand("template", "show the prompt that messages become");
  command->footer(
      "Standard output carries the prompt and nothing else, not even a last newline.\n\n"
      "  freshet template -m model.gguf --messages chat.json --tools tools.json\n"
      "  freshet template --chat-template mine.jinja --messages chat.json --now 2026-11-21");
  const auto options = std::make_shared<TemplateOptions>();
  constexpr const char* kGroup = "Conversation";
  add_model_path_options(*command, options->model);
  add_chat_template_options(*command, options->chat_template);
  command
      ->add_option("--messages", options->messages_file,
                   "the messages, as JSON; - is standard input")
      ->option_text("FILE")
      ->group(kGroup)
      ->required();
  command->add_option("--tools", options->tools_file, "the tools, as JSON")
      ->option_text("FILE")
      ->group(kGroup);
  command
      ->add_flag("--no-generation-prompt", options->no_generation_prompt, "do not begin an answer")
      ->group(kGroup);
  command
      ->add_option("--now", options->now,
                   "what the template's clock shows: 2026-11-21 or 2026-11-21T09:30:00")
      ->option_text("TIME")
      ->group(kGroup);
  return {command, [options] { return run(*options); }};
}

}  // namespace freshet
