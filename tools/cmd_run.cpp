// freshet run: one prompt, one completion.
#include <freshet/chat.h>
#include <freshet/generate.h>

#include <memory>
#include <optional>

#include "tools/commands.h"
#include "tools/console.h"
#include "tools/interrupt.h"
#include "tools/model_options.h"
#include "tools/prompt_input.h"
#include "tools/sampling_flags.h"

namespace freshet {
namespace {

struct RunOptions {
  ModelOptions model;
  PromptInput prompt;
  GenerationFlags generation;
  bool chat = false;
  bool echo = false;
  std::string system;
  std::string system_file;
};

std::string system_prompt(const RunOptions& options) {
  return options.system_file.empty() ? options.system : read_text_file(options.system_file);
}

std::vector<TokenId> chat_prompt(const Tokenizer& tokenizer, const std::string& system,
                                 const std::string& text) {
  std::vector<ChatMessage> messages;
  if (!system.empty()) messages.push_back({"system", system});
  messages.push_back({"user", text});
  std::vector<TokenId> ids = tokenizer.encode("");  // a beginning of sequence, if the model has one
  const std::vector<TokenId> turn = encode_chatml(tokenizer, messages, /*open_answer=*/true);
  ids.insert(ids.end(), turn.begin(), turn.end());
  return ids;
}

std::vector<TokenId> prompt_tokens(const Tokenizer& tokenizer, const RunOptions& options,
                                   const std::string& text) {
  const std::string system = system_prompt(options);
  if (options.chat) return chat_prompt(tokenizer, system, text);
  if (!system.empty()) {
    throw Error(ErrorKind::kUsage, "a system prompt (-sys) needs the chat template: add --chat");
  }
  std::vector<TokenId> ids = tokenizer.encode(text);
  if (ids.empty()) {
    throw Error(ErrorKind::kUsage,
                "the prompt is empty, and this model has no token to begin from; give -p TEXT");
  }
  return ids;
}

int run(const RunOptions& options) {
  const Console console(options.model.verbose);
  InterruptGuard interrupt;
  const std::string text = read_prompt_input(options.prompt, /*drop_last_newline=*/true);
  Engine engine = open_model(options.model, console);
  const ResolvedSampling sampling = resolve_flags(options.generation, engine);
  console.note("sampling: " + sampling.describe());
  const std::vector<TokenId> prompt = prompt_tokens(engine.tokenizer(), options, text);
  if (options.echo) write_output(text);

  std::optional<ProgressBar> bar;
  bar.emplace("reading the prompt", prompt.size());
  Sequence sequence = engine.new_sequence();
  const Generation generation =
      generate(engine, sequence, prompt,
               {.sampling = sampling.options,
                .max_tokens = options.generation.max_tokens,
                .stop = options.generation.stop,
                .show_special = options.generation.show_special,
                .cancel = &interrupt.flag(),
                .on_prompt =
                    [&](int64_t done, int64_t total) {
                      if (bar) bar->update(static_cast<uint64_t>(done));
                      if (done >= total) bar.reset();
                    },
                .on_text = [](std::string_view piece) { write_model_text(piece); }});
  bar.reset();
  if (terminal_of(stdout).is_tty && !generation.text.ends_with('\n')) write_output("\n");
  console.note(statistics_line(generation));
  if (generation.reason == StopReason::kContextFull) {
    console.note("stopped: the context is full (-c)");
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
  command.add_flag("--single-turn")->group("");  // a run has no second turn
  add_generation_flags(command, options.generation);
}

}  // namespace

Command add_run_command(CLI::App& program) {
  CLI::App* command = program.add_subcommand("run", "complete a prompt");
  command->footer(
      "Standard output carries the model's text and nothing else.\n\n"
      "  freshet run -m model.gguf -p \"The snow melts\" -n 64\n"
      "  freshet run -m model.gguf --chat -p \"Why is the sky blue?\"\n"
      "  git diff | freshet run -m model.gguf --chat -sys \"Review this change.\"");
  const auto options = std::make_shared<RunOptions>();
  add_run_flags(*command, *options);
  return {command, [options] { return run(*options); }};
}

}  // namespace freshet
