// From a document to Schemas: each keyword is taken over, known to say nothing, or refused by name.
#include <algorithm>
#include <charconv>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "base/format.h"
#include "base/utf8.h"
#include "grammar/formats.h"
#include "grammar/limits.h"
#include "grammar/regex.h"
#include "grammar/schema.h"

namespace freshet {
namespace {

namespace limits = grammar_limits;
namespace types = schema_types;

constexpr std::string_view kAnnotations[] = {
    "title",    "description", "default",     "examples",        "example",
    "$comment", "readOnly",    "writeOnly",   "deprecated",      "$schema",
    "$defs",    "definitions", "$vocabulary", "contentEncoding", "contentMediaType"};

/// As it is where that is short and keeps to one line, else in quotation marks with escapes.
std::string in_one_line(const std::string& text) {
  constexpr size_t kMostShown = 200;
  const bool has_controls = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return has_controls || text.size() > kMostShown ? quoted(text, kMostShown) : text;
}

std::string shown(const std::string& pointer) {
  return pointer.empty() ? "the root" : in_one_line(pointer);
}

class SchemaReader {
 public:
  SchemaReader(Schemas& schemas, const Json& document) : schemas_(schemas), document_(document) {}

  SchemaId read_root() {
    const SchemaId root = read_at(document_, "");
    // References lead to subschemas that are read later, not within each other.
    while (!waiting_.empty()) {
      const auto [id, json, pointer] = waiting_.back();
      waiting_.pop_back();
      fill(id, *json, pointer);
    }
    return root;
  }

 private:
  struct Waiting {
    SchemaId id;
    const Json* json;
    std::string pointer;
  };
  using ReadKeyword = void (SchemaReader::*)(Schema&, const Json&);

  [[noreturn]] static void refuse(const std::string& pointer, const std::string& what) {
    fail(ErrorKind::kUnsupported, "schema: {}: {}", shown(pointer), what);
  }
  [[noreturn]] static void refuse_form(const std::string& pointer, std::string_view expected) {
    fail(ErrorKind::kBadRequest, "schema: {}: expected {}", shown(pointer), expected);
  }

  /// The number of the subschema at `pointer`; read once, however often it is referred to.
  SchemaId read_at(const Json& json, const std::string& pointer) {
    const auto known = by_pointer_.find(pointer);
    if (known != by_pointer_.end()) return known->second;
    if (!json.is_object() && !json.is_boolean()) refuse_form(pointer, "a schema");
    Schema schema;
    schema.pointer = shown(pointer);
    const SchemaId id = schemas_.add(std::move(schema));
    by_pointer_.emplace(pointer, id);
    waiting_.push_back({id, &json, pointer});
    return id;
  }

  void fill(SchemaId id, const Json& json, const std::string& pointer) {
    Schema& schema = schemas_.edit(id);
    if (json.is_boolean()) {
      if (!json.get<bool>()) schema.types = 0;
      return;
    }
    for (const auto& [key, value] : json.items()) {
      at_ = join_pointer(pointer, key);
      read_keyword(schema, json, key, value);
    }
    if (schema.min_length > schema.max_length || schema.min_items > schema.max_items ||
        schema.min_properties > schema.max_properties) {
      refuse(pointer, "a minimum above its maximum: nothing is valid");
    }
  }

  void read_keyword(Schema& schema, const Json& json, const std::string& key, const Json& value) {
    static const std::unordered_map<std::string_view, ReadKeyword> kKeywords = {
        {"type", &SchemaReader::read_type},
        {"enum", &SchemaReader::read_enum},
        {"const", &SchemaReader::read_const},
        {"minimum", &SchemaReader::read_minimum},
        {"maximum", &SchemaReader::read_maximum},
        {"exclusiveMinimum", &SchemaReader::read_exclusive_minimum},
        {"exclusiveMaximum", &SchemaReader::read_exclusive_maximum},
        {"multipleOf", &SchemaReader::read_multiple_of},
        {"minLength", &SchemaReader::read_min_length},
        {"maxLength", &SchemaReader::read_max_length},
        {"pattern", &SchemaReader::read_pattern},
        {"format", &SchemaReader::read_format},
        {"prefixItems", &SchemaReader::read_prefix_items},
        {"additionalItems", &SchemaReader::read_additional_items},
        {"minItems", &SchemaReader::read_min_items},
        {"maxItems", &SchemaReader::read_max_items},
        {"uniqueItems", &SchemaReader::read_unique_items},
        {"properties", &SchemaReader::read_properties},
        {"required", &SchemaReader::read_required},
        {"additionalProperties", &SchemaReader::read_additional_properties},
        {"minProperties", &SchemaReader::read_min_properties},
        {"maxProperties", &SchemaReader::read_max_properties},
        {"allOf", &SchemaReader::read_all_of},
        {"anyOf", &SchemaReader::read_any_of},
        {"oneOf", &SchemaReader::read_one_of},
        {"$ref", &SchemaReader::read_ref},
    };
    if (key == "items") return read_items(schema, json, value);
    if (key == "$id") return read_id(value);
    if (key == "nullable") {
      refuse(at_, "not a keyword of JSON Schema; write \"type\": [..., \"null\"]");
    }
    if (std::ranges::find(kAnnotations, key) != std::end(kAnnotations)) return;
    if (key.starts_with("x-")) return;
    const auto keyword = kKeywords.find(key);
    if (keyword == kKeywords.end()) {
      refuse(at_, formatted("the keyword {} cannot be enforced; leave it out", in_one_line(key)));
    }
    (this->*keyword->second)(schema, value);
  }

  void read_id(const Json& value) const {
    // At the root it names the document; elsewhere it would change what references mean.
    if (at_ != "/$id" || !value.is_string()) refuse(at_, "an $id below the root is not supported");
  }

  static std::optional<unsigned> type_named(const Json& name) {
    static const std::unordered_map<std::string_view, unsigned> kTypes = {
        {"null", types::kNull},     {"boolean", types::kBoolean}, {"integer", types::kInteger},
        {"number", types::kNumber}, {"string", types::kString},   {"array", types::kArray},
        {"object", types::kObject}};
    if (!name.is_string()) return std::nullopt;
    const auto known = kTypes.find(name.get_ref<const std::string&>());
    return known == kTypes.end() ? std::nullopt : std::optional(known->second);
  }

  void read_type(Schema& schema, const Json& value) {
    unsigned allowed = 0;
    for (const Json& name : value.is_array() ? value : Json::array({value})) {
      const auto type = type_named(name);
      if (!type) refuse_form(at_, "the name of a type, or a list of such names");
      allowed |= *type;
    }
    schema.types &= allowed;
  }

  static void keep_values(Schema& schema, const std::vector<Json>& values) {
    if (!schema.values) {
      schema.values = values;
      return;
    }
    std::erase_if(*schema.values, [&](const Json& known) {
      return std::ranges::none_of(values, [&](const Json& v) { return same_value(known, v); });
    });
  }

  void read_enum(Schema& schema, const Json& value) {
    if (!value.is_array() || value.empty()) refuse_form(at_, "a list of values");
    keep_values(schema, value.get<std::vector<Json>>());
  }
  void read_const(Schema& schema, const Json& value) { keep_values(schema, {value}); }

  Decimal number_of(const Json& value) const {
    if (!value.is_number()) refuse_form(at_, "a number");
    return Decimal::from_json(value, "schema: " + at_);
  }

  // The tighter of two bounds; of equal ones the exclusive.
  static void tighten(std::optional<NumberBound>& bound, const NumberBound& other, int direction) {
    const int order = bound ? compare(other.value, bound->value) * direction : 1;
    if (order > 0 || (order == 0 && other.exclusive)) bound = other;
  }
  void read_minimum(Schema& schema, const Json& value) {
    tighten(schema.minimum, {number_of(value), false}, 1);
  }
  void read_maximum(Schema& schema, const Json& value) {
    tighten(schema.maximum, {number_of(value), false}, -1);
  }
  void read_exclusive_minimum(Schema& schema, const Json& value) {
    tighten(schema.minimum, {number_of(value), true}, 1);
  }
  void read_exclusive_maximum(Schema& schema, const Json& value) {
    tighten(schema.maximum, {number_of(value), true}, -1);
  }

  void read_multiple_of(Schema& schema, const Json& value) {
    if (!value.is_number() || value.get<double>() != 1.0) {
      refuse(at_, "the keyword multipleOf cannot be enforced; leave it out");
    }
    schema.types &= ~types::kFraction;
  }

  uint32_t count_of(const Json& value) const {
    const bool whole =
        value.is_number() && value.get<double>() >= 0 &&
        value.get<double>() ==
            static_cast<double>(static_cast<int64_t>(std::min(value.get<double>(), 1e15)));
    if (!whole) refuse_form(at_, "a whole number, 0 or more");
    if (value.get<double>() > limits::kRepeat) {
      refuse(at_, formatted("{} is beyond the limit of {}", value.dump(), limits::kRepeat));
    }
    return static_cast<uint32_t>(value.get<double>());
  }
  void read_min_length(Schema& schema, const Json& value) { schema.min_length = count_of(value); }
  void read_max_length(Schema& schema, const Json& value) { schema.max_length = count_of(value); }
  void read_min_items(Schema& schema, const Json& value) { schema.min_items = count_of(value); }
  void read_max_items(Schema& schema, const Json& value) { schema.max_items = count_of(value); }
  void read_min_properties(Schema& schema, const Json& value) {
    schema.min_properties = count_of(value);
  }
  void read_max_properties(Schema& schema, const Json& value) {
    schema.max_properties = count_of(value);
  }

  void read_pattern(Schema& schema, const Json& value) {
    if (!value.is_string()) refuse_form(at_, "a pattern");
    const auto& pattern = value.get_ref<const std::string&>();
    static_cast<void>(Regex(pattern, "schema: " + at_));
    schema.patterns.push_back(pattern);
  }

  void read_format(Schema& schema, const Json& value) {
    if (!value.is_string()) refuse_form(at_, "the name of a format");
    const char* pattern = format_pattern(value.get_ref<const std::string&>());
    if (pattern == nullptr) {
      refuse(at_, formatted("the format {} cannot be enforced; there are date, time, date-time, "
                            "uuid and email",
                            value.dump()));
    }
    schema.patterns.emplace_back(pattern);
  }

  std::vector<SchemaId> read_list(const Json& value) {
    if (!value.is_array()) refuse_form(at_, "a list of schemas");
    const std::string pointer = at_;
    std::vector<SchemaId> ids;
    for (size_t i = 0; i < value.size(); ++i) {
      ids.push_back(read_at(value[i], join_pointer(pointer, std::to_string(i))));
    }
    return ids;
  }

  void read_prefix_items(Schema& schema, const Json& value) { schema.prefix = read_list(value); }

  // A list here is what prefixItems was until draft 2019-09; additionalItems then is the rest.
  void read_items(Schema& schema, const Json& json, const Json& value) {
    if (value.is_array()) {
      schema.prefix = read_list(value);
    } else {
      if (json.contains("additionalItems")) {
        refuse(at_, "additionalItems beside items that is no list says nothing; leave it out");
      }
      schema.items = read_at(value, at_);
    }
  }
  void read_additional_items(Schema& schema, const Json& value) {
    schema.items = read_at(value, at_);
  }
  void read_unique_items(Schema&, const Json& value) {
    if (!value.is_boolean()) refuse_form(at_, "true or false");
    if (value.get<bool>()) refuse(at_, "the keyword uniqueItems cannot be enforced; leave it out");
  }

  void read_properties(Schema& schema, const Json& value) {
    if (!value.is_object()) refuse_form(at_, "an object of schemas");
    const std::string pointer = at_;
    for (const auto& [name, property] : value.items()) {
      schema.properties.add(name, read_at(property, join_pointer(pointer, name)));
    }
  }
  void read_required(Schema& schema, const Json& value) {
    const bool names = value.is_array() && std::ranges::all_of(value, &Json::is_string);
    if (!names) refuse_form(at_, "a list of names");
    for (const Json& name : value) {
      schema.required.add(name.get_ref<const std::string&>(), {});
    }
  }
  void read_additional_properties(Schema& schema, const Json& value) {
    schema.additional = read_at(value, at_);
  }

  void read_all_of(Schema& schema, const Json& value) {
    const auto ids = read_list(value);
    schema.all_of.insert(schema.all_of.end(), ids.begin(), ids.end());
  }
  void read_any_of(Schema& schema, const Json& value) {
    schema.any_of.push_back(read_list(value));
    if (schema.any_of.back().empty()) refuse_form(at_, "a list of schemas that is not empty");
  }
  void read_one_of(Schema& schema, const Json& value) {
    schema.one_of.push_back(read_list(value));
    if (schema.one_of.back().empty()) refuse_form(at_, "a list of schemas that is not empty");
  }

  /// "#/%24defs/a" -> "/$defs/a".
  [[nodiscard]] std::string unescape_fragment(std::string_view reference) const {
    std::string pointer;
    for (size_t i = 1; i < reference.size(); ++i) {
      if (reference[i] != '%') {
        pointer += reference[i];
        continue;
      }
      const std::string hex(reference.substr(i + 1, 2));
      char* end = nullptr;
      const long byte = std::strtol(hex.c_str(), &end, 16);
      if (hex.size() != 2 || end != hex.c_str() + 2) refuse_form(at_, "a reference as \"#/...\"");
      pointer += static_cast<char>(byte);
      i += 2;
    }
    return pointer;
  }

  /// What a JSON pointer (RFC 6901) names, or nullptr.
  const Json* resolve(std::string_view pointer) {
    const Json* at = &document_;
    while (!pointer.empty() && at != nullptr) {
      const size_t end = std::min(pointer.find('/', 1), pointer.size());
      std::string token;
      for (size_t i = 1; i < end; ++i) {
        const bool escaped = pointer[i] == '~' && i + 1 < end;
        if (escaped && pointer[i + 1] != '0' && pointer[i + 1] != '1') return nullptr;
        token += escaped ? (pointer[++i] == '1' ? '/' : '~') : pointer[i];
      }
      at = part_of(*at, token);
      pointer.remove_prefix(end);
    }
    return at;
  }

  const Json* part_of(const Json& json, const std::string& token) {
    if (json.is_array()) {
      size_t index = 0;
      const char* const last = token.data() + token.size();
      const auto [end, error] = std::from_chars(token.data(), last, index);
      const bool is_index =
          error == std::errc() && end == last && (token == "0" || !token.starts_with('0'));
      return is_index && index < json.size() ? &json[index] : nullptr;
    }
    if (!json.is_object()) return nullptr;
    // Members are kept in order, so that looking one up is a search: done once for all of them.
    auto [known, is_new] = members_.try_emplace(&json);
    if (is_new) {
      for (const auto& [name, member] : json.items()) known->second.emplace(name, &member);
    }
    const auto member = known->second.find(token);
    return member == known->second.end() ? nullptr : member->second;
  }

  void read_ref(Schema& schema, const Json& value) {
    if (!value.is_string()) refuse_form(at_, "a reference");
    const auto& reference = value.get_ref<const std::string&>();
    if (reference != "#" && !reference.starts_with("#/")) {
      refuse(at_, formatted("the reference {} leads out of this schema; only \"#\" and \"#/...\" "
                            "can be followed",
                            value.dump()));
    }
    const std::string pointer = unescape_fragment(reference);
    const Json* const target = resolve(pointer);
    if (target == nullptr) refuse_form(at_, "a reference to something that is there");
    schema.all_of.push_back(read_at(*target, pointer));
  }

  Schemas& schemas_;
  const Json& document_;
  std::string at_;  ///< of the keyword being read
  std::unordered_map<std::string, SchemaId> by_pointer_;
  std::unordered_map<const Json*, std::unordered_map<std::string, const Json*>> members_;
  std::vector<Waiting> waiting_;
};

}  // namespace

SchemaId read_schema(Schemas& schemas, const Json& document) {
  return SchemaReader(schemas, document).read_root();
}

}  // namespace freshet
