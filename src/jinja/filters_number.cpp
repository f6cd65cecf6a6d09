// Filters that make numbers, and those that choose among values.
#include <cmath>

#include "jinja/filter_table.h"
#include "jinja/operations.h"
#include "jinja/parameters.h"
#include "jinja/text_functions.h"

namespace freshet::jinja {
namespace {

/// int(number), or nothing where Python has no integer for it or this engine cannot hold it.
std::optional<int64_t> truncated(double number) {
  constexpr double kEnd = 9'223'372'036'854'775'808.0;  // 2^63
  if (!(number >= -kEnd && number < kEnd)) return std::nullopt;
  return static_cast<int64_t>(number);
}

Value to_int(Runtime&, const Value& subject, const Arguments& arguments) {
  const Parameters p("int", arguments, {"default", "base"});
  refuse_undefined(subject);
  const Value otherwise = p.has(0) ? p.at(0) : make_integer(0);
  if (subject.big() != nullptr) return subject;
  if (const auto whole = subject.integer()) return Value(*whole);
  const int64_t base = p.integer_or(1, 10);
  if (base != 0 && (base < 2 || base > 36)) return otherwise;
  std::optional<double> number = subject.number();
  if (const Text* text = subject.text()) {
    if (const auto parsed = parse_integer(*text, static_cast<int>(base))) return *parsed;
    number = parse_float(*text);
  }
  const auto whole = number ? truncated(*number) : std::nullopt;
  return whole ? Value(*whole) : otherwise;
}

Value to_float(Runtime&, const Value& subject, const Arguments& arguments) {
  const Parameters p("float", arguments, {"default"});
  refuse_undefined(subject);
  std::optional<double> number = subject.number();
  if (subject.text() != nullptr) number = parse_float(*subject.text());
  if (number) return Value(*number);
  return p.has(0) ? p.at(0) : Value(0.0);
}

Value absolute(Runtime&, const Value& subject, const Arguments& arguments) {
  const Parameters none("abs", arguments, {});
  refuse_undefined(subject);
  if (const auto whole = subject.integer()) return *whole < 0 ? negate(subject) : Value(*whole);
  if (const auto number = subject.number()) return Value(std::fabs(*number));
  fault("bad operand type for abs(): '{}'", type_name(subject));
}

/// round() of Python: to the nearest decimal of what the binary number exactly is.
double rounded(double number, int precision) {
  if (!std::isfinite(number)) return number;
  if (precision >= 0) {
    return std::strtod(formatted("{:.{}f}", number, precision).c_str(), nullptr);
  }
  const double unit = std::pow(10.0, -precision);
  return std::nearbyint(number / unit) * unit;
}

Value round_filter(Runtime&, const Value& subject, const Arguments& arguments) {
  const Parameters p("round", arguments, {"precision", "method"});
  refuse_undefined(subject);
  constexpr int64_t kMost = 300;
  const int64_t wanted = p.integer_or(0, 0);
  if (wanted < -kMost || wanted > kMost) fault("round() to {} digits", wanted);
  const auto precision = static_cast<int>(wanted);
  const auto number = subject.number();
  if (!number) fault("round() expects a number, found {}", type_name(subject));
  const Text method = p.has(1) ? p.text(1) : U"common";
  const double unit = std::pow(10.0, precision);
  if (same_text(method, "ceil")) return Value(std::ceil(*number * unit) / unit);
  if (same_text(method, "floor")) return Value(std::floor(*number * unit) / unit);
  if (!same_text(method, "common")) fault("method must be common, ceil or floor");
  const auto whole = subject.integer();
  if (whole && precision >= 0) return Value(*whole);
  const double result = rounded(*number, precision);
  const auto truncated_result = whole ? truncated(result) : std::nullopt;
  return truncated_result ? Value(*truncated_result) : Value(result);
}

Value sum(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("sum", arguments, {"attribute", "start"});
  Value total = p.has(1) ? p.at(1) : make_integer(0);
  for (const Value& item : items_of(runtime, subject)) {
    runtime.budget.spend(1);
    total = calculate(runtime, Operator::kAdd, total,
                      p.is_set(0) ? item_at_path(runtime, item, p.at(0), nullptr) : item);
  }
  return total;
}

template <bool wants_largest>
Value extreme(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("min", arguments, {"case_sensitive", "attribute"});
  const auto key_of = [&](const Value& item) {
    const Value key = p.is_set(1) ? item_at_path(runtime, item, p.at(1), nullptr) : item;
    return p.truth_or(0, false) ? key : without_case(runtime, key);
  };
  const std::vector<Value> items = items_of(runtime, subject);
  if (items.empty()) return make_undefined("the sequence was empty");
  Value best = items.front();
  Value best_key = key_of(best);
  for (size_t i = 1; i < items.size(); ++i) {
    const Value key = key_of(items[i]);
    const bool is_better =
        wants_largest ? less(runtime, best_key, key) : less(runtime, key, best_key);
    if (!is_better) continue;
    best = items[i];
    best_key = key;
  }
  return best;
}

constexpr FilterRow kFilters[] = {
    {"abs", absolute},       {"float", to_float},     {"int", to_int}, {"max", extreme<true>},
    {"min", extreme<false>}, {"round", round_filter}, {"sum", sum}};

}  // namespace

std::span<const FilterRow> number_filters() { return kFilters; }

}  // namespace freshet::jinja
