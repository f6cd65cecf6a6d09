// freshet chat: a conversation, typed or through a pipe.
#include <freshet/version.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>

#include "base/format.h"
#include "tools/chat_commands.h"
#include "tools/chat_session.h"
#include "tools/chat_template_options.h"
#include "tools/commands.h"
#include "tools/line_reader.h"
#include "tools/model_options.h"
#include "tools/paths.h"
#include "tools/prompt_input.h"
#include "tools/turn_reader.h"

namespace freshet {
namespace {

struct ChatOptions {
  ModelOptions model;
  ChatTemplateOptions chat_template;
  GenerationFlags generation;
  AnswerFlags answer;
  std::string system;
  std::string system_file;
  std::string first_message;
  bool single_turn = false;
  bool multiline = false;
};

std::optional<std::filesystem::path> history_file() {
  if (std::getenv("FRESHET_NOHISTORY") != nullptr) return std::nullopt;
  const auto folder = state_dir();
  return folder ? std::optional(*folder / "history") : std::nullopt;
}

TurnPrompts prompts(const Terminal& terminal) {
  // The reader counts columns: no colour where it would count its codes.
  return terminal.is_tty ? TurnPrompts{} : TurnPrompts{.first = "", .more = ""};
}

/// @FILE is what the file holds, anything else itself.
std::string result_from(const std::string& typed) {
  return typed.starts_with('@') ? read_text_file(typed.substr(1)) : typed;
}

/// The loop of turns. Interactive: an error is shown and the conversation goes on. From a pipe:
/// likewise, and the exit code tells.
class ChatLoop {
 public:
  ChatLoop(ChatSession& session, LineReader& lines, InterruptGuard& interrupt, bool interactive)
      : session_(session), lines_(lines), interrupt_(interrupt), interactive_(interactive) {}

  int run(const ChatOptions& options) {
    multiline_ = options.multiline;
    single_turn_ = options.single_turn;
    if (!options.first_message.empty()) take({.text = options.first_message});
    Turn turn;
    while (!(options.single_turn && n_turns_ > 0)) {
      interrupt_.reset();
      const LineStatus status =
          read_turn(lines_, prompts(session_.console().terminal()), options.multiline, turn);
      if (status == LineStatus::kInterrupted) return leave(kExitInterrupted);
      if (status == LineStatus::kEnd) return leave(n_failed_ > 0 ? kExitFailure : kExitOk);
      if (turn.text.find_first_not_of(" \t\n") == std::string::npos) continue;
      if (take(turn) == ChatStep::kLeave) break;
      // Nobody is at the keyboard to go on after a Ctrl-C.
      if (!interactive_ && interrupt_.requested()) return kExitInterrupted;
    }
    return n_failed_ > 0 && !interactive_ ? kExitFailure : kExitOk;
  }

 private:
  ChatStep take(const Turn& turn) {
    try {
      if (turn.is_command) {
        const ChatStep step = run_chat_command(session_, turn.text);
        return step == ChatStep::kLeave ? step : settle_calls();
      }
      ++n_turns_;
      session_.ask(turn.text);
      return settle_calls();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) {
        session_.console().note(error.what());
      } else {
        session_.console().warn(error.what());
        if (!interactive_) ++n_failed_;
      }
    }
    return ChatStep::kGoOn;
  }

  /// Asks for the result of each call, until the model makes none. A command instead of a result
  /// leaves the calls without one.
  ChatStep settle_calls() {
    while (!session_.calls().empty() && !single_turn_) {
      std::vector<std::string> results;
      for (const ToolCall& call : session_.calls()) {
        TurnPrompts ask = prompts(session_.console().terminal());
        if (!ask.first.empty()) ask.first = call.name + " returns (text or @FILE)> ";
        Turn turn;
        const bool has_turn = read_turn(lines_, ask, multiline_, turn) == LineStatus::kLine;
        if (!has_turn || turn.is_command) {
          session_.drop_calls();
          return has_turn ? take(turn) : ChatStep::kGoOn;
        }
        results.push_back(result_from(turn.text));
      }
      session_.give_results(results);
    }
    session_.drop_calls();
    return ChatStep::kGoOn;
  }

  // The shell's prompt begins on a line of its own.
  [[nodiscard]] int leave(int code) const {
    if (interactive_) session_.console().note("");
    return code;
  }

  ChatSession& session_;
  LineReader& lines_;
  InterruptGuard& interrupt_;
  bool interactive_;
  bool multiline_ = false;
  bool single_turn_ = false;
  int n_turns_ = 0;
  int n_failed_ = 0;
};

int run(const ChatOptions& options) {
  Console console(options.model.verbose);
  InterruptGuard interrupt;
  const std::string system =
      options.system_file.empty() ? options.system : read_text_file(options.system_file);
  const std::string tools = declared_tools(options.answer);
  Engine engine = open_model(options.model, console);
  ChatTemplate chat_template =
      load_chat_template(options.chat_template, engine.tokenizer(), templates_of(engine),
                         /*with_tools=*/!tools.empty(), console);
  ChatSession session({engine, console, interrupt}, {options.generation, options.answer},
                      std::move(chat_template),
                      {.system = system, .tools = tools, .kwargs = options.chat_template.kwargs});
  const bool interactive = isatty(STDIN_FILENO) == 1;
  console.note(session.describe());
  if (interactive) console.note(formatted("freshet {}; /help lists the commands", version()));
  const std::unique_ptr<LineReader> lines = interactive && !console.terminal().is_dumb
                                                ? make_editing_reader(history_file())
                                                : make_plain_reader(interactive);
  return ChatLoop(session, *lines, interrupt, interactive).run(options);
}

void add_chat_flags(CLI::App& command, ChatOptions& options) {
  constexpr const char* kGroup = "Conversation";
  add_model_options(command, options.model);
  command.add_option("--system-prompt", options.system, "what the model is told first")
      ->option_text("TEXT")
      ->group(kGroup);
  command.add_option("--system-prompt-file", options.system_file, "the same from a file")
      ->option_text("FILE")
      ->group(kGroup);
  command.add_option("-p,--prompt", options.first_message, "the first message")
      ->option_text("TEXT")
      ->group(kGroup);
  command.add_flag("--single-turn", options.single_turn, "leave after one answer")->group(kGroup);
  command
      .add_flag("--multiline-input", options.multiline,
                "a message goes on until a line ends with a backslash")
      ->group(kGroup);
  command.add_flag("--conversation")->group("");  // chat is nothing else
  add_chat_template_options(command, options.chat_template);
  add_answer_flags(command, options.answer);
  add_generation_flags(command, options.generation);
}

}  // namespace

Command add_chat_command(CLI::App& program) {
  CLI::App* command = program.add_subcommand("chat", "talk with the model");
  command->footer(
      "Without a terminal, each line of standard input is a message and standard output carries "
      "the\n"
      "answers. With --tools, the line that follows a call is its result.\n\n"
      "  freshet chat -m model.gguf -sys \"You are terse.\"\n"
      "  printf 'Hello\\nAnd now?\\n' | freshet chat -m model.gguf --temp 0");
  const auto options = std::make_shared<ChatOptions>();
  add_chat_flags(*command, *options);
  return {command, [options] { return run(*options); }};
}

}  // namespace freshet
