// freshet tokenize: how the model's vocabulary cuts a text.
#include <freshet/engine.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/format.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/model_options.h"
#include "tools/prompt_input.h"
#include "tools/quote_bytes.h"

namespace freshet {
namespace {

struct TokenizeOptions {
  ModelOptions model;
  PromptInput prompt;
  bool ids_only = false;
  bool no_bos = false;
  bool no_parse_special = false;
};

Tokenizer open_tokenizer(const ModelOptions& options, const Console& console) {
  const std::string path = resolve_model_path(options);
  return path.empty() ? open_model(options, console).tokenizer() : Tokenizer::open(path);
}

std::string id_list(std::span<const TokenId> ids) {
  return formatted("[{}]\n", fmt::join(ids, ", "));
}

/// One line for each token: its id, and its bytes in quotes.
std::string piece_lines(const Tokenizer& tokenizer, std::span<const TokenId> ids) {
  std::string lines;
  for (const TokenId id : ids) {
    lines += formatted("{:>6}  {}\n", id, quote_bytes(tokenizer.piece(id)));
  }
  return lines;
}

int run(const TokenizeOptions& options) {
  const Tokenizer tokenizer = open_tokenizer(options.model, Console());
  const std::string text = read_prompt_input(options.prompt, /*drop_last_newline=*/false);
  const std::vector<TokenId> ids = tokenizer.encode(
      text, {.add_bos = !options.no_bos, .parse_special = !options.no_parse_special});
  write_output(options.ids_only ? id_list(ids) : piece_lines(tokenizer, ids));
  return kExitOk;
}

}  // namespace

Command add_tokenize_command(CLI::App& program) {
  CLI::App* command = program.add_subcommand("tokenize", "show how a text becomes tokens");
  command->footer(
      "  freshet tokenize -m model.gguf \"hello world\"\n"
      "  freshet tokenize -m model.gguf --ids -f README.md");
  const auto options = std::make_shared<TokenizeOptions>();
  add_model_path_options(*command, options->model);
  add_prompt_options(*command, options->prompt);
  command->add_option("text", options->prompt.text, "the text; default: -f or standard input");
  command->add_flag("--ids", options->ids_only, "only the ids, as [1, 2, 3]")->group("Output");
  command->add_flag("--no-bos", options->no_bos, "no beginning-of-sequence token")->group("Output");
  command
      ->add_flag("--no-parse-special", options->no_parse_special,
                 "the names of control tokens are plain text")
      ->group("Output");
  return {command, [options] { return run(*options); }};
}

}  // namespace freshet
