#include "jinja/loop.h"

#include "jinja/objects.h"
#include "jinja/operations.h"
#include "jinja/parameters.h"

namespace freshet::jinja {

Loop::Loop(Interpreter& interpreter, const For& node, const Value& iterable, const Scope* outer,
           int depth0)
    : interpreter_(interpreter), node_(node), sequence_(iterable), outer_(outer), depth0_(depth0) {
  if (iterable.sequence() == nullptr) {
    Runtime& runtime = interpreter.runtime();
    sequence_ = make_sequence(runtime.budget, Flavor::kList, items_of(runtime, iterable));
  }
}

std::optional<Value> Loop::pull() {
  Sequence& sequence = *sequence_.sequence();
  size_t& at = sequence.flavor == Flavor::kGenerator ? sequence.consumed : at_;
  while (at < sequence.items.size()) {
    const Value item = sequence.items[at++];
    if (node_.test == nullptr || interpreter_.passes_test(node_, outer_, item)) return item;
  }
  return std::nullopt;
}

std::optional<Value> Loop::advance() {
  std::optional<Value> item;
  if (ahead_.empty()) {
    item = pull();
  } else {
    item = std::move(ahead_.front());
    ahead_.pop_front();
  }
  if (!item) return item;
  ++index0_;
  previous_ = std::move(current_);
  current_ = *item;
  return item;
}

const Value* Loop::peek() {
  if (ahead_.empty()) {
    auto item = pull();
    if (!item) return nullptr;
    ahead_.push_back(std::move(*item));
  }
  return &ahead_.front();
}

size_t Loop::length() {
  if (length_) return *length_;
  const auto known = node_.test == nullptr ? length_of(sequence_) : std::nullopt;
  if (!known) {
    while (auto item = pull()) ahead_.push_back(std::move(*item));
  }
  length_ = known ? *known : ahead_.size() + static_cast<size_t>(index0_ + 1);
  return *length_;
}

bool Loop::changed(Runtime& runtime, const Arguments& arguments) {
  Value now = make_sequence(runtime.budget, Flavor::kTuple, arguments.positional);
  if (last_changed_ && equal(runtime, *last_changed_, now)) return false;
  last_changed_ = std::move(now);
  return true;
}

std::optional<Value> Loop::attribute(Runtime& runtime, std::string_view name) {
  if (sequence_.is_undefined()) return std::nullopt;
  if (name == "index") return Value(index0_ + 1);
  if (name == "index0") return Value(index0_);
  if (name == "first") return Value(index0_ == 0);
  if (name == "last") return Value(peek() == nullptr);
  if (name == "length") return make_integer(static_cast<int64_t>(length()));
  if (name == "revindex") return make_integer(static_cast<int64_t>(length()) - index0_);
  if (name == "revindex0") return make_integer(static_cast<int64_t>(length()) - index0_ - 1);
  if (name == "depth") return make_integer(depth0_ + 1);
  if (name == "depth0") return make_integer(depth0_);
  if (name == "previtem") {
    return index0_ == 0 ? make_undefined("there is no previous item") : previous_;
  }
  if (name == "nextitem") {
    const Value* next = peek();
    return next == nullptr ? make_undefined("there is no next item") : *next;
  }
  if (name == "cycle") {
    return runtime.keep(
        std::make_shared<Function>([index0 = index0_](Runtime&, const Arguments& arguments) {
          if (arguments.positional.empty()) fault("no items for cycling given");
          return arguments.positional[static_cast<size_t>(index0) % arguments.positional.size()];
        }));
  }
  if (name == "changed") {
    return runtime.keep(
        std::make_shared<Function>([this](Runtime& own, const Arguments& arguments) {
          return Value(changed(own, arguments));
        }));
  }
  return std::nullopt;
}

Value Loop::call(Runtime&, const Arguments& arguments) {
  if (!node_.is_recursive) {
    fault("the loop must have the 'recursive' marker to be called recursively");
  }
  const Parameters p("loop", arguments, {"iterable"});
  return interpreter_.call_loop(node_, outer_, p.at(0), depth0_ + 1);
}

Text Loop::print(Runtime&) const {
  return from_utf8(formatted("<LoopContext {}/{}>", index0_ + 1,
                             length_ ? *length_ : length_of(sequence_).value_or(0)));
}

void Loop::release() noexcept {
  sequence_ = Value();
  ahead_.clear();
  previous_ = Value();
  current_ = Value();
  last_changed_.reset();
}

}  // namespace freshet::jinja
