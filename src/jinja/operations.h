// What expressions do with values: Python's operators.
#pragma once

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>
#include <vector>

#include "jinja/runtime.h"

namespace freshet::jinja {

[[nodiscard]] bool is_true(const Value& value);

[[nodiscard]] bool equal(Runtime& runtime, const Value& a, const Value& b);
/// a < b. Throws a Fault where Python has no order, as the others do where it has no operation.
[[nodiscard]] bool less(Runtime& runtime, const Value& a, const Value& b);
/// needle in haystack.
[[nodiscard]] bool contains(Runtime& runtime, const Value& haystack, const Value& needle);

enum class Operator : uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kFloorDivide,
  kModulo,
  kPower
};
[[nodiscard]] Value calculate(Runtime& runtime, Operator op, const Value& a, const Value& b);
[[nodiscard]] Value negate(const Value& value);

/// value[key]: an item, else an attribute of that name, else undefined.
[[nodiscard]] Value get_item(Runtime& runtime, const Value& value, const Value& key);
/// value.name: an attribute, else the item of that name, else undefined.
[[nodiscard]] Value get_attribute(Runtime& runtime, const Value& value, const Text& name);
/// The attribute alone, as Python's getattr has it: methods, and what objects offer.
[[nodiscard]] std::optional<Value> find_attribute(Runtime& runtime, const Value& value,
                                                  const Text& name);
/// value[first:last:step]; an absent bound is None or nothing.
struct SliceBounds {
  std::optional<int64_t> first, last, step;
};
[[nodiscard]] Value get_slice(Runtime& runtime, const Value& value, const SliceBounds& bounds);

/// len(value), or nothing for what has no length.
[[nodiscard]] std::optional<size_t> length_of(const Value& value);
/// list(value): what a loop over it sees. Of a generator, what is left, which is then gone.
[[nodiscard]] std::vector<Value> items_of(Runtime& runtime, const Value& value);
[[nodiscard]] bool is_iterable(const Value& value);

/// "'x' is undefined", if it is; to be asked where undefined is an error.
void refuse_undefined(const Value& value);

/// Stable, as Python sorts. `key_of` gives the value to sort an item by.
template <class Item, class KeyOf>
void sort_values(Runtime& runtime, std::vector<Item>& items, KeyOf key_of, bool reverse = false) {
  std::vector<Value> keys;
  for (const Item& item : items) keys.push_back(key_of(item));
  std::vector<size_t> order(items.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return reverse ? less(runtime, keys[b], keys[a]) : less(runtime, keys[a], keys[b]);
  });
  std::vector<Item> sorted;
  for (const size_t i : order) sorted.push_back(items[i]);
  items = std::move(sorted);
}

}  // namespace freshet::jinja
