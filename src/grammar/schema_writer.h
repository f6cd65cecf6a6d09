// From schemas to productions: the texts of exactly the valid documents, narrowed as
// src/grammar/README.md says.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "grammar/literals.h"
#include "grammar/schema.h"

namespace freshet {

class SchemaWriter {
 public:
  SchemaWriter(Productions& productions, Schemas& schemas, Dialect dialect)
      : productions_(productions), schemas_(schemas), literals_(productions, dialect) {}

  /// The rule of a subschema; defined once finish() has run.
  [[nodiscard]] RuleId rule_of(SchemaId id);

  /// The arguments of a call, `(name=value, ...)`, valid under a schema of objects.
  [[nodiscard]] ExpressionId call_arguments(SchemaId id);

  /// Defines the rules asked for, and those that they ask for.
  void finish();

 private:
  friend class ObjectWriter;

  ExpressionId write(SchemaId id);
  ExpressionId write_plain(Schema schema);
  ExpressionId write_string(const Schema& schema);
  ExpressionId write_number(const Schema& schema);
  ExpressionId write_array(const Schema& schema);
  ExpressionId any_of(const std::vector<SchemaId>& alternatives);
  [[nodiscard]] ExpressionId call(SchemaId id) { return productions_.call(rule_of(id)); }

  Productions& productions_;
  Schemas& schemas_;
  Literals literals_;
  std::map<SchemaId, RuleId> rules_;
  std::vector<SchemaId> waiting_;
};

}  // namespace freshet
