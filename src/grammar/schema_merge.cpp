// allOf, anyOf and oneOf multiplied out.
#include <algorithm>

#include "base/error.h"
#include "grammar/limits.h"
#include "grammar/schema.h"

namespace freshet {

namespace limits = grammar_limits;

void Schemas::spend(size_t work) {
  work_ += work;
  if (work_ <= limits::kSchemaWork) return;
  fail(ErrorKind::kUnsupported,
       "schema: its alternatives and references ask for more than {} comparisons; use less allOf, "
       "anyOf and oneOf within each other",
       limits::kSchemaWork);
}

SchemaId Schemas::add(Schema schema) {
  if (schemas_.size() >= limits::kSchemaNodes) {
    fail(ErrorKind::kUnsupported,
         "schema: {}: merged with others it comes to more than {} subschemas; use less allOf",
         schema.pointer, limits::kSchemaNodes);
  }
  schemas_.push_back(std::make_unique<Schema>(std::move(schema)));
  return static_cast<SchemaId>(schemas_.size() - 1);
}

SchemaId Schemas::both(SchemaId a, SchemaId b) {
  if (a == b) return a;
  const auto known = both_.find({a, b});
  if (known != both_.end()) return known->second;
  Schema schema;
  schema.pointer = at(a).pointer;
  schema.all_of = {a, b};
  const SchemaId id = add(std::move(schema));
  both_.emplace(std::pair(a, b), id);
  return id;
}

namespace {

void tighten(std::optional<NumberBound>& bound, const std::optional<NumberBound>& other,
             int direction) {
  if (!other) return;
  const int order = bound ? compare(other->value, bound->value) * direction : 1;
  if (order > 0 || (order == 0 && other->exclusive)) bound = other;
}

}  // namespace

void Schemas::merge_arrays(Schema& merged, const Schema& a, const Schema& b) {
  const auto item = [](const Schema& s, size_t i) {
    return i < s.prefix.size() ? std::optional(s.prefix[i]) : s.items;
  };
  merged.prefix.clear();
  for (size_t i = 0; i < std::max(a.prefix.size(), b.prefix.size()); ++i) {
    const auto x = item(a, i);
    const auto y = item(b, i);
    // One of them says something of this item.
    merged.prefix.push_back(x && y ? both(*x, *y) : x ? *x : *y);
  }
  merged.items = a.items && b.items ? both(*a.items, *b.items) : a.items ? a.items : b.items;
  merged.min_items = std::max(a.min_items, b.min_items);
  merged.max_items = std::min(a.max_items, b.max_items);
}

void Schemas::merge_objects(Schema& merged, const Schema& a, const Schema& b) {
  const auto add_all = [&](const Schema& s, const Schema& other) {
    for (const auto& [name, id] : s.properties) {
      const SchemaId* const same = other.properties.find(name);
      const std::optional<SchemaId> theirs =
          same != nullptr ? std::optional(*same) : other.additional;
      merged.properties.add(name, theirs ? both(id, *theirs) : id);
    }
  };
  if (!b.properties.empty() || b.additional) {  // else they are those of a
    spend(a.properties.size() + b.properties.size());
    merged.properties = {};
    add_all(a, b);
    add_all(b, a);
  }
  spend(b.required.size());
  for (const auto& [name, nothing] : b.required) merged.required.add(name, nothing);
  merged.additional = a.additional && b.additional ? both(*a.additional, *b.additional)
                      : a.additional               ? a.additional
                                                   : b.additional;
  merged.min_properties = std::max(a.min_properties, b.min_properties);
  merged.max_properties = std::min(a.max_properties, b.max_properties);
}

// Of plain schemas.
Schema Schemas::merge(const Schema& a, const Schema& b) {
  // What a copy takes beside what copies share.
  spend(1 + a.patterns.size() + a.prefix.size() + b.prefix.size());
  if (a.values) spend(a.values->size() * (b.values ? b.values->size() : 1));
  Schema merged = a;
  merged.types &= b.types;
  if (merged.values && b.values) {
    std::erase_if(*merged.values, [&](const Json& value) {
      return std::ranges::none_of(*b.values,
                                  [&](const Json& other) { return same_value(value, other); });
    });
  } else if (b.values) {
    merged.values = b.values;
  }
  tighten(merged.minimum, b.minimum, 1);
  tighten(merged.maximum, b.maximum, -1);
  merged.min_length = std::max(a.min_length, b.min_length);
  merged.max_length = std::min(a.max_length, b.max_length);
  for (const std::string& pattern : b.patterns) {
    if (std::ranges::find(merged.patterns, pattern) == merged.patterns.end()) {
      merged.patterns.push_back(pattern);
    }
  }
  merge_arrays(merged, a, b);
  merge_objects(merged, a, b);
  return merged;
}

std::vector<Schema> Schemas::cross(const std::vector<Schema>& a, const std::vector<Schema>& b) {
  if (a.size() * b.size() > limits::kAlternatives) {
    fail(ErrorKind::kUnsupported, "schema: {}: more than {} combinations of alternatives",
         a.front().pointer, limits::kAlternatives);
  }
  std::vector<Schema> result;
  for (const Schema& x : a) {
    for (const Schema& y : b) result.push_back(merge(x, y));
  }
  return result;
}

PlainSchemas Schemas::flatten(SchemaId id) {
  if (const auto known = flat_.find(id); known != flat_.end()) return known->second;
  const Schema& schema = at(id);
  if (!open_.insert(id).second) {
    fail(ErrorKind::kUnsupported, "schema: {}: it refers to itself before anything is read",
         schema.pointer);
  }
  if (open_.size() > limits::kNesting) {
    fail(ErrorKind::kUnsupported, "schema: {}: references and allOf nested deeper than {}",
         schema.pointer, limits::kNesting);
  }
  Schema plain = schema;
  plain.all_of.clear();
  plain.any_of.clear();
  plain.one_of.clear();
  std::vector<Schema> result = {std::move(plain)};
  for (const SchemaId part : schema.all_of) result = cross(result, *flatten(part));
  const auto add_alternatives = [&](const std::vector<SchemaId>& alternatives) {
    std::vector<Schema> all;
    for (const SchemaId alternative : alternatives) {
      const PlainSchemas some = flatten(alternative);
      spend(some->size());
      all.insert(all.end(), some->begin(), some->end());
    }
    result = cross(result, all);
  };
  for (const auto& alternatives : schema.any_of) add_alternatives(alternatives);
  for (const auto& alternatives : schema.one_of) {
    require_disjoint(alternatives, schema.pointer);
    add_alternatives(alternatives);
  }
  open_.erase(id);
  return flat_.emplace(id, std::make_shared<const std::vector<Schema>>(std::move(result)))
      .first->second;
}

}  // namespace freshet
