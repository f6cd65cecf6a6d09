#include "jinja/methods.h"

#include <algorithm>
#include <array>

#include "jinja/operations.h"
#include "jinja/parameters.h"

namespace freshet::jinja {
namespace {

/// x.strip without the call.
class BoundMethod : public Object {
 public:
  BoundMethod(Value self, const Method& method) : self_(std::move(self)), method_(method) {}

  std::string_view type_name() const override { return "builtin_function_or_method"; }
  bool is_callable() const override { return true; }
  Value call(Runtime& runtime, const Arguments& arguments) override {
    return method_.call(runtime, self_, arguments);
  }
  int nesting() const override { return self_.nesting(); }
  void release() noexcept override { self_ = Value(); }

 private:
  Value self_;
  const Method& method_;
};

Value view_of(Runtime& runtime, const Dict& dict, Flavor flavor) {
  runtime.budget.spend(dict.entries.size());
  std::vector<Value> items;
  for (const auto& [key, value] : dict.entries) {
    if (flavor == Flavor::kItems) {
      items.push_back(make_sequence(runtime.budget, Flavor::kTuple, {key, value}));
    } else {
      items.push_back(flavor == Flavor::kKeys ? key : value);
    }
  }
  return make_sequence(runtime.budget, flavor, std::move(items));
}

Value dict_copy(Runtime&, const Value& self, const Arguments& arguments) {
  const Parameters none("copy", arguments, {});
  return self;
}

Value dict_get(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("get", arguments, {"key", "default"});
  if (const Text* key = p.at(0).text()) runtime.budget.spend_on(key->size());
  const Value* found = self.dict()->find(p.at(0));
  if (found != nullptr) return *found;
  return p.has(1) ? p.at(1) : Value(None{});
}

template <Flavor flavor>
Value dict_view(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters none("items", arguments, {});
  return view_of(runtime, *self.dict(), flavor);
}

Value list_count(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("count", arguments, {"value"});
  int64_t n = 0;
  for (const Value& item : self.sequence()->items) n += equal(runtime, item, p.at(0)) ? 1 : 0;
  return make_integer(n);
}

Value list_index(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("index", arguments, {"value"});
  const std::vector<Value>& items = self.sequence()->items;
  for (size_t i = 0; i < items.size(); ++i) {
    if (equal(runtime, items[i], p.at(0))) return make_integer(static_cast<int64_t>(i));
  }
  fault("the value is not in the list");
}

constexpr std::array kDictMethods = {
    Method{"copy", dict_copy}, Method{"get", dict_get}, Method{"items", dict_view<Flavor::kItems>},
    Method{"keys", dict_view<Flavor::kKeys>}, Method{"values", dict_view<Flavor::kValues>}};
constexpr std::array kListMethods = {Method{"count", list_count}, Method{"index", list_index}};

/// What the sandbox of the reference withholds: templates must not change what they are given.
bool changes_value(const Value& value, std::string_view name) {
  constexpr std::array<std::string_view, 5> kOfDicts = {"clear", "pop", "popitem", "setdefault",
                                                        "update"};
  constexpr std::array<std::string_view, 8> kOfLists = {"append", "clear",  "extend",  "insert",
                                                        "pop",    "remove", "reverse", "sort"};
  const Sequence* sequence = value.sequence();
  if (value.dict() != nullptr) return std::ranges::find(kOfDicts, name) != kOfDicts.end();
  return sequence != nullptr && sequence->flavor == Flavor::kList &&
         std::ranges::find(kOfLists, name) != kOfLists.end();
}

}  // namespace

std::span<const Method> container_methods(const Value& value) {
  if (value.dict() != nullptr) return kDictMethods;
  const Sequence* sequence = value.sequence();
  if (sequence != nullptr && sequence->flavor <= Flavor::kRange) return kListMethods;
  return {};
}

const Method* look_up_method(const Value& value, std::string_view name) {
  const std::span<const Method> methods =
      value.text() != nullptr ? text_methods() : container_methods(value);
  const auto at = std::ranges::lower_bound(methods, name, {}, &Method::name);
  return at != methods.end() && at->name == name ? &*at : nullptr;
}

std::optional<Value> find_method(Runtime& runtime, const Value& value, std::string_view name) {
  if (const Method* method = look_up_method(value, name)) {
    return runtime.keep(std::make_shared<BoundMethod>(value, *method));
  }
  if (changes_value(value, name) || (name.starts_with("__") && name.ends_with("__"))) {
    return make_undefined(
        formatted("access to attribute '{}' of '{}' object is unsafe", name, type_name(value)));
  }
  return std::nullopt;
}

}  // namespace freshet::jinja
