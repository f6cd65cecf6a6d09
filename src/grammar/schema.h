// A JSON Schema, understood: keywords in their places, references resolved, subschemas numbered.
//
//   read_schema   text -> Schemas              schema_reader.cpp: every keyword enforced or refused
//   Schemas::flatten  allOf, anyOf, oneOf -> a list of plain schemas      schema_merge.cpp
//   is_valid, are_disjoint                     what oneOf and enum need   schema_logic.cpp
//   SchemaWriter  plain schema -> productions                             schema_writer.cpp
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "grammar/json_input.h"
#include "grammar/number_range.h"
#include "grammar/schema_names.h"

namespace freshet {

using SchemaId = uint32_t;

/// Bits of Schema::types.
namespace schema_types {
inline constexpr unsigned kNull = 1;
inline constexpr unsigned kBoolean = 2;
inline constexpr unsigned kInteger = 4;
inline constexpr unsigned kFraction = 8;  ///< numbers that are no integers; "number" is both
inline constexpr unsigned kString = 16;
inline constexpr unsigned kArray = 32;
inline constexpr unsigned kObject = 64;
inline constexpr unsigned kNumber = kInteger | kFraction;
inline constexpr unsigned kAll = 127;
}  // namespace schema_types

/// One subschema. Default: anything is valid.
struct Schema {
  std::string pointer;  ///< where it stands, for messages

  unsigned types = schema_types::kAll;      ///< that "type" allows
  std::optional<std::vector<Json>> values;  ///< enum, const

  std::optional<NumberBound> minimum;
  std::optional<NumberBound> maximum;

  uint32_t min_length = 0;
  uint32_t max_length = UINT32_MAX;
  std::vector<std::string> patterns;  ///< of "pattern" and "format", all of which hold

  std::vector<SchemaId> prefix;
  std::optional<SchemaId> items;
  uint32_t min_items = 0;
  uint32_t max_items = UINT32_MAX;

  NamedValues<SchemaId> properties;
  NamedValues<std::monostate> required;
  std::optional<SchemaId> additional;
  uint32_t min_properties = 0;
  uint32_t max_properties = UINT32_MAX;

  std::vector<SchemaId> all_of;               ///< with $ref among them
  std::vector<std::vector<SchemaId>> any_of;  ///< of each, at least one
  std::vector<std::vector<SchemaId>> one_of;  ///< of each, exactly one

  [[nodiscard]] bool constrains_numbers() const { return minimum || maximum; }
  [[nodiscard]] bool constrains_strings() const {
    return min_length > 0 || max_length != UINT32_MAX || !patterns.empty();
  }
  [[nodiscard]] bool constrains_arrays() const {
    return !prefix.empty() || items || min_items > 0 || max_items != UINT32_MAX;
  }
  [[nodiscard]] bool constrains_objects() const {
    return !properties.empty() || !required.empty() || additional || min_properties > 0 ||
           max_properties != UINT32_MAX;
  }
  [[nodiscard]] bool combines() const {
    return !all_of.empty() || !any_of.empty() || !one_of.empty();
  }
  /// Says nothing itself beside what it combines.
  [[nodiscard]] bool is_bare() const {
    return types == schema_types::kAll && !values && !constrains_numbers() &&
           !constrains_strings() && !constrains_arrays() && !constrains_objects();
  }
};

/// Plain schemas: they combine nothing.
using PlainSchemas = std::shared_ptr<const std::vector<Schema>>;

/// The subschemas of one document, and those that merging makes. References stay valid as it grows.
class Schemas {
 public:
  [[nodiscard]] const Schema& at(SchemaId id) const { return *schemas_[id]; }
  [[nodiscard]] Schema& edit(SchemaId id) { return *schemas_[id]; }
  /// Throws Error{kUnsupported} beyond kSchemaNodes.
  [[nodiscard]] SchemaId add(Schema schema);

  /// Schemas of which a value must satisfy one; worked out once. Throws Error{kUnsupported} for a
  /// oneOf whose alternatives are not known to exclude each other, for schemas that refer to
  /// themselves without an end, and beyond kAlternatives.
  [[nodiscard]] PlainSchemas flatten(SchemaId id);

  /// Both of them.
  [[nodiscard]] SchemaId both(SchemaId a, SchemaId b);

  /// Throws as oneOf's case of flatten() says.
  void require_disjoint(const std::vector<SchemaId>& alternatives, const std::string& pointer);
  /// Whether no value can satisfy both, as far as `depth` levels of properties show it.
  [[nodiscard]] bool are_disjoint(SchemaId a, SchemaId b, int depth);

  /// Counts comparisons and copies. Throws Error{kUnsupported} beyond kSchemaWork: references let
  /// small schemas ask for very many.
  void spend(size_t work);

 private:
  [[nodiscard]] Schema merge(const Schema& a, const Schema& b);
  void merge_arrays(Schema& merged, const Schema& a, const Schema& b);
  void merge_objects(Schema& merged, const Schema& a, const Schema& b);
  [[nodiscard]] std::vector<Schema> cross(const std::vector<Schema>& a,
                                          const std::vector<Schema>& b);

  std::vector<std::unique_ptr<Schema>> schemas_;
  std::map<std::pair<SchemaId, SchemaId>, SchemaId> both_;
  std::map<SchemaId, PlainSchemas> flat_;
  std::set<SchemaId> open_;                   ///< being flattened
  std::set<std::vector<SchemaId>> disjoint_;  ///< alternatives that have passed
  std::map<std::tuple<SchemaId, SchemaId, int>, bool> disjoint_pairs_;
  size_t work_ = 0;
};

/// Reads a document; `root` becomes its schema. Throws Error{kBadRequest} and Error{kUnsupported}.
[[nodiscard]] SchemaId read_schema(Schemas& schemas, const Json& document);

/// Whether `value` satisfies the schema: everything that a Schema can say is looked at.
[[nodiscard]] bool is_valid(Schemas& schemas, SchemaId id, const Json& value);
/// The same for a plain schema.
[[nodiscard]] bool is_valid(Schemas& schemas, const Schema& schema, const Json& value);

}  // namespace freshet
