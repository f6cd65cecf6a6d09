// The flags that say what an answer must look like.
#pragma once

#include <freshet/grammar.h>

#include <optional>
#include <string>

#include "tools/cli_fwd.h"

namespace freshet {

struct ConstraintFlags {
  std::string json_schema;       ///< --json-schema: JSON, or a file of it
  std::string json_schema_file;  ///< --json-schema-file
  std::string grammar;           ///< --grammar: GBNF, or a file of it
  std::string grammar_file;      ///< --grammar-file
  bool json = false;             ///< --json: any JSON
};

void add_constraint_flags(CLI::App& command, ConstraintFlags& flags);

/// The grammar that they ask for, or nothing. Throws Error: kUsage for more than one of them.
[[nodiscard]] std::optional<Grammar> constraint_grammar(const ConstraintFlags& flags);

/// A JSON Schema given as its text or as a file's name.
[[nodiscard]] std::string read_schema_argument(const std::string& argument);

/// GBNF given as its text or as a file's name.
[[nodiscard]] std::string read_grammar_argument(const std::string& argument);

}  // namespace freshet
