// Names and their values.
#pragma once

#include <algorithm>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/value.h"

namespace freshet::jinja {

/// The variables of a loop's turn, of a macro's call, of the template. Names point into the tree.
class Scope {
 public:
  explicit Scope(const Scope* outer) : outer_(outer) {}

  void set(std::string_view name, Value value) {
    const auto at = std::ranges::find(variables_, name, &Variable::first);
    if (at != variables_.end()) {
      at->second = std::move(value);
    } else {
      variables_.emplace_back(name, std::move(value));
    }
  }

  [[nodiscard]] const Value* find(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer_) {
      const auto at = std::ranges::find(scope->variables_, name, &Variable::first);
      if (at != scope->variables_.end()) return &at->second;
    }
    return nullptr;
  }

  void clear() { variables_.clear(); }

 private:
  using Variable = std::pair<std::string_view, Value>;
  const Scope* outer_;
  std::vector<Variable> variables_;
};

}  // namespace freshet::jinja
