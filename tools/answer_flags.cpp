#include "tools/answer_flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/format.h"
#include "tools/prompt_input.h"

namespace freshet {
namespace {

/// Whether a list of tools, known to be one, has a tool of this name.
bool declares(const std::string& tools, const std::string& name) {
  const auto list = nlohmann::json::parse(tools);
  return std::ranges::any_of(list, [&](const nlohmann::json& tool) {
    return (tool.contains("function") ? tool.at("function") : tool).at("name") == name;
  });
}

}  // namespace

void add_answer_flags(CLI::App& command, AnswerFlags& flags) {
  constexpr const char* kGroup = "Tools and thinking";
  command
      .add_option("--tools", flags.tools_file,
                  "functions that the model may call: a JSON list, as OpenAI's API has it")
      ->option_text("FILE")
      ->group(kGroup);
  command
      .add_option("--tool-choice", flags.tool_choice,
                  "auto, none, required (some tool), or the name of the one to call")
      ->option_text("CHOICE")
      ->group(kGroup);
  command
      .add_option("--reasoning", flags.reasoning,
                  "thinking is left out (none), shown (show), or all that is shown (only)")
      ->check(CLI::IsMember({"none", "show", "only"}))
      ->option_text("none|show|only")
      ->group(kGroup);
  command
      .add_option("--reasoning-budget", flags.reasoning_budget,
                  "most tokens of thinking, then the answer must begin; -1: no bound")
      ->check(CLI::Range(int64_t{-1}, int64_t{1} << 40))
      ->option_text("N")
      ->group(kGroup);
}

std::string declared_tools(const AnswerFlags& flags) {
  const bool is_named =
      flags.tool_choice != "auto" && flags.tool_choice != "none" && flags.tool_choice != "required";
  if (flags.tools_file.empty()) {
    if (!is_named && flags.tool_choice != "required") return {};
    throw Error(ErrorKind::kUsage,
                formatted("--tool-choice {} needs --tools FILE", flags.tool_choice));
  }
  const std::string tools = read_text_file(flags.tools_file);
  (void)AnswerParser({.tools = tools});  // refuses what are no tools
  if (is_named && !declares(tools, flags.tool_choice)) {
    throw Error(ErrorKind::kUsage,
                formatted("--tool-choice {}: expected auto, none, required, or a tool of {}",
                          flags.tool_choice, flags.tools_file));
  }
  const bool is_empty = nlohmann::json::parse(tools).empty();
  if (is_empty && flags.tool_choice == "required") {
    throw Error(ErrorKind::kUsage,
                formatted("--tool-choice required: {} declares no tools", flags.tools_file));
  }
  return is_empty || flags.tool_choice == "none" ? std::string() : tools;
}

ShownThinking shown_thinking(const AnswerFlags& flags) {
  if (flags.reasoning == "none") return ShownThinking::kNone;
  return flags.reasoning == "only" ? ShownThinking::kOnly : ShownThinking::kShow;
}

void apply_answer_flags(const AnswerFlags& flags, const std::string& tools,
                        const ChatTemplate& chat_template, const Engine& engine,
                        const Console& console, GenerateOptions& options) {
  options.show_marks = true;
  options.thinking_budget = flags.reasoning_budget;
  const bool may_think = chat_template.source().find("think>") != std::string::npos;
  options.constraint_start =
      may_think ? ConstraintStart::kAfterOptionalThinking : ConstraintStart::kAtOnce;
  if (tools.empty()) return;
  if (options.constraint) {
    throw Error(ErrorKind::kUsage,
                "--tools and a grammar or schema are given; an answer can follow only one of them");
  }
  const bool is_auto = flags.tool_choice == "auto";
  const bool is_named = !is_auto && flags.tool_choice != "required";
  try {
    options.constraint =
        ConstraintCompiler(engine.tokenizer(), 1)
            .compile_tools(tools, {.name = is_named ? flags.tool_choice : std::string()});
  } catch (const Error& error) {
    if (!is_auto || error.kind() != ErrorKind::kUnsupported) throw;
    console.warn(formatted("warning: tool calls are not constrained: {}", error.what()));
    return;
  }
  if (is_auto) options.constraint_start = ConstraintStart::kAtToolCall;
}

void follow_prompt(std::string_view prompt, GenerateOptions& options) {
  const std::string_view opened = opened_thinking(prompt);
  if (opened.empty()) return;
  options.think_open = true;
  if (options.constraint_start == ConstraintStart::kAfterOptionalThinking) {
    options.constraint_start = ConstraintStart::kAfterThinking;
  }
  if (options.show_marks && options.on_text) options.on_text(opened);
}

}  // namespace freshet
