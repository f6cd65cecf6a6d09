// The commands of the program. Each lives in one file, cmd_NAME.cpp, whose one function declares
// the command's flags and says how to run it; commands.cpp lists them all.
#pragma once

#include <functional>
#include <vector>

#include "tools/cli_fwd.h"

namespace freshet {

/// Exit codes. Ctrl-C is 128 + SIGINT, as a shell reports it.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInterrupted = 130;

/// The group of flags that stands last in a command's help.
inline constexpr const char* kOtherFlags = "Other";

struct Command {
  CLI::App* app;             ///< the sub-command with its flags, owned by the program
  std::function<int()> run;  ///< called after parsing; returns the exit code, may throw Error
};

Command add_run_command(CLI::App& program);
Command add_chat_command(CLI::App& program);
Command add_tokenize_command(CLI::App& program);
Command add_logits_command(CLI::App& program);
Command add_bench_command(CLI::App& program);
Command add_template_command(CLI::App& program);
Command add_parse_command(CLI::App& program);
Command add_grammar_command(CLI::App& program);
Command add_info_command(CLI::App& program);
Command add_perplexity_command(CLI::App& program);
Command add_imatrix_command(CLI::App& program);
Command add_quantize_command(CLI::App& program);
Command add_synth_command(CLI::App& program);

/// Declares all of them, in the order of --help.
std::vector<Command> add_commands(CLI::App& program);

}  // namespace freshet
