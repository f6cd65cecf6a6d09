#include "chat/tool_schema_fit.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/utf8.h"
#include "chat/tool_schema_types.h"

namespace freshet {
namespace {

// Bounds on what a schema may cost: alternatives within alternatives multiply.
constexpr int kMaxDepth = 64;
constexpr int kMaxSteps = 20000;

const Json* member(const Json& schema, const char* key) {
  const auto found = schema.find(key);
  return found == schema.end() ? nullptr : &*found;
}

/// The part of `document` that a local JSON pointer names (RFC 6901), or nullptr.
const Json* resolve(const Json& document, std::string_view reference) {
  if (!reference.starts_with('#')) return nullptr;
  reference.remove_prefix(1);
  const Json* part = &document;
  while (!reference.empty()) {
    if (reference[0] != '/') return nullptr;
    const std::size_t end = std::min(reference.find('/', 1), reference.size());
    std::string key;
    for (std::size_t i = 1; i < end; ++i) {
      const bool escaped = reference[i] == '~' && i + 1 < end;
      key += escaped ? (reference[++i] == '1' ? '/' : '~') : reference[i];
    }
    reference.remove_prefix(end);
    if (!part->is_object() || !part->contains(key)) return nullptr;
    part = &part->at(key);
  }
  return part;
}

std::size_t n_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Json SchemaFit::fit(Json value, const Sources& sources) {
  sources_ = &sources;
  return fit_at(std::move(value), document_, {});
}

void SchemaFit::note(const Place& place, std::string_view what) {
  if (problems_.size() == kMaxProblems) return;
  problems_.push_back(place.path.empty() ? std::string(what)
                                         : formatted("{}: {}", place.path, what));
}

Json SchemaFit::fit_at(Json value, const Json& schema, const Place& place) {
  if (schema == false) note(place, "is not declared");
  if (!schema.is_object()) return value;
  if (depth_ == kMaxDepth || steps_ == kMaxSteps) {
    note(place, "could not be checked: its schema is too deep");
    return value;
  }
  ++steps_;
  ++depth_;
  value = fit_keywords(std::move(value), schema, place);
  --depth_;
  return value;
}

Json SchemaFit::fit_keywords(Json value, const Json& schema, const Place& place) {
  if (const Json* reference = member(schema, "$ref"); reference && reference->is_string()) {
    const Json* target = resolve(document_, reference->get_ref<const std::string&>());
    if (target == nullptr) {
      note(place, "could not be checked: its schema refers to nothing");
    } else {
      value = fit_at(std::move(value), *target, place);
    }
  }
  if (const Json* parts = member(schema, "allOf"); parts && parts->is_array()) {
    for (const Json& part : *parts) value = fit_at(std::move(value), part, place);
  }
  for (const char* key : {"anyOf", "oneOf"}) {
    const Json* alternatives = member(schema, key);
    if (alternatives && alternatives->is_array()) {
      value = fit_alternatives(std::move(value), *alternatives, place);
    }
  }
  if (const Json* type = member(schema, "type")) value = fit_type(std::move(value), *type, place);
  if (const Json* choices = member(schema, "enum"); choices && choices->is_array()) {
    value = fit_choice(std::move(value), *choices, place);
  }
  if (const Json* only = member(schema, "const")) {
    value = fit_choice(std::move(value), Json::array({*only}), place);
  }
  check_bounds(value, schema, place);
  if (value.is_object()) return fit_object(std::move(value), schema, place);
  return value.is_array() ? fit_array(std::move(value), schema, place) : value;
}

Json SchemaFit::fit_type(Json value, const Json& type, const Place& place) {
  const std::vector<std::string> types = type_names(type);
  for (const std::string& name : types) {
    if (has_type(value, name)) return in_canonical_form(std::move(value), types);
  }
  if (types.empty()) return value;
  if (coerces_) {
    for (const std::string& name : types) {
      if (auto turned = turned_into(value, name, place.source)) return std::move(*turned);
    }
  }
  note(place, formatted("expected {}, found {}", fmt::join(types, " or "), shown(value)));
  return value;
}

/// The first alternative that takes the value as it is; if there is none, the first that takes it
/// turned into its types.
Json SchemaFit::fit_alternatives(Json value, const Json& alternatives, const Place& place) {
  const bool may_coerce = coerces_;
  for (const bool coerces : {false, true}) {
    if (coerces && !may_coerce) break;
    for (const Json& alternative : alternatives) {
      std::vector<std::string> before = std::exchange(problems_, {});
      coerces_ = coerces;
      Json typed = fit_at(value, alternative, place);
      coerces_ = may_coerce;
      const bool fits = problems_.empty();
      problems_ = std::move(before);
      if (fits) return typed;
    }
  }
  note(place, formatted("found {}, which fits none of the alternatives", shown(value)));
  return value;
}

Json SchemaFit::fit_choice(Json value, const Json& choices, const Place& place) {
  const auto is_same = [&](const Json& choice) {
    // A schema's own big integers have been read as doubles.
    if (value.is_binary()) return choice.is_number_float() && choice == as_double(value);
    return choice == value;
  };
  if (std::ranges::any_of(choices, is_same)) return value;
  std::string names;
  for (const Json& choice : choices) {
    if (coerces_ && !choice.is_structured() && as_text(choice) == as_text(value)) return choice;
    if (names.size() < 200) names.append(names.empty() ? "" : ", ").append(shown(choice));
  }
  note(place, formatted("expected {}{}, found {}", choices.size() == 1 ? "" : "one of ", names,
                        shown(value)));
  return value;
}

void SchemaFit::check_bounds(const Json& value, const Json& schema, const Place& place) {
  const auto check = [&](const char* key, auto holds, std::string_view sentence) {
    const Json* bound = member(schema, key);
    if (!bound || !bound->is_number() || holds(bound->get<double>())) return;
    note(place, formatted("expected {} {}, found {}", sentence, bound->dump(), shown(value)));
  };
  if (is_number(value)) {
    const double x = as_double(value);
    check(
        "minimum", [x](double bound) { return x >= bound; }, "at least");
    check(
        "maximum", [x](double bound) { return x <= bound; }, "at most");
    check(
        "exclusiveMinimum", [x](double bound) { return x > bound; }, "more than");
    check(
        "exclusiveMaximum", [x](double bound) { return x < bound; }, "less than");
  } else if (value.is_string()) {
    const auto n = static_cast<double>(n_characters(value.get_ref<const std::string&>()));
    check(
        "minLength", [n](double bound) { return n >= bound; }, "a length of at least");
    check(
        "maxLength", [n](double bound) { return n <= bound; }, "a length of at most");
  } else if (value.is_array()) {
    const auto n = static_cast<double>(value.size());
    check(
        "minItems", [n](double bound) { return n >= bound; }, "a number of items of at least");
    check(
        "maxItems", [n](double bound) { return n <= bound; }, "a number of items of at most");
  }
}

Json SchemaFit::fit_object(Json value, const Json& schema, const Place& place) {
  const Json* properties = member(schema, "properties");
  if (properties && !properties->is_object()) properties = nullptr;
  const Json* additional = member(schema, "additionalProperties");
  const bool is_top = place.path.empty();
  for (auto& [key, element] : value.get_ref<Json::object_t&>()) {
    const Json* declared = properties ? member(*properties, key.c_str()) : nullptr;
    if (!declared) declared = additional;
    if (!declared) continue;
    const auto source = is_top ? sources_->find(key) : sources_->end();
    element = fit_at(std::move(element), *declared,
                     {.path = is_top ? key : place.path + "." + key,
                      .source = source == sources_->end() ? "" : std::string_view(source->second)});
  }
  const Json* required = member(schema, "required");
  if (!required || !required->is_array()) return value;
  for (const Json& name : *required) {
    if (!name.is_string() || value.contains(name.get_ref<const std::string&>())) continue;
    const auto& key = name.get_ref<const std::string&>();
    note({.path = is_top ? key : place.path + "." + key}, "is required and missing");
  }
  return value;
}

Json SchemaFit::fit_array(Json value, const Json& schema, const Place& place) {
  const Json* items = member(schema, "items");
  const Json* first = member(schema, "prefixItems");
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool has_own = first && first->is_array() && i < first->size();
    const Json* declared = has_own ? &(*first)[i] : items;
    if (!declared) break;
    value[i] = fit_at(std::move(value[i]), *declared, {.path = formatted("{}[{}]", place.path, i)});
  }
  return value;
}

}  // namespace freshet
