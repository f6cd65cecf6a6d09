// Values held against a JSON schema, and turned into its types where that loses nothing.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "chat/tool_call_literal.h"

namespace freshet {

/// Fits values to the schemas of one document. Checked are type, enum, const, properties, required,
/// additionalProperties, items, prefixItems, the bounds of numbers, lengths and counts, allOf,
/// anyOf, oneOf (as anyOf), and local $ref. pattern, format and the rest are not.
class SchemaFit {
 public:
  /// How scalars were written, by the name of the argument; see fit().
  using Sources = std::unordered_map<std::string, std::string>;

  /// `document` is the schema, and what its references ("#/...") refer to; it outlives this.
  explicit SchemaFit(const Json& document) : document_(document) {}

  /// `value`, typed. What does not fit stays as it is and is noted as "path: expected ..., found
  /// ...". A number that is meant as text becomes what `sources` has for it: 0123 keeps its zero.
  Json fit(Json value, const Sources& sources = {});

  /// At most kMaxProblems, a sentence each.
  [[nodiscard]] const std::vector<std::string>& problems() const noexcept { return problems_; }

  static constexpr std::size_t kMaxProblems = 32;

 private:
  /// A value's path in messages, and how it was written.
  struct Place {
    std::string path;
    std::string_view source = {};
  };

  Json fit_at(Json value, const Json& schema, const Place& place);
  Json fit_keywords(Json value, const Json& schema, const Place& place);
  Json fit_type(Json value, const Json& type, const Place& place);
  Json fit_alternatives(Json value, const Json& alternatives, const Place& place);
  Json fit_object(Json value, const Json& schema, const Place& place);
  Json fit_array(Json value, const Json& schema, const Place& place);
  Json fit_choice(Json value, const Json& choices, const Place& place);
  void check_bounds(const Json& value, const Json& schema, const Place& place);
  void note(const Place& place, std::string_view what);

  const Json& document_;
  const Sources* sources_ = nullptr;
  std::vector<std::string> problems_;
  bool coerces_ = true;  // off while alternatives are tried as they are
  int depth_ = 0;
  int steps_ = 0;
};

}  // namespace freshet
