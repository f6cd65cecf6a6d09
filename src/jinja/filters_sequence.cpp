// Filters that take lists and dicts apart and put them together.
#include <algorithm>

#include "jinja/filter_table.h"
#include "jinja/operations.h"
#include "jinja/parameters.h"

namespace freshet::jinja {
namespace {

Value list_of(Runtime& runtime, std::vector<Value> items) {
  return make_sequence(runtime.budget, Flavor::kList, std::move(items));
}

/// What the reference computes only when it is asked for; here its items are computed at once.
Value generator_of(Runtime& runtime, std::vector<Value> items) {
  return make_sequence(runtime.budget, Flavor::kGenerator, std::move(items));
}

Value list(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("list", arguments, {});
  return list_of(runtime, items_of(runtime, subject));
}

Value first(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("first", arguments, {});
  if (Sequence* sequence = subject.sequence()) {
    const bool once = sequence->flavor == Flavor::kGenerator;
    const size_t at = once ? sequence->consumed : 0;
    if (at >= sequence->items.size()) return make_undefined("the sequence was empty");
    if (once) ++sequence->consumed;
    return sequence->items[at];
  }
  if (subject.text() != nullptr && !subject.text()->empty()) {
    return make_text(runtime.budget, subject.text()->substr(0, 1));
  }
  const std::vector<Value> items = items_of(runtime, subject);
  return items.empty() ? make_undefined("the sequence was empty") : items.front();
}

Value last(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("last", arguments, {});
  if (!length_of(subject)) fault("'{}' object is not reversible", type_name(subject));
  if (*length_of(subject) == 0) return make_undefined("the sequence was empty");
  if (const Sequence* sequence = subject.sequence()) return sequence->items.back();
  if (const Dict* dict = subject.dict()) return dict->entries.back().first;
  return make_text(runtime.budget, Text(1, subject.text()->back()));
}

Value length(Runtime&, const Value& subject, const Arguments& arguments) {
  const Parameters none("length", arguments, {});
  const auto length = length_of(subject);
  if (!length) fault("object of type '{}' has no len()", type_name(subject));
  return make_integer(static_cast<int64_t>(*length));
}

Value reverse(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("reverse", arguments, {});
  if (const Text* text = subject.text()) {
    return make_text(runtime.budget, Text(text->rbegin(), text->rend()));
  }
  const bool is_generator =
      subject.sequence() != nullptr && subject.sequence()->flavor == Flavor::kGenerator;
  std::vector<Value> items = items_of(runtime, subject);
  std::ranges::reverse(items);
  return is_generator ? list_of(runtime, std::move(items))
                      : generator_of(runtime, std::move(items));
}

Value items(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("items", arguments, {});
  if (subject.is_undefined()) return generator_of(runtime, {});
  if (subject.dict() == nullptr) fault("can only get item pairs from a mapping");
  std::vector<Value> pairs;
  for (const auto& [key, value] : subject.dict()->entries) {
    pairs.push_back(make_sequence(runtime.budget, Flavor::kTuple, {key, value}));
  }
  return generator_of(runtime, std::move(pairs));
}

Value dictsort(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("dictsort", arguments, {"case_sensitive", "by", "reverse"});
  if (subject.dict() == nullptr) fault("dictsort() expects a dict, found {}", type_name(subject));
  const bool by_value = p.has(1) && same_text(p.text(1), "value");
  if (p.has(1) && !by_value && !same_text(p.text(1), "key")) {
    fault("dictsort() sorts by 'key' or by 'value'");
  }
  std::vector<Value> pairs;
  for (const auto& [key, value] : subject.dict()->entries) {
    pairs.push_back(make_sequence(runtime.budget, Flavor::kTuple, {key, value}));
  }
  const auto key_of = [&](const Value& pair) {
    const Value& key = pair.sequence()->items[by_value ? 1 : 0];
    return p.truth_or(0, false) ? key : without_case(runtime, key);
  };
  sort_values(runtime, pairs, key_of, p.truth_or(2, false));
  return list_of(runtime, std::move(pairs));
}

/// The keys that "name,age" names, as a list; of no attribute the item itself.
Value sort_key(Runtime& runtime, const Value& item, const Value* attribute, bool with_case) {
  std::vector<Value> keys;
  if (attribute == nullptr) keys.push_back(item);
  TextView rest;
  if (attribute != nullptr && attribute->text() != nullptr) rest = *attribute->text();
  if (attribute != nullptr && attribute->text() == nullptr) {
    keys.push_back(item_at_path(runtime, item, *attribute, nullptr));
  }
  while (!rest.empty()) {
    const size_t comma = find_text(rest, U",");
    const Value path = make_text(Text(rest.substr(0, comma)));
    keys.push_back(item_at_path(runtime, item, path, nullptr));
    rest = comma == TextView::npos ? TextView() : rest.substr(comma + 1);
  }
  if (!with_case) {
    for (Value& key : keys) key = without_case(runtime, key);
  }
  return list_of(runtime, std::move(keys));
}

Value sort(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("sort", arguments, {"reverse", "case_sensitive", "attribute"});
  std::vector<Value> sorted = items_of(runtime, subject);
  const Value* attribute = p.is_set(2) ? &p.at(2) : nullptr;
  const auto key_of = [&](const Value& item) {
    return sort_key(runtime, item, attribute, p.truth_or(1, false));
  };
  sort_values(runtime, sorted, key_of, p.truth_or(0, false));
  return list_of(runtime, std::move(sorted));
}

Value unique(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("unique", arguments, {"case_sensitive", "attribute"});
  Dict seen;
  std::vector<Value> kept;
  for (const Value& item : items_of(runtime, subject)) {
    Value key = p.is_set(1) ? item_at_path(runtime, item, p.at(1), nullptr) : item;
    if (!p.truth_or(0, false)) key = without_case(runtime, key);
    runtime.budget.spend(2);
    if (seen.find(key) != nullptr) continue;
    seen.set(key, Value(None{}));
    kept.push_back(item);
  }
  return generator_of(runtime, std::move(kept));
}

Value groupby(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("groupby", arguments, {"attribute", "default", "case_sensitive"});
  const bool with_case = p.truth_or(2, false);
  const Value* otherwise = p.is_set(1) ? &p.at(1) : nullptr;
  const auto name_of = [&](const Value& item) {
    return item_at_path(runtime, item, p.at(0), otherwise);
  };
  const auto key_of = [&](const Value& item) {
    return with_case ? name_of(item) : without_case(runtime, name_of(item));
  };
  std::vector<Value> sorted = items_of(runtime, subject);
  sort_values(runtime, sorted, key_of);
  std::vector<Value> groups;
  for (size_t i = 0; i < sorted.size();) {
    const Value key = key_of(sorted[i]);
    std::vector<Value> members;
    size_t end = i;
    for (; end < sorted.size() && equal(runtime, key, key_of(sorted[end])); ++end) {
      members.push_back(sorted[end]);
    }
    groups.push_back(make_sequence(runtime.budget, Flavor::kTuple,
                                   {name_of(sorted[i]), list_of(runtime, std::move(members))}));
    i = std::max(end, i + 1);
  }
  return list_of(runtime, std::move(groups));
}

Value batch(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("batch", arguments, {"linecount", "fill_with"});
  const int64_t width = p.integer(0);
  if (width < 1) fault("batch() expects a count of at least 1, found {}", width);
  std::vector<Value> rows;
  std::vector<Value> row;
  const auto end_row = [&] { rows.push_back(list_of(runtime, std::exchange(row, {}))); };
  for (Value& item : items_of(runtime, subject)) {
    if (static_cast<int64_t>(row.size()) == width) end_row();
    row.push_back(std::move(item));
  }
  if (!row.empty()) {
    runtime.budget.spend(p.is_set(1) ? static_cast<uint64_t>(width) : 0);
    while (p.is_set(1) && static_cast<int64_t>(row.size()) < width) row.push_back(p.at(1));
    end_row();
  }
  return generator_of(runtime, std::move(rows));
}

Value slice(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("slice", arguments, {"slices", "fill_with"});
  const std::vector<Value> all = items_of(runtime, subject);
  if (p.integer(0) < 1) fault("slice() expects at least 1 slice, found {}", p.integer(0));
  const auto n = static_cast<size_t>(p.integer(0));
  runtime.budget.spend(n);
  std::vector<Value> slices;
  for (size_t i = 0, begin = 0; i < n; ++i) {
    const size_t size = all.size() / n + (i < all.size() % n ? 1 : 0);
    std::vector<Value> part(all.begin() + static_cast<std::ptrdiff_t>(begin),
                            all.begin() + static_cast<std::ptrdiff_t>(begin + size));
    if (p.is_set(1) && i >= all.size() % n) part.push_back(p.at(1));
    slices.push_back(list_of(runtime, std::move(part)));
    begin += size;
  }
  return generator_of(runtime, std::move(slices));
}

constexpr FilterRow kFilters[] = {{"batch", batch},     {"count", length},  {"dictsort", dictsort},
                                  {"first", first},     {"items", items},   {"groupby", groupby},
                                  {"last", last},       {"length", length}, {"list", list},
                                  {"reverse", reverse}, {"slice", slice},   {"sort", sort},
                                  {"unique", unique}};

}  // namespace

std::span<const FilterRow> sequence_filters() { return kFilters; }

}  // namespace freshet::jinja
