// freshet run: one prompt, one completion.
#include <freshet/chat.h>
#include <freshet/generate.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "tools/answer_view.h"
#include "tools/chat_template_options.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/interrupt.h"
#include "tools/logprob_lines.h"
#include "tools/model_options.h"
#include "tools/prompt_input.h"
#include "tools/sampling_flags.h"

namespace freshet {
namespace {

struct RunOptions {
  ModelOptions model;
  ChatTemplateOptions chat_template;
  PromptInput prompt;
  GenerationFlags generation;
  AnswerFlags answer;
  bool chat = false;
  bool echo = false;
  int logprobs = -1;  ///< alternatives for each token; -1: not asked for
  std::string system;
  std::string system_file;
};

std::string system_prompt(const RunOptions& options) {
  return options.system_file.empty() ? options.system : read_text_file(options.system_file);
}

/// What the flags make of the prompt and of the answer.
struct Request {
  std::vector<TokenId> prompt;
  GenerateOptions options;
  std::string tools;
  std::string opened;  ///< what the prompt has begun to say for the model
};

/// With --tools, --json is not a grammar but the form of the whole result.
bool reports_json(const RunOptions& options) {
  return options.generation.constraint.json && !options.answer.tools_file.empty();
}

void add_chat_prompt(const Engine& engine, const RunOptions& options, const std::string& text,
                     const Console& console, Request& request) {
  using Json = nlohmann::ordered_json;
  const std::string system = system_prompt(options);
  Json messages = Json::array();
  if (!system.empty()) messages.push_back({{"role", "system"}, {"content", system}});
  messages.push_back({{"role", "user"}, {"content", text}});
  const ChatTemplate chat_template =
      load_chat_template(options.chat_template, engine.tokenizer(), templates_of(engine),
                         /*with_tools=*/!request.tools.empty(), console);
  const Prompt prompt = chat_template.render(
      {.messages = messages.dump(-1, ' ', false, Json::error_handler_t::replace),
       .tools = request.tools,
       .kwargs = options.chat_template.kwargs});
  request.prompt = encode_prompt(engine.tokenizer(), prompt);
  request.opened = opened_thinking(prompt.text);
  apply_answer_flags(options.answer, request.tools, chat_template, engine, console,
                     request.options);
}

void add_plain_prompt(const Engine& engine, const RunOptions& options, const std::string& text,
                      Request& request) {
  if (!system_prompt(options).empty()) {
    throw Error(ErrorKind::kUsage, "a system prompt (-sys) needs the chat template: add --chat");
  }
  request.prompt = engine.tokenizer().encode(text);
  if (request.prompt.empty()) {
    throw Error(ErrorKind::kUsage,
                "the prompt is empty, and this model has no token to begin from; give -p TEXT");
  }
  request.options.thinking_budget = options.answer.reasoning_budget;
  request.options.show_marks = !options.answer.reasoning.empty();
}

Request make_request(const Engine& engine, const RunOptions& options, const std::string& text,
                     const std::string& tools, const Console& console) {
  const ResolvedSampling sampling = resolve_flags(options.generation, engine);
  console.note("sampling: " + sampling.describe());
  GenerationFlags generation = options.generation;
  if (reports_json(options)) generation.constraint.json = false;
  Request request{.prompt = {},
                  .options = {.sampling = sampling.options,
                              .max_tokens = generation.max_tokens,
                              .stop = generation.stop,
                              .show_special = generation.show_special,
                              .constraint = resolve_constraint(generation, engine),
                              .top_logprobs = options.logprobs},
                  .tools = tools,
                  .opened = {}};
  if (options.chat || !options.answer.tools_file.empty()) {
    add_chat_prompt(engine, options, text, console, request);
  } else {
    add_plain_prompt(engine, options, text, request);
  }
  return request;
}

/// Generates, and writes the text as it comes: as it is, or taken apart where a flag asks for it.
Generation write_answer(Engine& engine, const RunOptions& options, Request& request) {
  const bool reports = reports_json(options);
  const bool takes_apart = !options.answer.tools_file.empty() || !options.answer.reasoning.empty();
  const bool lists_tokens = options.logprobs >= 0;
  AnswerView view({.tools = request.tools}, style_of_output(options.answer),
                  [&](std::string_view piece) {
                    if (!reports && !lists_tokens) write_output(piece);
                  });
  std::optional<ProgressBar> bar(std::in_place, "reading the prompt", request.prompt.size());
  request.options.on_prompt = [&](int64_t done, int64_t total) {
    if (bar) bar->update(done, total);
    if (done >= total) bar.reset();
  };
  request.options.on_text = [&](std::string_view piece) {
    if (takes_apart) {
      view.push(piece);
    } else if (!lists_tokens) {
      write_model_text(piece);
    }
  };
  follow_prompt(request.opened, request.options);
  Sequence sequence = engine.new_sequence();
  const Generation generation = generate(engine, sequence, request.prompt, request.options);
  bar.reset();
  if (lists_tokens) {
    write_output(logprob_lines(engine.tokenizer(), generation));
  } else if (takes_apart) {
    const Answer answer = view.finish();
    if (reports) write_output(result_json(answer, generation) + "\n");
  } else if (terminal_of(stdout).is_tty && !generation.text.ends_with('\n')) {
    write_output("\n");
  }
  return generation;
}

int run(const RunOptions& options) {
  const Console console(options.model.verbose);
  InterruptGuard interrupt;
  if (options.logprobs >= 0 && reports_json(options)) {
    throw Error(ErrorKind::kUsage, "--logprobs writes lines of its own; leave out --json");
  }
  const std::string tools = declared_tools(options.answer);
  const std::string text = read_prompt_input(options.prompt, /*drop_last_newline=*/true);
  Engine engine = open_model(options.model, console);
  Request request = make_request(engine, options, text, tools, console);
  request.options.cancel = &interrupt.flag();
  if (options.echo) write_output(text);
  const Generation generation = write_answer(engine, options, request);
  console.note(statistics_line(generation));
  if (generation.reason == StopReason::kContextFull) {
    console.note("stopped: the context is full (-c)");
  }
  if (!generation.constraint_met) {
    console.warn("the answer was cut off before it was complete; allow more tokens (-n, -c)");
  }
  return generation.reason == StopReason::kCancelled ? kExitInterrupted : kExitOk;
}

void add_run_flags(CLI::App& command, RunOptions& options) {
  constexpr const char* kGroup = "Prompt";
  add_model_options(command, options.model);
  add_prompt_options(command, options.prompt);
  command
      .add_flag("--chat,--conversation,!--no-conversation", options.chat,
                "ask it as one user turn, through the chat template")
      ->group(kGroup);
  command
      .add_option("--system-prompt", options.system, "with --chat: what the model is told first")
      ->option_text("TEXT")
      ->group(kGroup);
  command.add_option("--system-prompt-file", options.system_file, "the same from a file")
      ->option_text("FILE")
      ->group(kGroup);
  command
      .add_flag("--echo,--display-prompt,!--no-display-prompt", options.echo,
                "show the prompt before the text")
      ->group(kGroup);
  command
      .add_option("--logprobs", options.logprobs,
                  "instead of the text, a JSON object per token: its log-probability and those of "
                  "the N likeliest")
      ->check(CLI::Range(0, GenerateOptions::kMostAlternatives))
      ->option_text("N")
      ->group(kGroup);
  command.add_flag("--single-turn")->group("");  // a run has no second turn
  add_chat_template_options(command, options.chat_template);
  add_answer_flags(command, options.answer);
  add_generation_flags(command, options.generation);
}

}  // namespace

Command add_run_command(CLI::App& program) {
  CLI::App* command = program.add_subcommand("run", "complete a prompt");
  command->footer(
      "Standard output carries the model's text and nothing else. --tools means --chat; with "
      "--json\n"
      "too, it carries one JSON object: content, thinking, tool_calls, finish_reason, usage.\n\n"
      "  freshet run -m model.gguf -p \"The snow melts\" -n 64\n"
      "  freshet run -m model.gguf --chat -p \"Why is the sky blue?\"\n"
      "  git diff | freshet run -m model.gguf --chat -sys \"Review this change.\"\n"
      "  freshet run -m model.gguf --tools tools.json --json -p \"What is the weather in Paris?\"");
  const auto options = std::make_shared<RunOptions>();
  add_run_flags(*command, *options);
  return {command, [options] { return run(*options); }};
}

}  // namespace freshet
