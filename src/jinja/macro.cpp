// Macros: defining and calling them.
#include <algorithm>

#include "jinja/interpreter.h"
#include "jinja/parameters.h"

namespace freshet::jinja {
namespace {

class Macro : public Object {
 public:
  Macro(Interpreter& interpreter, const MacroNode& node, const Scope* closure)
      : interpreter_(interpreter), node_(node), closure_(closure) {}

  std::string_view type_name() const override { return "Macro"; }
  Text print(Runtime&) const override { return from_utf8(formatted("<Macro '{}'>", node_.name)); }
  std::optional<Value> attribute(Runtime& runtime, std::string_view name) override {
    if (name == "name") return make_text(runtime.budget, from_utf8(node_.name));
    return std::nullopt;
  }
  bool is_callable() const override { return true; }
  Value call(Runtime&, const Arguments& arguments) override {
    return interpreter_.call_macro(node_, closure_, arguments);
  }

 private:
  Interpreter& interpreter_;
  const MacroNode& node_;
  const Scope* closure_;
};

}  // namespace

Value Interpreter::make_macro(const MacroNode& node) {
  ++n_captures_;
  return runtime_.keep(std::make_shared<Macro>(*this, node, scope_));
}

Value Interpreter::call_macro(const MacroNode& macro, const Scope* closure,
                              const Arguments& arguments) {
  const Level level(runtime_.budget);
  const Frame frame(*this, closure);
  bind(macro, arguments);
  return make_text(runtime_.budget, capture(macro.body));
}

/// Each parameter gets the argument in its place, else the one of its name, else its default, else
/// an undefined.
void Interpreter::bind(const MacroNode& macro, const Arguments& arguments) {
  const size_t n = macro.parameters.size();
  const size_t first_default = n - macro.defaults.size();
  std::vector<bool> is_used(arguments.named.size(), false);
  for (size_t i = 0; i < n; ++i) {
    const std::string& name = macro.parameters[i];
    const auto given = std::ranges::find(
        arguments.named, name, [](const auto& named) { return std::string_view(named.first); });
    if (i < arguments.positional.size()) {
      scope_->set(name, arguments.positional[i]);
    } else if (given != arguments.named.end()) {
      is_used[static_cast<size_t>(given - arguments.named.begin())] = true;
      scope_->set(name, given->second);
    } else if (i >= first_default) {
      scope_->set(name, evaluate(*macro.defaults[i - first_default]));
    } else {
      scope_->set(name, make_undefined(formatted("parameter '{}' was not provided", name)));
    }
  }
  bind_rest(macro, arguments, is_used);
}

/// What is left of the arguments goes to `varargs`, `kwargs` and `caller`, if the body names them.
void Interpreter::bind_rest(const MacroNode& macro, const Arguments& arguments,
                            const std::vector<bool>& is_used) {
  const size_t n = macro.parameters.size();
  if (arguments.positional.size() > n && !macro.uses_varargs) {
    fault("macro '{}' takes not more than {} arguments, {} given", macro.name, n,
          arguments.positional.size());
  }
  const auto rest = arguments.positional.begin() +
                    static_cast<std::ptrdiff_t>(std::min(n, arguments.positional.size()));
  if (macro.uses_varargs) {
    scope_->set("varargs",
                make_sequence(runtime_.budget, Flavor::kTuple, {rest, arguments.positional.end()}));
  }
  const bool takes_caller =
      macro.uses_caller && std::ranges::find(macro.parameters, "caller") == macro.parameters.end();
  if (takes_caller) scope_->set("caller", make_undefined("No caller defined"));
  Dict more;
  for (size_t i = 0; i < arguments.named.size(); ++i) {
    const auto& [name, value] = arguments.named[i];
    if (is_used[i]) continue;
    if (takes_caller && name == "caller") {
      scope_->set("caller", value);
    } else if (macro.uses_kwargs) {
      more.set(keyword_key(name), value);
    } else {
      fault("macro '{}' takes no keyword argument '{}'", macro.name, name);
    }
  }
  if (macro.uses_kwargs) scope_->set("kwargs", make_dict(runtime_.budget, std::move(more)));
}

}  // namespace freshet::jinja
