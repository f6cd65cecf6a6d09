#include "tools/constraint_flags.h"

#include <freshet/error.h>

#include <CLI/CLI.hpp>

#include "tools/prompt_input.h"

namespace freshet {

void add_constraint_flags(CLI::App& command, ConstraintFlags& flags) {
  constexpr const char* kGroup = "Structured output";
  command
      .add_option("-j,--json-schema", flags.json_schema,
                  "write JSON that is valid under this schema: its text, or a file")
      ->option_text("FILE|JSON")
      ->group(kGroup);
  command.add_option("--json-schema-file", flags.json_schema_file, "the same from a file")
      ->option_text("FILE")
      ->group(kGroup);
  command
      .add_option("--grammar", flags.grammar,
                  "write what this GBNF grammar allows: its text, or a file")
      ->option_text("FILE|TEXT")
      ->group(kGroup);
  command.add_option("--grammar-file", flags.grammar_file, "the same from a file")
      ->option_text("FILE")
      ->group(kGroup);
  command.add_flag("--json", flags.json, "write JSON, whatever it says")->group(kGroup);
}

std::string read_schema_argument(const std::string& argument) {
  const size_t first = argument.find_first_not_of(" \t\r\n");
  const bool is_text = first != std::string::npos && argument[first] == '{';
  return is_text || argument == "true" || argument == "false" ? argument : read_text_file(argument);
}

std::string read_grammar_argument(const std::string& argument) {
  return argument.find("::=") != std::string::npos ? argument : read_text_file(argument);
}

std::optional<Grammar> constraint_grammar(const ConstraintFlags& flags) {
  const int n_given = int{!flags.json_schema.empty()} + int{!flags.json_schema_file.empty()} +
                      int{!flags.grammar.empty()} + int{!flags.grammar_file.empty()} +
                      int{flags.json};
  if (n_given > 1) {
    throw Error(ErrorKind::kUsage,
                "more than one of --json-schema, --grammar and --json is given; an answer can "
                "follow only one of them");
  }
  if (!flags.json_schema.empty()) {
    return Grammar::from_json_schema(read_schema_argument(flags.json_schema));
  }
  if (!flags.json_schema_file.empty()) {
    return Grammar::from_json_schema(read_text_file(flags.json_schema_file));
  }
  if (!flags.grammar.empty()) return Grammar::from_gbnf(read_grammar_argument(flags.grammar));
  if (!flags.grammar_file.empty()) return Grammar::from_gbnf(read_text_file(flags.grammar_file));
  return flags.json ? std::optional(Grammar::any_json()) : std::nullopt;
}

}  // namespace freshet
