// + - * / // % ** as Python has them, in 64 bits.
#include <cmath>

#include "jinja/formatting.h"
#include "jinja/operations.h"

namespace freshet::jinja {
namespace {

[[noreturn]] void refuse_large() { fault("an integer beyond 64 bits cannot be computed with"); }

std::string_view symbol_of(Operator op) {
  constexpr std::string_view kSymbols[] = {"+", "-", "*", "/", "//", "%", "**"};
  return kSymbols[static_cast<size_t>(op)];
}

int64_t floor_divide(int64_t a, int64_t b) {
  if (b == 0) fault("integer division or modulo by zero");
  if (b == -1) {
    int64_t negated = 0;
    if (__builtin_sub_overflow(int64_t{0}, a, &negated)) refuse_large();
    return negated;
  }
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

int64_t modulo(int64_t a, int64_t b) {
  if (b == 0) fault("integer division or modulo by zero");
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

Value power(int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) fault("0.0 cannot be raised to a negative power");
    return Value(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  int64_t result = 1;
  for (int64_t square = base;; exponent >>= 1) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, square, &result)) refuse_large();
    if (exponent <= 1) return Value(result);
    if (__builtin_mul_overflow(square, square, &square)) refuse_large();
  }
}

Value on_integers(Operator op, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case Operator::kAdd:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case Operator::kSubtract:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case Operator::kMultiply:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
    case Operator::kDivide:
      if (b == 0) fault("division by zero");
      return Value(static_cast<double>(a) / static_cast<double>(b));
    case Operator::kFloorDivide:
      return Value(floor_divide(a, b));
    case Operator::kModulo:
      return Value(modulo(a, b));
    case Operator::kPower:
      return power(a, b);
  }
  if (overflow) refuse_large();
  return Value(result);
}

double float_modulo(double a, double b) {
  if (b == 0) fault("float modulo");
  const double rest = std::fmod(a, b);
  if (rest == 0) return std::copysign(0.0, b);
  return (rest < 0) != (b < 0) ? rest + b : rest;
}

Value on_floats(Operator op, double a, double b) {
  switch (op) {
    case Operator::kAdd:
      return Value(a + b);
    case Operator::kSubtract:
      return Value(a - b);
    case Operator::kMultiply:
      return Value(a * b);
    case Operator::kDivide:
      if (b == 0) fault("float division by zero");
      return Value(a / b);
    case Operator::kFloorDivide:
      if (b == 0) fault("float floor division by zero");
      return Value(std::floor((a - float_modulo(a, b)) / b + 0.5));
    case Operator::kModulo:
      return Value(float_modulo(a, b));
    case Operator::kPower:
      break;
  }
  if (a == 0 && b < 0) fault("0.0 cannot be raised to a negative power");
  if (a < 0 && b != std::floor(b)) fault("complex numbers are not supported");
  return Value(std::pow(a, b));
}

Value join_sequences(Runtime& runtime, const Sequence& a, const Sequence& b) {
  runtime.budget.require((a.items.size() + b.items.size()) * sizeof(Value));
  std::vector<Value> items = a.items;
  items.insert(items.end(), b.items.begin(), b.items.end());
  return make_sequence(runtime.budget, a.flavor, std::move(items));
}

/// "ab" * 3 and [1] * 3, in either order.
std::optional<Value> repeat(Runtime& runtime, const Value& value, const Value& times) {
  const auto n = times.integer();
  const Text* text = value.text();
  const Sequence* sequence = value.sequence();
  const bool repeats =
      text != nullptr || (sequence != nullptr && sequence->flavor <= Flavor::kTuple);
  if (!n || !repeats) return std::nullopt;
  const uint64_t size = text != nullptr ? text->size() : sequence->items.size();
  uint64_t units = 0;
  const uint64_t count = *n > 0 ? static_cast<uint64_t>(*n) : 0;
  constexpr uint64_t kMost = uint64_t{1} << 40;
  if (__builtin_mul_overflow(size, count, &units) || units > kMost) units = kMost;
  runtime.budget.require(units * (text != nullptr ? sizeof(char32_t) : sizeof(Value)));
  runtime.budget.spend(size == 0 ? 1 : count);
  Text text_result;
  std::vector<Value> items;
  for (uint64_t i = 0; size > 0 && i < count; ++i) {
    if (text != nullptr) text_result += *text;
    if (text == nullptr) items.insert(items.end(), sequence->items.begin(), sequence->items.end());
  }
  return text != nullptr ? make_text(runtime.budget, std::move(text_result))
                         : make_sequence(runtime.budget, sequence->flavor, std::move(items));
}

std::optional<Value> on_containers(Runtime& runtime, Operator op, const Value& a, const Value& b) {
  if (op == Operator::kAdd && a.text() != nullptr && b.text() != nullptr) {
    return make_text(runtime.budget, *a.text() + *b.text());
  }
  const Sequence* left = a.sequence();
  const Sequence* right = b.sequence();
  if (op == Operator::kAdd && left != nullptr && right != nullptr &&
      left->flavor == right->flavor && left->flavor <= Flavor::kTuple) {
    return join_sequences(runtime, *left, *right);
  }
  if (op == Operator::kMultiply) {
    auto repeated = repeat(runtime, a, b);
    return repeated ? repeated : repeat(runtime, b, a);
  }
  if (op == Operator::kModulo && a.text() != nullptr) {
    return make_text(runtime.budget, format_percent(runtime, *a.text(), b));
  }
  return std::nullopt;
}

}  // namespace

Value calculate(Runtime& runtime, Operator op, const Value& a, const Value& b) {
  if (a.integer() && b.integer()) return on_integers(op, *a.integer(), *b.integer());
  if (a.number() && b.number()) return on_floats(op, *a.number(), *b.number());
  if (auto result = on_containers(runtime, op, a, b)) return *result;
  refuse_undefined(a);
  refuse_undefined(b);
  if (a.big() != nullptr || b.big() != nullptr) refuse_large();
  if (op == Operator::kAdd && a.text() != nullptr) {
    fault("can only concatenate str (not \"{}\") to str; ~ joins values of any type", type_name(b));
  }
  fault("unsupported operand types for {}: '{}' and '{}'", symbol_of(op), type_name(a),
        type_name(b));
}

Value negate(const Value& value) {
  if (const auto whole = value.integer()) return on_integers(Operator::kSubtract, 0, *whole);
  if (const auto number = value.number()) return Value(-*number);
  refuse_undefined(value);
  fault("bad operand type for unary -: '{}'", type_name(value));
}

}  // namespace freshet::jinja
