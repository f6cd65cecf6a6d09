// Truth, equality, order and membership.
#include <cmath>

#include "jinja/operations.h"

namespace freshet::jinja {
namespace {

/// Wide enough for every 64-bit integer and every double: numbers compare exactly.
std::optional<long double> exact(const Value& value) {
  if (const auto whole = value.integer()) return static_cast<long double>(*whole);
  if (const auto number = value.number()) return static_cast<long double>(*number);
  return std::nullopt;
}

bool equal_items(Runtime& runtime, const Sequence& a, const Sequence& b) {
  if (&a == &b) return true;
  const bool comparable = a.flavor == b.flavor && (a.flavor <= Flavor::kRange);
  if (!comparable || a.items.size() != b.items.size()) return false;
  for (size_t i = 0; i < a.items.size(); ++i) {
    if (!equal(runtime, a.items[i], b.items[i])) return false;
  }
  return true;
}

bool equal_dicts(Runtime& runtime, const Dict& a, const Dict& b) {
  if (&a == &b) return true;
  if (a.entries.size() != b.entries.size()) return false;
  for (const auto& [key, value] : a.entries) {
    const Value* other = b.find(key);
    if (other == nullptr || !equal(runtime, value, *other)) return false;
  }
  return true;
}

int sign_of(const BigInteger& big) { return big.digits.starts_with('-') ? -1 : 1; }

/// Of two integers, at least one of them big, the order; big ones are canonical decimals.
bool less_big(const BigInteger* a, const BigInteger* b) {
  if (a == nullptr) return sign_of(*b) > 0;
  if (b == nullptr) return sign_of(*a) < 0;
  if (sign_of(*a) != sign_of(*b)) return sign_of(*a) < sign_of(*b);
  const bool shorter = a->digits.size() != b->digits.size() ? a->digits.size() < b->digits.size()
                                                            : a->digits < b->digits;
  return a->digits != b->digits && shorter == (sign_of(*a) > 0);
}

bool contains_in_sequence(Runtime& runtime, Sequence& sequence, const Value& needle) {
  const bool once = sequence.flavor == Flavor::kGenerator;
  for (size_t i = once ? sequence.consumed : 0; i < sequence.items.size(); ++i) {
    if (once) sequence.consumed = i + 1;
    if (equal(runtime, sequence.items[i], needle)) return true;
  }
  return false;
}

}  // namespace

void refuse_undefined(const Value& value) {
  if (const auto* undefined = std::get_if<Undefined>(&value.data())) {
    fault("{}", undefined->why == nullptr ? "the value is undefined" : *undefined->why);
  }
}

bool is_true(const Value& value) {
  if (value.is_undefined() || value.is_none()) return false;
  if (const Sequence* sequence = value.sequence()) {
    return sequence->flavor == Flavor::kGenerator || !sequence->items.empty();
  }
  if (const auto length = length_of(value)) return *length > 0;
  if (const auto number = value.number()) return *number != 0;
  return true;
}

bool equal(Runtime& runtime, const Value& a, const Value& b) {
  const Level level(runtime.budget);
  runtime.budget.spend(1);
  if (const auto x = exact(a), y = exact(b); x && y) return *x == *y;
  if (a.text() != nullptr && b.text() != nullptr) {
    runtime.budget.spend_on(std::min(a.text()->size(), b.text()->size()));
    return a.text() == b.text() || same_text(*a.text(), *b.text());
  }
  if (a.sequence() != nullptr && b.sequence() != nullptr) {
    return equal_items(runtime, *a.sequence(), *b.sequence());
  }
  if (a.dict() != nullptr && b.dict() != nullptr) {
    return equal_dicts(runtime, *a.dict(), *b.dict());
  }
  if (a.object() != nullptr && b.object() != nullptr) return a.object() == b.object();
  if (a.big() != nullptr && b.big() != nullptr) return a.big()->digits == b.big()->digits;
  return (a.is_none() && b.is_none()) || (a.is_undefined() && b.is_undefined());
}

bool less(Runtime& runtime, const Value& a, const Value& b) {
  const Level level(runtime.budget);
  runtime.budget.spend(1);
  if (const auto x = exact(a), y = exact(b); x && y) return *x < *y;
  if (a.text() != nullptr && b.text() != nullptr) {
    runtime.budget.spend_on(std::min(a.text()->size(), b.text()->size()));
    return compare_texts(*a.text(), *b.text()) < 0;
  }
  const Sequence* left = a.sequence();
  const Sequence* right = b.sequence();
  if (left != nullptr && right != nullptr && left->flavor == right->flavor &&
      left->flavor <= Flavor::kTuple) {
    const size_t n = std::min(left->items.size(), right->items.size());
    for (size_t i = 0; i < n; ++i) {
      if (equal(runtime, left->items[i], right->items[i])) continue;
      return less(runtime, left->items[i], right->items[i]);
    }
    return left->items.size() < right->items.size();
  }
  if ((a.big() != nullptr || a.integer()) && (b.big() != nullptr || b.integer())) {
    return less_big(a.big(), b.big());
  }
  refuse_undefined(a);
  refuse_undefined(b);
  fault("'<' not supported between instances of '{}' and '{}'", type_name(a), type_name(b));
}

bool contains(Runtime& runtime, const Value& haystack, const Value& needle) {
  runtime.budget.spend(1);
  if (const Text* text = haystack.text()) {
    const Text* part = needle.text();
    if (part == nullptr) {
      fault("'in <string>' requires string as left operand, not {}", type_name(needle));
    }
    runtime.budget.spend_on(text->size() + part->size());
    return find_text(*text, *part) != Text::npos;
  }
  if (const Dict* dict = haystack.dict()) {
    if (needle.text() != nullptr) runtime.budget.spend_on(needle.text()->size());
    return dict->find(needle) != nullptr;
  }
  if (Sequence* sequence = haystack.sequence()) {
    return contains_in_sequence(runtime, *sequence, needle);
  }
  if (haystack.is_undefined()) return false;
  fault("argument of type '{}' is not iterable", type_name(haystack));
}

}  // namespace freshet::jinja
