// Statements.
#include "jinja/interpreter.h"
#include "jinja/loop.h"
#include "jinja/objects.h"
#include "jinja/operations.h"
#include "jinja/printing.h"

namespace freshet::jinja {

Interpreter::Frame::Frame(Interpreter& interpreter, const Scope* outer)
    : interpreter_(interpreter), before_(interpreter.scope_), n_captures_(interpreter.n_captures_) {
  interpreter.scope_ = &interpreter.scopes_.emplace_back(outer);
}

Interpreter::Frame::~Frame() {
  interpreter_.scope_ = before_;
  if (interpreter_.n_captures_ == n_captures_) interpreter_.scopes_.pop_back();
}

Text Interpreter::run(const Body& body, const std::vector<std::pair<std::string, Value>>& context) {
  try {
    Scope& given = scopes_.emplace_back(nullptr);
    for (const auto& [name, value] : context) given.set(name, value);
    scope_ = &scopes_.emplace_back(&given);
    return capture(body);
  } catch (const Fault& fault) {
    source_.refuse(fault.kind, at_, fault.what());
  }
}

Interpreter::Flow Interpreter::execute(const Body& body) {
  const Level level(runtime_.budget);
  for (const Statement& statement : body) {
    runtime_.budget.spend(1);
    at_ = statement.offset;
    const Flow flow =
        std::visit([this](const auto& node) { return execute(node); }, statement.node);
    if (flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Text Interpreter::capture(const Body& body) {
  Text text;
  Text* const before = std::exchange(out_, &text);
  execute(body);
  out_ = before;
  return text;
}

void Interpreter::check_output() const {
  const size_t most = runtime_.budget.limits().output;
  if (out_->size() > most) {
    throw Fault(ErrorKind::kResources,
                formatted("the template writes too much: {} characters are allowed", most));
  }
}

Interpreter::Flow Interpreter::execute(const Data& node) {
  append_value(runtime_, *out_, node.text);
  check_output();
  return Flow::kNext;
}

Interpreter::Flow Interpreter::execute(const Print& node) {
  append_value(runtime_, *out_, evaluate(*node.value));
  check_output();
  return Flow::kNext;
}

Interpreter::Flow Interpreter::execute(const If& node) {
  for (const auto& [condition, body] : node.branches) {
    if (is_true(evaluate(*condition))) return execute(body);
  }
  return execute(node.otherwise);
}

Interpreter::Flow Interpreter::execute(const For& node) {
  run_loop(node, evaluate(*node.iterable), scope_, 0);
  return Flow::kNext;
}

void Interpreter::run_loop(const For& node, const Value& iterable, const Scope* outer, int depth0) {
  if (node.test != nullptr || node.is_recursive) ++n_captures_;
  const auto loop = std::make_shared<Loop>(*this, node, iterable, outer, depth0);
  const Value variable = runtime_.keep(loop);
  bool is_empty = true;
  while (const auto item = loop->advance()) {
    runtime_.budget.spend(1);
    const Frame frame(*this, outer);
    assign(node.target, *item);
    scope_->set("loop", variable);
    const Flow flow = execute(node.body);
    if (flow == Flow::kBreak) break;
    // A turn that is cut short does not count, as in the reference.
    is_empty = is_empty && flow == Flow::kContinue;
  }
  if (!is_empty) return;
  const Frame frame(*this, outer);
  execute(node.otherwise);
}

Value Interpreter::call_loop(const For& loop, const Scope* outer, const Value& iterable,
                             int depth0) {
  const Level level(runtime_.budget);
  Text text;
  Text* const before = std::exchange(out_, &text);
  run_loop(loop, iterable, outer, depth0);
  out_ = before;
  return make_text(runtime_.budget, std::move(text));
}

bool Interpreter::passes_test(const For& loop, const Scope* outer, const Value& item) {
  const Frame frame(*this, outer);
  assign(loop.target, item);
  return is_true(evaluate(*loop.test));
}

void Interpreter::assign(const Target& target, const Value& value) {
  at_ = target.offset;
  if (!target.items.empty()) {
    const std::vector<Value> items = items_of(runtime_, value);
    if (items.size() != target.items.size()) {
      fault("cannot unpack {} values into {} names", items.size(), target.items.size());
    }
    for (size_t i = 0; i < items.size(); ++i) assign(target.items[i], items[i]);
  } else if (target.attribute.empty()) {
    scope_->set(target.name, value);
  } else {
    const Value* object = scope_->find(target.name);
    auto* names = object == nullptr ? nullptr : dynamic_cast<Namespace*>(object->object());
    if (names == nullptr) fault("cannot assign attribute on non-namespace object");
    names->set(runtime_, target.attribute, value);
  }
}

Interpreter::Flow Interpreter::execute(const Set& node) {
  assign(node.target, evaluate(*node.value));
  return Flow::kNext;
}

Interpreter::Flow Interpreter::execute(const SetBlock& node) {
  Value text;
  {
    const Frame frame(*this, scope_);
    text = make_text(runtime_.budget, capture(node.body));
    text = filtered(node.filter, text);
  }
  assign(node.target, text);
  return Flow::kNext;
}

Interpreter::Flow Interpreter::execute(const With& node) {
  std::vector<Value> values;
  for (const auto& [target, value] : node.values) values.push_back(evaluate(*value));
  const Frame frame(*this, scope_);
  for (size_t i = 0; i < values.size(); ++i) assign(node.values[i].first, values[i]);
  return execute(node.body);
}

Interpreter::Flow Interpreter::execute(const MacroNode& node) {
  scope_->set(node.name, make_macro(node));
  return Flow::kNext;
}

Interpreter::Flow Interpreter::execute(const CallBlock& node) {
  Arguments extra;
  extra.named.emplace_back("caller", make_macro(node.caller));
  const Value value = call(std::get<Call>(node.call->node), std::move(extra));
  append_value(runtime_, *out_, value);
  check_output();
  return Flow::kNext;
}

Interpreter::Flow Interpreter::execute(const FilterBlock& node) {
  const Frame frame(*this, scope_);
  const Value text = make_text(runtime_.budget, capture(node.body));
  append_value(runtime_, *out_, filtered(node.filter, text));
  check_output();
  return Flow::kNext;
}

Interpreter::Flow Interpreter::execute(const Generation& node) {
  const Frame frame(*this, scope_);
  execute(node.body);
  return Flow::kNext;
}

Interpreter::Flow Interpreter::execute(const LoopControl& node) {
  return node.is_break ? Flow::kBreak : Flow::kContinue;
}

}  // namespace freshet::jinja
