// freshet grammar check: whether a text is what a grammar or a schema allows.
#include <freshet/grammar.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/format.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/constraint_flags.h"
#include "tools/prompt_input.h"

namespace freshet {
namespace {

struct CheckFlags {
  std::string action;
  std::string grammar;
  std::string text_file;
};

/// GBNF says ::= somewhere, JSON begins with a brace; a file is known by what is in it.
Grammar read_grammar(const std::string& argument) {
  const auto is_schema = [](const std::string& text) {
    const size_t first = text.find_first_not_of(" \t\r\n");
    const std::string_view rest = std::string_view(text).substr(std::min(first, text.size()));
    return rest.starts_with('{') || rest.starts_with("true") || rest.starts_with("false");
  };
  if (is_schema(argument)) return Grammar::from_json_schema(argument);
  const std::string text = read_grammar_argument(argument);
  return is_schema(text) && text.find("::=") == std::string::npos ? Grammar::from_json_schema(text)
                                                                  : Grammar::from_gbnf(text);
}

int check(const CheckFlags& flags) {
  const Grammar grammar = read_grammar(flags.grammar);
  const std::string text = read_text_file(flags.text_file.empty() ? "-" : flags.text_file);
  GrammarVerdict verdict = grammar.check(text);
  // Editors end a file with a newline that nobody means.
  if (!verdict.accepted && text.ends_with('\n')) {
    const GrammarVerdict without = grammar.check(std::string_view(text).substr(0, text.size() - 1));
    if (without.accepted) verdict = without;
  }
  if (verdict.accepted) {
    write_output("accepted\n");
    return kExitOk;
  }
  write_output(formatted("not accepted at byte {}, line {}, column {}: expected {}, found {}\n",
                         verdict.offset, verdict.line, verdict.column, verdict.expected,
                         verdict.found));
  return kExitFailure;
}

}  // namespace

Command add_grammar_command(CLI::App& program) {
  CLI::App* command = program.add_subcommand("grammar", "check a text against a grammar");
  command->footer(
      "Exit code 0: accepted; 1: not accepted, and where not.\n\n"
      "  freshet grammar check schema.json --text answer.json\n"
      "  echo '[1, 2]' | freshet grammar check '{\"type\": \"array\"}'\n"
      "  freshet grammar check moves.gbnf --text game.txt");
  const auto flags = std::make_shared<CheckFlags>();
  command->add_option("action", flags->action, "check: say whether a text is accepted")
      ->required()
      ->check(CLI::IsMember({"check"}))
      ->option_text("check");
  command->add_option("grammar", flags->grammar, "GBNF or a JSON Schema: a file, or its text")
      ->required()
      ->option_text("FILE|JSON");
  command->add_option("--text", flags->text_file, "the text; without it, standard input")
      ->option_text("FILE");
  return {command, [flags] { return check(*flags); }};
}

}  // namespace freshet
