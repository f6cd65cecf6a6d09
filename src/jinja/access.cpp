// Items, attributes, slices, lengths.
#include "jinja/methods.h"
#include "jinja/operations.h"
#include "jinja/printing.h"

namespace freshet::jinja {
namespace {

std::optional<size_t> position_in(size_t size, int64_t index) {
  const auto n = static_cast<int64_t>(size);
  const int64_t at = index < 0 ? index + n : index;
  return at >= 0 && at < n ? std::optional(static_cast<size_t>(at)) : std::nullopt;
}

/// value[key] of Python, or nothing where it raises.
std::optional<Value> item_of(Runtime& runtime, const Value& value, const Value& key) {
  if (const Dict* dict = value.dict()) {
    if (key.text() != nullptr) runtime.budget.spend_on(key.text()->size());
    const bool is_key = key.dict() == nullptr && (key.sequence() == nullptr || key.nesting() == 1);
    const Value* found = is_key ? dict->find(key) : nullptr;
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  const auto index = key.integer();
  if (!index) return std::nullopt;
  if (const Text* text = value.text()) {
    const auto at = position_in(text->size(), *index);
    return at ? std::optional(make_text(runtime.budget, text->substr(*at, 1))) : std::nullopt;
  }
  const Sequence* sequence = value.sequence();
  if (sequence == nullptr || sequence->flavor > Flavor::kRange) return std::nullopt;
  const auto at = position_in(sequence->items.size(), *index);
  return at ? std::optional(sequence->items[*at]) : std::nullopt;
}

std::string missing(Runtime& runtime, const Value& value, const Value& key) {
  Text name;
  append_repr(runtime, name, key);
  return formatted("'{} object' has no {} {}", type_name(value),
                   key.text() != nullptr ? "attribute" : "element", to_utf8(name));
}

/// The positions that a slice takes, as Python's slice.indices computes them.
struct Positions {
  int64_t first, last, step;
};

Positions positions_of(const SliceBounds& bounds, size_t size) {
  const int64_t step = bounds.step.value_or(1);
  if (step == 0) fault("slice step cannot be zero");
  const auto n = static_cast<int64_t>(size);
  const int64_t low = step < 0 ? -1 : 0;
  const int64_t high = step < 0 ? n - 1 : n;
  const auto clamp = [&](std::optional<int64_t> bound, int64_t otherwise) {
    if (!bound) return otherwise;
    const int64_t at = *bound < 0 ? std::max(*bound, -n - 1) + n : *bound;
    return std::clamp(at, low, high);
  };
  return {clamp(bounds.first, step < 0 ? high : low), clamp(bounds.last, step < 0 ? low : high),
          std::clamp(step, -n - 1, n + 1)};
}

template <class Items>
Items taken(const Items& items, const Positions& p) {
  Items result;
  for (int64_t i = p.first; p.step < 0 ? i > p.last : i < p.last; i += p.step) {
    result.push_back(items[static_cast<size_t>(i)]);
  }
  return result;
}

}  // namespace

std::optional<Value> find_attribute(Runtime& runtime, const Value& value, const Text& name) {
  const std::string utf8 = to_utf8(name);
  if (Object* object = value.object()) return object->attribute(runtime, utf8);
  // The pairs that the filter groupby gives have names for their parts.
  const Sequence* pair = value.sequence();
  if (pair != nullptr && pair->flavor == Flavor::kTuple && pair->items.size() == 2) {
    if (utf8 == "grouper") return pair->items[0];
    if (utf8 == "list") return pair->items[1];
  }
  return find_method(runtime, value, utf8);
}

Value get_item(Runtime& runtime, const Value& value, const Value& key) {
  refuse_undefined(value);
  if (auto item = item_of(runtime, value, key)) return *item;
  if (key.text() != nullptr) {
    if (auto attribute = find_attribute(runtime, value, *key.text())) return *attribute;
  }
  return make_undefined(missing(runtime, value, key));
}

Value get_attribute(Runtime& runtime, const Value& value, const Text& name) {
  refuse_undefined(value);
  if (auto attribute = find_attribute(runtime, value, name)) return *attribute;
  if (const Dict* dict = value.dict()) {
    if (const Value* item = dict->find(name)) return *item;
  }
  return make_undefined(
      formatted("'{} object' has no attribute '{}'", type_name(value), to_utf8(name)));
}

Value get_slice(Runtime& runtime, const Value& value, const SliceBounds& bounds) {
  refuse_undefined(value);
  if (const Text* text = value.text()) {
    return make_text(runtime.budget, taken(*text, positions_of(bounds, text->size())));
  }
  const Sequence* sequence = value.sequence();
  if (sequence == nullptr || sequence->flavor > Flavor::kRange) {
    return make_undefined(formatted("'{} object' cannot be sliced", type_name(value)));
  }
  return make_sequence(runtime.budget, sequence->flavor,
                       taken(sequence->items, positions_of(bounds, sequence->items.size())));
}

std::optional<size_t> length_of(const Value& value) {
  if (const Text* text = value.text()) return text->size();
  if (const Dict* dict = value.dict()) return dict->entries.size();
  if (value.is_undefined()) return 0;
  const Sequence* sequence = value.sequence();
  if (sequence == nullptr || sequence->flavor == Flavor::kGenerator) return std::nullopt;
  return sequence->items.size();
}

bool is_iterable(const Value& value) {
  return value.text() != nullptr || value.dict() != nullptr || value.sequence() != nullptr ||
         value.is_undefined();
}

std::vector<Value> items_of(Runtime& runtime, const Value& value) {
  std::vector<Value> items;
  if (const Text* text = value.text()) {
    runtime.budget.spend(text->size());
    for (const char32_t c : *text) items.push_back(make_text(runtime.budget, Text(1, c)));
  } else if (const Dict* dict = value.dict()) {
    runtime.budget.spend(dict->entries.size());
    for (const auto& [key, item] : dict->entries) items.push_back(key);
  } else if (Sequence* sequence = value.sequence()) {
    const bool once = sequence->flavor == Flavor::kGenerator;
    const size_t first = once ? sequence->consumed : 0;
    if (once) sequence->consumed = sequence->items.size();
    runtime.budget.spend((sequence->items.size() - first) / 4 + 1);
    items.assign(sequence->items.begin() + static_cast<std::ptrdiff_t>(first),
                 sequence->items.end());
  } else if (!value.is_undefined()) {
    fault("'{}' object is not iterable", type_name(value));
  }
  return items;
}

}  // namespace freshet::jinja
