// What holds of a value, and what cannot hold of any.
#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/utf8.h"
#include "grammar/regex.h"
#include "grammar/schema.h"

namespace freshet {
namespace {

namespace types = schema_types;

/// Levels of properties that a proof of disjointness looks into.
constexpr int kProofDepth = 4;

unsigned type_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return types::kNull;
    case Json::value_t::boolean:
      return types::kBoolean;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return types::kInteger;
    case Json::value_t::number_float:
      return Decimal::from_json(value, "schema").fraction.empty() ? types::kInteger
                                                                  : types::kFraction;
    case Json::value_t::string:
      return types::kString;
    case Json::value_t::array:
      return types::kArray;
    default:
      return types::kObject;
  }
}

bool is_number_valid(const Schema& schema, const Json& value) {
  const Decimal number = Decimal::from_json(value, "schema");
  const auto holds = [&](const std::optional<NumberBound>& bound, int direction) {
    if (!bound) return true;
    const int order = compare(number, bound->value) * direction;
    return order > 0 || (order == 0 && !bound->exclusive);
  };
  return holds(schema.minimum, 1) && holds(schema.maximum, -1);
}

bool is_string_valid(const Schema& schema, const std::string& text) {
  const auto length = static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  return length >= schema.min_length && length <= schema.max_length &&
         std::ranges::all_of(schema.patterns, [&](const std::string& pattern) {
           return matches(Regex(pattern, "schema: " + schema.pointer), text);
         });
}

bool is_array_valid(Schemas& schemas, const Schema& schema, const Json& value) {
  if (value.size() < schema.min_items || value.size() > schema.max_items) return false;
  for (size_t i = 0; i < value.size(); ++i) {
    if (i < schema.prefix.size()) {
      if (!is_valid(schemas, schema.prefix[i], value[i])) return false;
    } else if (schema.items && !is_valid(schemas, *schema.items, value[i])) {
      return false;
    }
  }
  return true;
}

bool is_object_valid(Schemas& schemas, const Schema& schema, const Json& value) {
  if (value.size() < schema.min_properties || value.size() > schema.max_properties) return false;
  schemas.spend(schema.required.size() + value.size());
  for (const auto& entry : schema.required) {
    if (!value.contains(entry.first)) return false;
  }
  for (const auto& [name, member] : value.items()) {
    const SchemaId* const property = schema.properties.find(name);
    const std::optional<SchemaId> id =
        property != nullptr ? std::optional(*property) : schema.additional;
    if (id && !is_valid(schemas, *id, member)) return false;
  }
  return true;
}

}  // namespace

bool is_valid(Schemas& schemas, const Schema& schema, const Json& value) {
  const unsigned type = type_of(value);
  if ((schema.types & type) == 0) return false;
  const auto same = [&](const Json& other) { return same_value(value, other); };
  schemas.spend(1 + (schema.values ? schema.values->size() : 0));
  if (schema.values && std::ranges::none_of(*schema.values, same)) return false;
  if ((type & types::kNumber) != 0) return is_number_valid(schema, value);
  if (type == types::kString) return is_string_valid(schema, value.get_ref<const std::string&>());
  if (type == types::kArray) return is_array_valid(schemas, schema, value);
  return type != types::kObject || is_object_valid(schemas, schema, value);
}

// oneOf has been found to be disjoint when it is flattened, so any of its alternatives will do.
bool is_valid(Schemas& schemas, SchemaId id, const Json& value) {
  return std::ranges::any_of(*schemas.flatten(id),
                             [&](const Schema& plain) { return is_valid(schemas, plain, value); });
}

namespace {

/// No value of `a`, which lists its values, satisfies `b`.
bool none_valid(Schemas& schemas, const Schema& a, const Schema& b) {
  return std::ranges::none_of(*a.values, [&](const Json& value) {
    return is_valid(schemas, a, value) && is_valid(schemas, b, value);
  });
}

bool is_below(const std::optional<NumberBound>& maximum,
              const std::optional<NumberBound>& minimum) {
  if (!maximum || !minimum) return false;
  const int order = compare(maximum->value, minimum->value);
  return order < 0 || (order == 0 && (maximum->exclusive || minimum->exclusive));
}

/// A property that one of them demands and the other forbids or wants otherwise.
bool differ_in_property(Schemas& schemas, const Schema& a, const Schema& b, int depth) {
  schemas.spend(a.required.size());
  return std::ranges::any_of(a.required, [&](const auto& entry) {
    const auto of = [&](const Schema& s) {
      const SchemaId* const id = s.properties.find(entry.first);
      return id != nullptr ? std::optional(*id) : s.additional;
    };
    const auto x = of(a);
    const auto y = of(b);
    if (y && schemas.at(*y).types == 0) return true;
    return x && y && depth > 0 && schemas.are_disjoint(*x, *y, depth - 1);
  });
}

bool disjoint(Schemas& schemas, const Schema& a, const Schema& b, int depth) {
  if (a.values) return none_valid(schemas, a, b);
  if (b.values) return none_valid(schemas, b, a);
  const unsigned common = a.types & b.types;
  if ((common & (types::kNull | types::kBoolean)) != 0) return false;
  if ((common & types::kNumber) != 0 && !is_below(a.maximum, b.minimum) &&
      !is_below(b.maximum, a.minimum)) {
    return false;
  }
  if ((common & types::kString) != 0 && a.max_length >= b.min_length &&
      b.max_length >= a.min_length) {
    return false;
  }
  if ((common & types::kArray) != 0 && a.max_items >= b.min_items && b.max_items >= a.min_items) {
    return false;
  }
  return (common & types::kObject) == 0 || differ_in_property(schemas, a, b, depth) ||
         differ_in_property(schemas, b, a, depth);
}

}  // namespace

bool Schemas::are_disjoint(SchemaId a, SchemaId b, int depth) {
  const auto [known, is_new] = disjoint_pairs_.try_emplace({a, b, depth}, false);
  if (!is_new) return known->second;
  const PlainSchemas some = flatten(a);
  const PlainSchemas others = flatten(b);
  const bool result = std::ranges::all_of(*some, [&](const Schema& x) {
    spend(1 + others->size());
    return std::ranges::all_of(*others,
                               [&](const Schema& y) { return disjoint(*this, x, y, depth); });
  });
  known->second = result;
  return result;
}

void Schemas::require_disjoint(const std::vector<SchemaId>& alternatives,
                               const std::string& pointer) {
  // Taken for granted while it is being shown: a recursive schema asks for itself.
  if (!disjoint_.insert(alternatives).second) return;
  const std::set<SchemaId> open = std::exchange(open_, {});
  for (size_t i = 0; i < alternatives.size(); ++i) {
    for (size_t j = i + 1; j < alternatives.size(); ++j) {
      if (are_disjoint(alternatives[i], alternatives[j], kProofDepth)) continue;
      fail(ErrorKind::kUnsupported,
           "schema: {}: oneOf: a value may satisfy alternatives {} and {} at once; use anyOf, or "
           "tell them apart by a required property with const",
           pointer, i, j);
    }
  }
  open_ = open;
}

}  // namespace freshet
