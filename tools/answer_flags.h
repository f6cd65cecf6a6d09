// The flags about what an answer is made of: tools and thinking.
#pragma once

#include <freshet/answer.h>
#include <freshet/chat.h>
#include <freshet/generate.h>

#include <string>

#include "tools/cli_fwd.h"
#include "tools/console.h"

namespace freshet {

/// What of an answer is shown.
enum class ShownThinking { kNone, kShow, kOnly };

struct AnswerFlags {
  std::string tools_file;            ///< --tools
  std::string tool_choice = "auto";  ///< --tool-choice: auto, none, required or a tool's name
  std::string reasoning;             ///< --reasoning: none, show, only; empty: not given
  int64_t reasoning_budget = -1;     ///< --reasoning-budget, tokens; -1: no bound
};

void add_answer_flags(CLI::App& command, AnswerFlags& flags);

/// The declared tools as JSON text; empty without --tools, and where the choice is none. Throws
/// Error if the file is not what AnswerOptions::tools says or --tool-choice names no tool of it.
[[nodiscard]] std::string declared_tools(const AnswerFlags& flags);

[[nodiscard]] ShownThinking shown_thinking(const AnswerFlags& flags);

/// What the flags ask of answers to prompts of this template, beside a constraint that `options`
/// may have already: marks in the text, the bound on thinking, calls as `tools` (declared_tools)
/// allow them, a constraint from behind the thinking on. Where the choice is auto and the tools'
/// schemas cannot be enforced, calls are free and the console says so; otherwise that throws Error.
void apply_answer_flags(const AnswerFlags& flags, const std::string& tools,
                        const ChatTemplate& chat_template, const Engine& engine,
                        const Console& console, GenerateOptions& options);

/// Takes into account that the prompt may have ended with <think>: on_text is given it first.
void follow_prompt(std::string_view prompt, GenerateOptions& options);

}  // namespace freshet
