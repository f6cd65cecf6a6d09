// What stands after `is`.
#include <algorithm>
#include <array>

#include "jinja/filters.h"
#include "jinja/operations.h"
#include "jinja/parameters.h"
#include "jinja/printing.h"
#include "jinja/text_functions.h"

namespace freshet::jinja {
namespace {

struct TestRow {
  std::string_view name;
  Test test;
};

/// A test that looks at the value alone.
template <bool (*is)(const Value&)>
bool plain(Runtime&, const Value& value, const Arguments& arguments) {
  const Parameters none("the test", arguments, {});
  return is(value);
}

bool is_defined(const Value& value) { return !value.is_undefined(); }
bool is_undefined(const Value& value) { return value.is_undefined(); }
bool is_none(const Value& value) { return value.is_none(); }
bool is_boolean(const Value& value) { return value.is<bool>(); }
bool is_false(const Value& value) { return value.is<bool>() && !is_true(value); }
bool is_truth(const Value& value) { return value.is<bool>() && is_true(value); }
bool is_integer(const Value& value) { return value.is<int64_t>() || value.big() != nullptr; }
bool is_float(const Value& value) { return value.is<double>(); }
bool is_number(const Value& value) { return value.number() || value.big() != nullptr; }
bool is_string(const Value& value) { return value.text() != nullptr; }
bool is_mapping(const Value& value) { return value.dict() != nullptr; }
bool is_escaped(const Value&) { return false; }

bool is_sequence(const Value& value) {
  const Sequence* sequence = value.sequence();
  return sequence != nullptr ? sequence->flavor <= Flavor::kRange : length_of(value).has_value();
}

/// An undefined counts, as in the reference: its call is an error of its own.
bool is_callable(const Value& value) {
  return value.is_undefined() || (value.object() != nullptr && value.object()->is_callable());
}

const Value& other(const Arguments& arguments) {
  if (arguments.positional.size() != 1 || !arguments.named.empty()) {
    fault("the test expects one value to compare with");
  }
  return arguments.positional[0];
}

int64_t rest_of(Runtime& runtime, const Value& value, const Value& divisor) {
  const Value rest = calculate(runtime, Operator::kModulo, value, divisor);
  if (rest.integer()) return *rest.integer();
  return rest.number() && *rest.number() == 0 ? 0 : *rest.number() == 1 ? 1 : 2;
}

bool is_odd(Runtime& runtime, const Value& value, const Arguments&) {
  return rest_of(runtime, value, make_integer(2)) == 1;
}
bool is_even(Runtime& runtime, const Value& value, const Arguments&) {
  return rest_of(runtime, value, make_integer(2)) == 0;
}
bool is_divisible(Runtime& runtime, const Value& value, const Arguments& arguments) {
  return rest_of(runtime, value, other(arguments)) == 0;
}

bool is_equal(Runtime& runtime, const Value& value, const Arguments& arguments) {
  return equal(runtime, value, other(arguments));
}
bool is_unequal(Runtime& runtime, const Value& value, const Arguments& arguments) {
  return !equal(runtime, value, other(arguments));
}
bool is_less(Runtime& runtime, const Value& value, const Arguments& arguments) {
  return less(runtime, value, other(arguments));
}
bool is_greater(Runtime& runtime, const Value& value, const Arguments& arguments) {
  return less(runtime, other(arguments), value);
}
bool is_at_most(Runtime& runtime, const Value& value, const Arguments& arguments) {
  return less(runtime, value, other(arguments)) || equal(runtime, value, other(arguments));
}
bool is_at_least(Runtime& runtime, const Value& value, const Arguments& arguments) {
  return less(runtime, other(arguments), value) || equal(runtime, value, other(arguments));
}
bool is_in(Runtime& runtime, const Value& value, const Arguments& arguments) {
  return contains(runtime, other(arguments), value);
}

/// Python's `is`: one thing, not two that are alike.
bool is_same(Runtime&, const Value& value, const Arguments& arguments) {
  const Value& with = other(arguments);
  if (value.data().index() != with.data().index()) return false;
  if (value.text() != nullptr) return value.text() == with.text();
  if (value.sequence() != nullptr) return value.sequence() == with.sequence();
  if (value.dict() != nullptr) return value.dict() == with.dict();
  if (value.object() != nullptr) return value.object() == with.object();
  return value.is_none() || value.is_undefined() || value.number() == with.number();
}

template <bool upper>
bool is_cased(Runtime& runtime, const Value& value, const Arguments&) {
  return all_cased(print_value(runtime, value), upper);
}

std::string name_in(const Value& value) {
  return value.text() == nullptr ? std::string() : to_utf8(*value.text());
}
bool is_filter(const Value& value) { return find_filter(name_in(value)) != nullptr; }
bool is_test(const Value& value) { return find_test(name_in(value)) != nullptr; }

constexpr std::array kTests = {TestRow{"!=", is_unequal},
                               TestRow{"<", is_less},
                               TestRow{"<=", is_at_most},
                               TestRow{"==", is_equal},
                               TestRow{">", is_greater},
                               TestRow{">=", is_at_least},
                               TestRow{"boolean", plain<is_boolean>},
                               TestRow{"callable", plain<is_callable>},
                               TestRow{"defined", plain<is_defined>},
                               TestRow{"divisibleby", is_divisible},
                               TestRow{"eq", is_equal},
                               TestRow{"equalto", is_equal},
                               TestRow{"escaped", plain<is_escaped>},
                               TestRow{"even", is_even},
                               TestRow{"false", plain<is_false>},
                               TestRow{"filter", plain<is_filter>},
                               TestRow{"float", plain<is_float>},
                               TestRow{"ge", is_at_least},
                               TestRow{"greaterthan", is_greater},
                               TestRow{"gt", is_greater},
                               TestRow{"in", is_in},
                               TestRow{"integer", plain<is_integer>},
                               TestRow{"iterable", plain<is_iterable>},
                               TestRow{"le", is_at_most},
                               TestRow{"lessthan", is_less},
                               TestRow{"lower", is_cased<false>},
                               TestRow{"lt", is_less},
                               TestRow{"mapping", plain<is_mapping>},
                               TestRow{"ne", is_unequal},
                               TestRow{"none", plain<is_none>},
                               TestRow{"number", plain<is_number>},
                               TestRow{"odd", is_odd},
                               TestRow{"sameas", is_same},
                               TestRow{"sequence", plain<is_sequence>},
                               TestRow{"string", plain<is_string>},
                               TestRow{"test", plain<is_test>},
                               TestRow{"true", plain<is_truth>},
                               TestRow{"undefined", plain<is_undefined>},
                               TestRow{"upper", is_cased<true>}};

}  // namespace

Test find_test(std::string_view name) {
  const auto* const at = std::ranges::find(kTests, name, &TestRow::name);
  return at == kTests.end() ? nullptr : at->test;
}

}  // namespace freshet::jinja
