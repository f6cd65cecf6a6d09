// Expressions.
#include <array>

#include "jinja/filters.h"
#include "jinja/interpreter.h"
#include "jinja/methods.h"
#include "jinja/objects.h"
#include "jinja/operations.h"
#include "jinja/printing.h"

namespace freshet::jinja {
namespace {

std::optional<int64_t> slice_bound(const Value& value) {
  if (value.is_none()) return std::nullopt;
  if (const auto number = value.integer()) return number;
  refuse_undefined(value);
  fault("slice indices must be integers or none, found {}", type_name(value));
}

Value call_value(Runtime& runtime, const Value& callee, const Arguments& arguments) {
  refuse_undefined(callee);
  if (callee.object() == nullptr) fault("'{}' object is not callable", type_name(callee));
  return callee.object()->call(runtime, arguments);
}

}  // namespace

Value Interpreter::evaluate(const Expression& expression) {
  const Level level(runtime_.budget);
  runtime_.budget.spend(1);
  // Left as it is by a fault: the message then names the innermost expression.
  const uint32_t before = std::exchange(at_, expression.offset);
  Value value = std::visit([this](const auto& node) { return evaluate(node); }, expression.node);
  at_ = before;
  return value;
}

Value Interpreter::evaluate_or_none(const ExpressionPtr& expression) {
  return expression == nullptr ? Value(None{}) : evaluate(*expression);
}

Value Interpreter::evaluate(const Constant& node) { return node.value; }

Value Interpreter::evaluate(const Name& node) {
  if (const Value* value = scope_->find(node.name)) return *value;
  auto at = functions_.find(node.name);
  if (at == functions_.end()) {
    at = functions_.emplace(node.name, global_function(runtime_, node.name)).first;
  }
  return at->second;
}

Value Interpreter::evaluate(const ListDisplay& node) {
  std::vector<Value> items;
  items.reserve(node.items.size());
  for (const ExpressionPtr& item : node.items) items.push_back(evaluate(*item));
  return make_sequence(runtime_.budget, node.flavor, std::move(items));
}

Value Interpreter::evaluate(const DictDisplay& node) {
  Dict dict;
  for (const auto& [key, value] : node.entries) {
    const Value name = evaluate(*key);
    dict.set(name, evaluate(*value));
  }
  return make_dict(runtime_.budget, std::move(dict));
}

Value Interpreter::evaluate(const Attribute& node) {
  return get_attribute(runtime_, evaluate(*node.object), node.key);
}

Value Interpreter::evaluate(const Item& node) {
  const Value object = evaluate(*node.object);
  return get_item(runtime_, object, evaluate(*node.key));
}

Value Interpreter::evaluate(const Slice& node) {
  const Value object = evaluate(*node.object);
  const auto first = slice_bound(evaluate_or_none(node.first));
  const auto last = slice_bound(evaluate_or_none(node.last));
  const auto step = slice_bound(evaluate_or_none(node.step));
  return get_slice(runtime_, object, {.first = first, .last = last, .step = step});
}

Value Interpreter::evaluate(const Call& node) { return call(node, {}); }

Value Interpreter::call(const Call& node, Arguments extra) {
  const auto with_extra = [&] {
    Arguments arguments = evaluate(node.arguments);
    for (auto& named : extra.named) arguments.named.push_back(std::move(named));
    return arguments;
  };
  // A method is called without making a value of it first.
  if (const auto* attribute = std::get_if<Attribute>(&node.callee->node)) {
    const Value object = evaluate(*attribute->object);
    if (const Method* method = look_up_method(object, attribute->name)) {
      return method->call(runtime_, object, with_extra());
    }
    const Value callee = get_attribute(runtime_, object, attribute->key);
    return call_value(runtime_, callee, with_extra());
  }
  const Value callee = evaluate(*node.callee);
  return call_value(runtime_, callee, with_extra());
}

Arguments Interpreter::evaluate(const CallArguments& node) {
  Arguments arguments;
  for (const ExpressionPtr& value : node.positional) {
    arguments.positional.push_back(evaluate(*value));
  }
  for (const auto& [name, value] : node.named) {
    arguments.named.emplace_back(name, evaluate(*value));
  }
  if (node.more_positional != nullptr) {
    for (Value& value : items_of(runtime_, evaluate(*node.more_positional))) {
      arguments.positional.push_back(std::move(value));
    }
  }
  if (node.more_named != nullptr) {
    const Value more = evaluate(*node.more_named);
    if (more.dict() == nullptr) fault("the argument after ** must be a mapping");
    runtime_.budget.spend(more.dict()->entries.size());
    for (const auto& [name, value] : more.dict()->entries) {
      if (name.text() == nullptr) fault("the names after ** must be strings");
      arguments.named.emplace_back(to_utf8(*name.text()), value);
    }
  }
  return arguments;
}

Value Interpreter::filtered(const ExpressionPtr& filter, Value text) {
  if (filter == nullptr) return text;
  const Value* const before = std::exchange(block_text_, &text);
  Value result = evaluate(*filter);
  block_text_ = before;
  return result;
}

Value Interpreter::evaluate(const FilterCall& node) {
  const Value subject = node.subject == nullptr ? *block_text_ : evaluate(*node.subject);
  const Arguments arguments = evaluate(node.arguments);
  return require_filter(node.name)(runtime_, subject, arguments);
}

Value Interpreter::evaluate(const TestCall& node) {
  const Value subject = evaluate(*node.subject);
  const Arguments arguments = evaluate(node.arguments);
  return Value(require_test(node.name)(runtime_, subject, arguments));
}

Value Interpreter::evaluate(const Not& node) { return Value(!is_true(evaluate(*node.operand))); }

Value Interpreter::evaluate(const Sign& node) {
  const Value value = evaluate(*node.operand);
  return node.is_negative ? negate(value) : negate(negate(value));
}

Value Interpreter::evaluate(const Logic& node) {
  Value left = evaluate(*node.left);
  return is_true(left) == node.is_and ? evaluate(*node.right) : left;
}

Value Interpreter::evaluate(const Arithmetic& node) {
  const Value left = evaluate(*node.left);
  return calculate(runtime_, node.op, left, evaluate(*node.right));
}

Value Interpreter::evaluate(const Concatenation& node) {
  Text text;
  for (const ExpressionPtr& part : node.parts) append_value(runtime_, text, evaluate(*part));
  return make_text(runtime_.budget, std::move(text));
}

bool Interpreter::compare(Comparison comparison, const Value& a, const Value& b) {
  switch (comparison) {
    case Comparison::kEqual:
      return equal(runtime_, a, b);
    case Comparison::kNotEqual:
      return !equal(runtime_, a, b);
    case Comparison::kLess:
      return less(runtime_, a, b);
    case Comparison::kLessEqual:
      return less(runtime_, a, b) || equal(runtime_, a, b);
    case Comparison::kGreater:
      return less(runtime_, b, a);
    case Comparison::kGreaterEqual:
      return less(runtime_, b, a) || equal(runtime_, a, b);
    case Comparison::kIn:
      return contains(runtime_, b, a);
    case Comparison::kNotIn:
      break;
  }
  return !contains(runtime_, b, a);
}

Value Interpreter::evaluate(const ComparisonChain& node) {
  Value left = evaluate(*node.first);
  for (const auto& [comparison, operand] : node.rest) {
    Value right = evaluate(*operand);
    if (!compare(comparison, left, right)) return Value(false);
    left = std::move(right);
  }
  return Value(true);
}

Value Interpreter::evaluate(const Conditional& node) {
  if (is_true(evaluate(*node.condition))) return evaluate(*node.then);
  if (node.otherwise != nullptr) return evaluate(*node.otherwise);
  return make_undefined("the inline if-expression evaluated to false and has no else");
}

}  // namespace freshet::jinja
