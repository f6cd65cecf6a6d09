// freshet parse: a model's text taken apart, as run and chat do it.
#include <freshet/answer.h>
#include <freshet/chat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>

#include "tools/chat_template_options.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/model_options.h"
#include "tools/prompt_input.h"

namespace freshet {
namespace {

struct ParseOptions {
  ModelOptions model;
  ChatTemplateOptions chat_template;
  std::string tools_file;
  bool think_open = false;
  size_t stream = 0;  ///< bytes in a piece; 0: all at once
};

/// What ends a turn is no part of the text; dumps of raw output carry it at their end.
std::string_view without_end_of_turn(std::string_view text) {
  constexpr std::array<std::string_view, 2> kEnds = {"<|im_end|>", "<|endoftext|>"};
  const std::string_view trimmed = text.substr(0, text.find_last_not_of('\n') + 1);
  for (const std::string_view end : kEnds) {
    if (trimmed.ends_with(end)) return trimmed.substr(0, trimmed.size() - end.size());
  }
  return text;
}

void write_line(const Answer& answer, bool only_changes) {
  write_output(to_json(answer, only_changes) + "\n");
}

void write_deltas(AnswerParser parser, std::string_view text, size_t piece) {
  for (size_t at = 0; at < text.size(); at += piece) {
    const Answer delta = parser.push(text.substr(at, piece));
    if (!delta.empty()) write_line(delta, /*only_changes=*/true);
  }
  const Answer last = parser.finish();
  if (!last.empty()) write_line(last, /*only_changes=*/true);
}

/// Whether the model's template, or the one that is named, begins answers with <think>.
bool template_opens_thinking(const ParseOptions& options, const std::string& tools) {
  const bool is_known =
      !resolve_model_path(options.model).empty() || !options.chat_template.chat_template.empty();
  if (!is_known) return false;
  const Prompt prompt =
      open_chat_template(options.chat_template, options.model, !tools.empty(), Console())
          .render({.messages = R"([{"role": "user", "content": "Hello"}])",
                   .tools = tools,
                   .kwargs = options.chat_template.kwargs});
  return !opened_thinking(prompt.text).empty();
}

int run(const ParseOptions& options) {
  AnswerOptions answer;
  if (!options.tools_file.empty()) answer.tools = read_text_file(options.tools_file);
  answer.think_open = options.think_open || template_opens_thinking(options, answer.tools);
  const std::string input = read_text_file("-");
  const std::string_view text = without_end_of_turn(input);
  if (options.stream > 0) {
    write_deltas(AnswerParser(answer), text, options.stream);
  } else {
    write_line(parse_answer(text, answer), /*only_changes=*/false);
  }
  return kExitOk;
}

}  // namespace

Command add_parse_command(CLI::App& program) {
  CLI::App* command = program.add_subcommand("parse", "take a model's text apart");
  command->footer(
      "Reads the text from standard input and prints one JSON object with content, thinking and\n"
      "tool_calls. What is wrong with a call is in its problems. With -m or --chat-template, the\n"
      "template says whether the prompt ended with <think>.\n\n"
      "  freshet parse -m model.gguf --tools tools.json < answer.txt\n"
      "  freshet parse --think-open --stream 7 < answer.txt");
  const auto options = std::make_shared<ParseOptions>();
  add_model_path_options(*command, options->model);
  add_chat_template_options(*command, options->chat_template);
  command->add_option("--tools", options->tools_file, "the declared tools, as JSON")
      ->option_text("FILE");
  command->add_flag("--think-open", options->think_open, "the prompt ended with <think>");
  command
      ->add_option("--stream", options->stream,
                   "take N bytes at a time; each line is what they add, empty members left out")
      ->check(CLI::Range(size_t{1}, size_t{1} << 30))
      ->option_text("N");
  return {command, [options] { return run(*options); }};
}

}  // namespace freshet
