#include "jinja/value.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace freshet::jinja {
namespace {

int nesting_of(const std::vector<Value>& items) {
  int deepest = 0;
  for (const Value& item : items) deepest = std::max(deepest, item.nesting());
  if (deepest >= kMaxNesting) {
    throw Fault(ErrorKind::kResources,
                formatted("lists and dicts are nested more than {} levels deep", kMaxNesting));
  }
  return deepest + 1;
}

int nesting_of(const Dict& dict) {
  int deepest = 0;
  for (const auto& [key, value] : dict.entries) {
    deepest = std::max({deepest, key.nesting(), value.nesting()});
  }
  if (deepest >= kMaxNesting) {
    throw Fault(ErrorKind::kResources,
                formatted("lists and dicts are nested more than {} levels deep", kMaxNesting));
  }
  return deepest + 1;
}

Value share(Dict dict) {
  auto body = std::make_shared<Dict>(std::move(dict));
  body->nesting = nesting_of(*body);
  return Value(std::shared_ptr<const Dict>(std::move(body)));
}

}  // namespace

const Text* Value::text() const noexcept {
  const auto* body = std::get_if<std::shared_ptr<const String>>(&data_);
  return body == nullptr ? nullptr : &(*body)->text;
}

Sequence* Value::sequence() const noexcept {
  const auto* body = std::get_if<std::shared_ptr<Sequence>>(&data_);
  return body == nullptr ? nullptr : body->get();
}

const Dict* Value::dict() const noexcept {
  const auto* body = std::get_if<std::shared_ptr<const Dict>>(&data_);
  return body == nullptr ? nullptr : body->get();
}

Object* Value::object() const noexcept {
  const auto* body = std::get_if<std::shared_ptr<Object>>(&data_);
  return body == nullptr ? nullptr : body->get();
}

const BigInteger* Value::big() const noexcept {
  const auto* body = std::get_if<std::shared_ptr<const BigInteger>>(&data_);
  return body == nullptr ? nullptr : body->get();
}

std::optional<int64_t> Value::integer() const noexcept {
  if (const auto* number = std::get_if<int64_t>(&data_)) return *number;
  if (const auto* truth = std::get_if<bool>(&data_)) return *truth ? 1 : 0;
  return std::nullopt;
}

std::optional<double> Value::number() const noexcept {
  if (const auto* number = std::get_if<double>(&data_)) return *number;
  if (const auto whole = integer()) return static_cast<double>(*whole);
  return std::nullopt;
}

int Value::nesting() const noexcept {
  if (const Sequence* items = sequence()) return items->nesting;
  if (const Dict* entries = dict()) return entries->nesting;
  if (const Object* thing = object()) return thing->nesting();
  return 0;
}

void Dict::set(const Value& key, Value value) {
  const uint64_t hash = hash_value(key);
  const auto [begin, end] = index.equal_range(hash);
  for (auto at = begin; at != end; ++at) {
    if (!same_key(entries[at->second].first, key)) continue;
    entries[at->second].second = std::move(value);
    return;
  }
  index.emplace(hash, static_cast<uint32_t>(entries.size()));
  entries.emplace_back(key, std::move(value));
}

const Value* Dict::find(const Value& key) const {
  const auto [begin, end] = index.equal_range(hash_value(key));
  for (auto at = begin; at != end; ++at) {
    if (same_key(entries[at->second].first, key)) return &entries[at->second].second;
  }
  return nullptr;
}

const Value* Dict::find(TextView key) const {
  const auto [begin, end] = index.equal_range(hash_text(key));
  for (auto at = begin; at != end; ++at) {
    const Text* text = entries[at->second].first.text();
    if (text != nullptr && same_text(*text, key)) return &entries[at->second].second;
  }
  return nullptr;
}

Text Object::print(Runtime&) const { return from_utf8(formatted("<{}>", type_name())); }

std::optional<Value> Object::attribute(Runtime&, std::string_view) { return std::nullopt; }

Value Object::call(Runtime&, const Arguments&) {
  fault("'{}' object is not callable", type_name());
}

Value make_text(Text text) {
  return Value(std::make_shared<const String>(String{.text = std::move(text), .holding = {}}));
}

Value make_list(std::vector<Value> items) {
  const int nesting = nesting_of(items);
  return Value(std::make_shared<Sequence>(
      Sequence{.items = std::move(items), .nesting = nesting, .holding = {}}));
}

Value make_dict(Dict dict) { return share(std::move(dict)); }

Value make_text(Budget& budget, Text text) {
  constexpr size_t kOverhead = 64;
  budget.spend_on(text.size());
  Holding holding(budget, text.size() * sizeof(char32_t) + kOverhead);
  return Value(std::make_shared<const String>(
      String{.text = std::move(text), .holding = std::move(holding)}));
}

Value make_ascii(Budget& budget, std::string_view text) {
  return make_text(budget, Text(text.begin(), text.end()));
}

Value make_sequence(Budget& budget, Flavor flavor, std::vector<Value> items) {
  constexpr size_t kOverhead = 96;
  budget.spend(items.size() / 2 + 1);
  Holding holding(budget, items.size() * sizeof(Value) + kOverhead);
  const int nesting = nesting_of(items);
  return Value(std::make_shared<Sequence>(Sequence{.flavor = flavor,
                                                   .items = std::move(items),
                                                   .nesting = nesting,
                                                   .holding = std::move(holding)}));
}

Value make_dict(Budget& budget, Dict dict) {
  constexpr size_t kEntryBytes = sizeof(Dict::Entry) + 48;  // an entry and its place in the index
  budget.spend(dict.entries.size() * 2 + 1);
  const size_t n_bytes = dict.entries.size() * kEntryBytes + 128;
  Holding holding(budget, n_bytes);
  return share(Dict{.entries = std::move(dict.entries),
                    .index = std::move(dict.index),
                    .holding = std::move(holding)});
}

Value make_undefined(std::string why) {
  return Value(Undefined{std::make_shared<const std::string>(std::move(why))});
}

std::string_view type_name(const Value& value) {
  if (const Sequence* sequence = value.sequence()) {
    constexpr std::string_view kNames[] = {"list",      "tuple",       "range",     "generator",
                                           "dict_keys", "dict_values", "dict_items"};
    return kNames[static_cast<size_t>(sequence->flavor)];
  }
  if (const Object* object = value.object()) return object->type_name();
  constexpr std::string_view kNames[] = {"Undefined", "NoneType", "bool", "int", "float",
                                         "int",       "str",      "",     "dict"};
  return kNames[value.data().index()];
}

uint64_t hash_value(const Value& value) {
  if (const Text* text = value.text()) return hash_text(*text);
  if (const auto number = value.number()) return std::hash<double>()(*number);
  if (const BigInteger* big = value.big()) return std::hash<std::string>()(big->digits);
  if (const Object* object = value.object()) return std::hash<const Object*>()(object);
  const Sequence* sequence = value.sequence();
  const bool is_key =
      sequence == nullptr || (sequence->flavor != Flavor::kList && value.nesting() == 1);
  if (value.dict() != nullptr || !is_key) fault("unhashable type: '{}'", type_name(value));
  if (sequence == nullptr) return value.data().index();
  uint64_t hash = 1;
  for (const Value& item : sequence->items) hash = hash * 1'000'003 + hash_value(item);
  return hash;
}

bool same_key(const Value& a, const Value& b) {
  if (a.text() != nullptr && b.text() != nullptr) return same_text(*a.text(), *b.text());
  if (a.integer() && b.integer()) return *a.integer() == *b.integer();
  if (a.number() && b.number()) return *a.number() == *b.number();
  if (a.big() != nullptr && b.big() != nullptr) return a.big()->digits == b.big()->digits;
  const Sequence* left = a.sequence();
  const Sequence* right = b.sequence();
  if (left != nullptr && right != nullptr) {
    return left == right || (left->flavor == right->flavor &&
                             std::ranges::equal(left->items, right->items, same_key));
  }
  if (a.object() != nullptr || b.object() != nullptr) return a.object() == b.object();
  return a.data().index() == b.data().index() && !a.is<std::shared_ptr<const Dict>>();
}

}  // namespace freshet::jinja
