#include "jinja/objects.h"

#include <array>
#include <ctime>

#include "jinja/clock.h"
#include "jinja/operations.h"
#include "jinja/parameters.h"
#include "jinja/printing.h"

namespace freshet::jinja {
namespace {

/// The keyword arguments, after the entries of a dict or the pairs of a list that may come first.
Dict collect(Runtime& runtime, std::string_view function, const Arguments& arguments) {
  Dict dict;
  if (arguments.positional.size() > 1) fault("{}() takes at most 1 argument", function);
  for (const Value& first : arguments.positional) {
    if (first.dict() != nullptr) {
      runtime.budget.spend(first.dict()->entries.size());
      for (const auto& [key, value] : first.dict()->entries) dict.set(key, value);
      continue;
    }
    for (const Value& pair : items_of(runtime, first)) {
      const std::vector<Value> parts = items_of(runtime, pair);
      if (parts.size() != 2) fault("{}() expects pairs of a key and a value", function);
      dict.set(parts[0], parts[1]);
    }
  }
  for (const auto& [name, value] : arguments.named) dict.set(keyword_key(name), value);
  return dict;
}

/// cycler(...): its items again and again.
class Cycler : public Object {
 public:
  explicit Cycler(std::vector<Value> items) : items_(std::move(items)) {}

  std::string_view type_name() const override { return "Cycler"; }
  std::optional<Value> attribute(Runtime& runtime, std::string_view name) override {
    if (items_.empty()) return std::nullopt;
    if (name == "current") return items_[at_];
    if (name == "next") return method(runtime, [this] { return take(); });
    if (name == "reset") {
      return method(runtime, [this] {
        at_ = 0;
        return Value(None{});
      });
    }
    return std::nullopt;
  }
  void release() noexcept override { items_.clear(); }

 private:
  Value take() {
    Value item = items_[at_];
    at_ = (at_ + 1) % items_.size();
    return item;
  }
  template <class Body>
  static Value method(Runtime& runtime, Body body) {
    return runtime.keep(
        std::make_shared<Function>([body](Runtime&, const Arguments&) { return body(); }));
  }

  std::vector<Value> items_;
  size_t at_ = 0;
};

Value range(Runtime& runtime, const Arguments& arguments) {
  constexpr int64_t kMost = 100'000;  // the reference's sandbox draws the line here
  if (!arguments.named.empty() || arguments.positional.empty() || arguments.positional.size() > 3) {
    fault("range() takes 1 to 3 positional arguments");
  }
  std::array<int64_t, 3> bounds = {0, 0, 1};
  for (size_t i = 0; i < arguments.positional.size(); ++i) {
    const auto number = arguments.positional[i].integer();
    if (!number) fault("range() expects integers, found {}", type_name(arguments.positional[i]));
    bounds[arguments.positional.size() == 1 ? 1 : i] = *number;
  }
  const auto [first, last, step] = bounds;
  if (step == 0) fault("range() arg 3 must not be zero");
  const auto span = step > 0 ? static_cast<long double>(last) - static_cast<long double>(first)
                             : static_cast<long double>(first) - static_cast<long double>(last);
  const auto width = step > 0 ? static_cast<long double>(step) : -static_cast<long double>(step);
  if (span > width * kMost) fault("range too big: at most {} items are allowed", kMost);
  std::vector<Value> items;
  const auto n = span <= 0 ? size_t{0} : static_cast<size_t>((span + width - 1) / width);
  runtime.budget.spend(n / 4);
  for (size_t i = 0; i < n; ++i) {
    items.emplace_back(
        static_cast<int64_t>(static_cast<uint64_t>(first) + static_cast<uint64_t>(step) * i));
  }
  return make_sequence(runtime.budget, Flavor::kRange, std::move(items));
}

Value make_namespace(Runtime& runtime, const Arguments& arguments) {
  return runtime.keep(std::make_shared<Namespace>(collect(runtime, "namespace", arguments)));
}

Value dict(Runtime& runtime, const Arguments& arguments) {
  return make_dict(runtime.budget, collect(runtime, "dict", arguments));
}

Value cycler(Runtime& runtime, const Arguments& arguments) {
  if (arguments.positional.empty()) fault("cycler() needs at least one item");
  return runtime.keep(std::make_shared<Cycler>(arguments.positional));
}

Value joiner(Runtime& runtime, const Arguments& arguments) {
  const Parameters p("joiner", arguments, {"sep"});
  Value separator = p.has(0) ? p.at(0) : make_text(U", ");
  return runtime.keep(
      std::make_shared<Function>([separator, used = false](Runtime&, const Arguments&) mutable {
        return std::exchange(used, true) ? separator : make_text({});
      }));
}

Value raise_exception(Runtime&, const Arguments& arguments) {
  const Parameters p("raise_exception", arguments, {"message"});
  const Text* message = p.at(0).text();
  fault("the template refuses this conversation: {}",
        message == nullptr ? std::string(type_name(p.at(0))) : to_utf8(*message));
}

Value strftime_now(Runtime& runtime, const Arguments& arguments) {
  const Parameters p("strftime_now", arguments, {"format"});
  return make_text(runtime.budget, format_time(p.text(0), runtime.now));
}

struct GlobalFunction {
  std::string_view name;
  Value (*call)(Runtime& runtime, const Arguments& arguments);
};
constexpr std::array kFunctions = {
    GlobalFunction{"range", range},
    GlobalFunction{"dict", dict},
    GlobalFunction{"namespace", make_namespace},
    GlobalFunction{"cycler", cycler},
    GlobalFunction{"joiner", joiner},
    GlobalFunction{"raise_exception", raise_exception},
    GlobalFunction{"strftime_now", strftime_now},
};

}  // namespace

std::optional<Value> Namespace::attribute(Runtime&, std::string_view name) {
  const Value* value = attributes_.find(name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

Text Namespace::print(Runtime& runtime) const {
  Text text = U"<Namespace ";
  Dict copy;
  for (const auto& [key, value] : attributes_.entries) copy.set(key, value);
  append_repr(runtime, text, make_dict(std::move(copy)));
  return text + U">";
}

void Namespace::set(Runtime& runtime, std::string_view name, Value value) {
  if (name.starts_with('_')) fault("a namespace holds no names that begin with an underscore");
  runtime.budget.spend(1);
  attributes_.set(make_text(from_utf8(name)), std::move(value));
}

Value global_function(Runtime& runtime, std::string_view name) {
  for (const GlobalFunction& function : kFunctions) {
    if (function.name == name) return runtime.keep(std::make_shared<Function>(function.call));
  }
  return make_undefined(formatted("'{}' is undefined", name));
}

}  // namespace freshet::jinja
