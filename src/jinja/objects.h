// The objects that templates make: namespaces, cyclers, joiners, and functions of C++.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "jinja/runtime.h"

namespace freshet::jinja {

/// namespace(): the one thing whose attributes a template may set.
class Namespace : public Object {
 public:
  explicit Namespace(Dict attributes) : attributes_(std::move(attributes)) {}

  std::string_view type_name() const override { return "Namespace"; }
  std::optional<Value> attribute(Runtime& runtime, std::string_view name) override;
  Text print(Runtime& runtime) const override;
  void release() noexcept override { attributes_ = {}; }

  void set(Runtime& runtime, std::string_view name, Value value);

 private:
  Dict attributes_;
};

/// A function that the engine offers to templates.
class Function : public Object {
 public:
  using Body = std::function<Value(Runtime&, const Arguments&)>;
  explicit Function(Body body) : body_(std::move(body)) {}

  std::string_view type_name() const override { return "function"; }
  bool is_callable() const override { return true; }
  Value call(Runtime& runtime, const Arguments& arguments) override {
    return body_(runtime, arguments);
  }
  void release() noexcept override { body_ = nullptr; }

 private:
  Body body_;
};

/// The global functions: range, dict, namespace, cycler, joiner, raise_exception, strftime_now; an
/// undefined for another name.
[[nodiscard]] Value global_function(Runtime& runtime, std::string_view name);

}  // namespace freshet::jinja
