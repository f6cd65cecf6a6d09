// A loop under way: its items, and the variable `loop`.
#pragma once

#include <deque>
#include <optional>

#include "jinja/interpreter.h"

namespace freshet::jinja {

class Loop : public Object {
 public:
  /// `outer`: the scope that the loop stands in. It is looked at where the loop has a test or is
  /// recursive, and must then outlive this.
  Loop(Interpreter& interpreter, const For& node, const Value& iterable, const Scope* outer,
       int depth0);

  /// The next item, or nothing.
  std::optional<Value> advance();

  std::string_view type_name() const override { return "LoopContext"; }
  Text print(Runtime& runtime) const override;
  std::optional<Value> attribute(Runtime& runtime, std::string_view name) override;
  bool is_callable() const override { return true; }
  Value call(Runtime& runtime, const Arguments& arguments) override;
  void release() noexcept override;

 private:
  std::optional<Value> pull();
  /// The item after the current one, if there is one.
  const Value* peek();
  size_t length();
  bool changed(Runtime& runtime, const Arguments& arguments);

  Interpreter& interpreter_;
  const For& node_;
  Value sequence_;
  const Scope* outer_;
  int depth0_;
  size_t at_ = 0;  // in sequence_, unless that keeps count itself
  int64_t index0_ = -1;
  std::deque<Value> ahead_;  // taken from sequence_ before their turn
  std::optional<size_t> length_;
  Value previous_, current_;
  std::optional<Value> last_changed_;
};

}  // namespace freshet::jinja
