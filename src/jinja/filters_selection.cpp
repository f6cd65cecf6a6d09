// Filters that apply a filter or a test to every item.
#include "jinja/filter_table.h"
#include "jinja/operations.h"
#include "jinja/parameters.h"

namespace freshet::jinja {
namespace {

const Value* named(const Arguments& arguments, std::string_view name) {
  for (const auto& [given, value] : arguments.named) {
    if (given == name) return &value;
  }
  return nullptr;
}

const Text& name_in(const Arguments& arguments, size_t i, std::string_view function) {
  if (arguments.positional.size() <= i || arguments.positional[i].text() == nullptr) {
    fault("{}() expects the name of a filter, test or attribute", function);
  }
  return *arguments.positional[i].text();
}

Arguments without_first(const Arguments& arguments, size_t n) {
  const auto first = arguments.positional.begin() + static_cast<std::ptrdiff_t>(n);
  return {.positional = {first, arguments.positional.end()}, .named = arguments.named};
}

Value map(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  std::vector<Value> mapped;
  const Value* attribute = arguments.positional.empty() ? named(arguments, "attribute") : nullptr;
  if (attribute != nullptr) {
    const Parameters p("map", arguments, {"attribute", "default"});
    const Value* otherwise = p.is_set(1) ? &p.at(1) : nullptr;
    for (const Value& item : items_of(runtime, subject)) {
      mapped.push_back(item_at_path(runtime, item, *attribute, otherwise));
    }
  } else {
    const Filter filter = require_filter(to_utf8(name_in(arguments, 0, "map")));
    const Arguments rest = without_first(arguments, 1);
    const Level level(runtime.budget);  // map may map
    for (const Value& item : items_of(runtime, subject)) {
      runtime.budget.spend(1);
      mapped.push_back(filter(runtime, item, rest));
    }
  }
  return make_sequence(runtime.budget, Flavor::kGenerator, std::move(mapped));
}

/// The items, or what an attribute of theirs is, that pass a test, or fail it.
template <bool keeps, bool by_attribute>
Value select(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  constexpr size_t kTest = by_attribute ? 1 : 0;  // the position of its name
  std::vector<Value> kept;
  if (is_true(subject)) {
    if (by_attribute) {
      if (arguments.positional.empty()) fault("selectattr() expects the name of an attribute");
    }
    const bool has_test = arguments.positional.size() > kTest;
    const Test test =
        has_test ? require_test(to_utf8(name_in(arguments, kTest, "select"))) : nullptr;
    const Arguments rest = has_test ? without_first(arguments, kTest + 1) : Arguments();
    for (const Value& item : items_of(runtime, subject)) {
      runtime.budget.spend(1);
      const Value tested =
          by_attribute ? item_at_path(runtime, item, arguments.positional[0], nullptr) : item;
      const bool passes = test == nullptr ? is_true(tested) : test(runtime, tested, rest);
      if (passes == keeps) kept.push_back(item);
    }
  }
  return make_sequence(runtime.budget, Flavor::kGenerator, std::move(kept));
}

Value default_filter(Runtime&, const Value& subject, const Arguments& arguments) {
  const Parameters p("default", arguments, {"default_value", "boolean"});
  const bool is_missing = subject.is_undefined() || (p.truth_or(1, false) && !is_true(subject));
  if (!is_missing) return subject;
  return p.has(0) ? p.at(0) : make_text({});
}

Value attr(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("attr", arguments, {"name"});
  refuse_undefined(subject);
  auto found = find_attribute(runtime, subject, p.text(0));
  return found ? *found
               : make_undefined(formatted("'{} object' has no attribute '{}'", type_name(subject),
                                          to_utf8(p.text(0))));
}

constexpr FilterRow kFilters[] = {{"attr", attr},
                                  {"d", default_filter},
                                  {"default", default_filter},
                                  {"map", map},
                                  {"reject", select<false, false>},
                                  {"rejectattr", select<false, true>},
                                  {"select", select<true, false>},
                                  {"selectattr", select<true, true>}};

}  // namespace

std::span<const FilterRow> selection_filters() { return kFilters; }

}  // namespace freshet::jinja
