#include "tools/commands.h"

#include <CLI/CLI.hpp>

namespace freshet {

std::vector<Command> add_commands(CLI::App& program) {
  std::vector<Command> commands;
  for (const auto add :
       {add_run_command, add_chat_command, add_tokenize_command, add_logits_command,
        add_template_command, add_parse_command, add_grammar_command, add_bench_command,
        add_info_command, add_perplexity_command, add_imatrix_command, add_quantize_command,
        add_synth_command}) {
    commands.push_back(add(program));
    // Declared anew, it stands last in the help.
    commands.back().app->set_help_flag("-h,--help", "show this help")->group(kOtherFlags);
  }
  return commands;
}

}  // namespace freshet
