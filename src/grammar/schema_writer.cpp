#include "grammar/schema_writer.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "grammar/network.h"
#include "grammar/regex.h"
#include "grammar/schema_object.h"

namespace freshet {

namespace types = schema_types;

RuleId SchemaWriter::rule_of(SchemaId id) {
  const auto [known, is_new] = rules_.try_emplace(id, 0);
  if (is_new) {
    known->second = productions_.declare(schemas_.at(id).pointer);
    waiting_.push_back(id);
  }
  return known->second;
}

void SchemaWriter::finish() {
  while (!waiting_.empty()) {
    const SchemaId id = waiting_.back();
    waiting_.pop_back();
    productions_.define(rules_.at(id), write(id));
  }
}

ExpressionId SchemaWriter::any_of(const std::vector<SchemaId>& alternatives) {
  std::vector<ExpressionId> ways;
  for (const SchemaId alternative : alternatives) ways.push_back(call(alternative));
  return productions_.choice(ways);
}

// A schema that does nothing but refer or choose keeps the rules of what it names; all else is
// multiplied out.
ExpressionId SchemaWriter::write(SchemaId id) {
  const Schema& schema = schemas_.at(id);
  const size_t n_parts = schema.all_of.size() + schema.any_of.size() + schema.one_of.size();
  if (schema.is_bare() && n_parts == 1) {
    if (!schema.all_of.empty()) return call(schema.all_of[0]);
    if (!schema.any_of.empty()) return any_of(schema.any_of[0]);
    schemas_.require_disjoint(schema.one_of[0], schema.pointer);
    return any_of(schema.one_of[0]);
  }
  std::vector<ExpressionId> ways;
  for (const Schema& plain : *schemas_.flatten(id)) ways.push_back(write_plain(plain));
  return productions_.choice(ways);
}

ExpressionId SchemaWriter::write_plain(Schema schema) {
  std::vector<ExpressionId> ways;
  if (const auto values = std::exchange(schema.values, std::nullopt)) {
    for (const Json& value : *values) {
      if (is_valid(schemas_, schema, value)) ways.push_back(literals_.value(value));
    }
    return productions_.choice(ways);
  }
  if (schema.is_bare()) return literals_.any_value();
  if (schema.types == types::kAll) {
    // Without "type" other types would be valid too; what is meant are those that it speaks of.
    schema.types = (schema.constrains_numbers() ? types::kNumber : 0) |
                   (schema.constrains_strings() ? types::kString : 0) |
                   (schema.constrains_arrays() ? types::kArray : 0) |
                   (schema.constrains_objects() ? types::kObject : 0);
  }
  const auto has = [&](unsigned type) { return (schema.types & type) != 0; };
  if (has(types::kObject)) {
    ways.push_back(ObjectWriter(*this, schema, ObjectWriter::Form::kBraces).write());
  }
  if (has(types::kArray)) ways.push_back(write_array(schema));
  if (has(types::kString)) ways.push_back(write_string(schema));
  if (has(types::kNumber)) ways.push_back(write_number(schema));
  if (has(types::kBoolean)) ways.push_back(literals_.boolean());
  if (has(types::kNull)) ways.push_back(literals_.null());
  return productions_.choice(ways);
}

ExpressionId SchemaWriter::write_string(const Schema& schema) {
  if (schema.min_length > schema.max_length) return productions_.never();
  if (schema.patterns.empty()) return literals_.any_string(schema.min_length, schema.max_length);
  const std::string where = "schema: " + schema.pointer;
  const bool any_length = schema.min_length == 0 && schema.max_length == kUnlimited;
  return literals_.quoted_string([&](char quote) {
    const auto character = [&](const CodePointSet& set) { return literals_.character(set, quote); };
    if (any_length && schema.patterns.size() == 1) {
      return Regex(schema.patterns[0], where).write(productions_, character);
    }
    CharacterAutomaton all = CharacterAutomaton::of_length(schema.min_length, schema.max_length);
    for (const std::string& pattern : schema.patterns) {
      all = all.intersect(Regex(pattern, where).automaton(), where);
    }
    return write_automaton(all, productions_, character);
  });
}

ExpressionId SchemaWriter::write_number(const Schema& schema) {
  const bool integer = (schema.types & types::kFraction) == 0;
  if (!schema.constrains_numbers()) return integer ? literals_.integer() : literals_.number();
  return write_automaton(number_range(schema.minimum, schema.maximum, integer), productions_,
                         [&](const CodePointSet& set) { return productions_.characters(set); });
}

ExpressionId SchemaWriter::write_array(const Schema& schema) {
  if (schema.min_items > schema.max_items) return productions_.never();
  const auto n_prefix = std::min(schema.prefix.size(), size_t{schema.max_items});
  const auto item = [&] { return schema.items ? call(*schema.items) : literals_.any_value(); };
  if (n_prefix == 0) {
    return literals_.list("[", item(), "]", schema.min_items, schema.max_items);
  }
  const uint32_t least =
      schema.min_items > n_prefix ? schema.min_items - static_cast<uint32_t>(n_prefix) : 0;
  const uint32_t most = schema.max_items == kUnlimited
                            ? kUnlimited
                            : schema.max_items - static_cast<uint32_t>(n_prefix);
  ExpressionId tail =
      productions_.repeat(productions_.sequence({literals_.comma(), item()}), least, most);
  for (size_t i = n_prefix; i-- > 0;) {
    std::vector<ExpressionId> parts = {call(schema.prefix[i]), tail};
    if (i > 0) parts.insert(parts.begin(), literals_.comma());
    tail = productions_.sequence(parts);
    if (i >= schema.min_items) tail = productions_.optional(tail);
  }
  return productions_.sequence({productions_.literal("["), literals_.gap(), tail, literals_.gap(),
                                productions_.literal("]")});
}

ExpressionId SchemaWriter::call_arguments(SchemaId id) {
  std::vector<ExpressionId> ways;
  for (const Schema& plain : *schemas_.flatten(id)) {
    if ((plain.types & types::kObject) == 0 || plain.values) {
      fail(ErrorKind::kUnsupported, "tools: {}: expected a schema of an object of parameters",
           plain.pointer);
    }
    ways.push_back(ObjectWriter(*this, plain, ObjectWriter::Form::kCall).write());
  }
  return productions_.choice(ways);
}

Grammar Grammar::from_json_schema(std::string_view text) {
  const Json document = read_json(text, "schema");
  Schemas schemas;
  const SchemaId root = read_schema(schemas, document);
  Productions productions;
  SchemaWriter writer(productions, schemas, Dialect::kJson);
  productions.set_start(writer.rule_of(root));
  writer.finish();
  return Grammar(std::make_shared<const Impl>(Network::compile(productions)));
}

Grammar Grammar::any_json() {
  Productions productions;
  Literals literals(productions, Dialect::kJson);
  productions.set_start(productions.add("JSON", literals.any_value()));
  return Grammar(std::make_shared<const Impl>(Network::compile(productions)));
}

}  // namespace freshet
