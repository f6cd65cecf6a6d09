#include "jinja/formatting.h"

#include <algorithm>

#include "jinja/format_spec.h"
#include "jinja/operations.h"
#include "jinja/printing.h"

namespace freshet::jinja {
namespace {

/// Reads a format from left to right.
class Cursor {
 public:
  explicit Cursor(TextView text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] char32_t peek() const { return rest_.empty() ? 0 : code_of(rest_.front()); }
  char32_t take() {
    if (rest_.empty()) fault("the format ends too early");
    const char32_t c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  bool skip(char32_t c) {
    if (peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// All before `end`, which is taken too.
  TextView take_until(char32_t end) {
    const size_t n = find_text(rest_, TextView(&end, 1));
    if (n == TextView::npos) fault("the format lacks a closing {}", static_cast<char>(end));
    const TextView part = rest_.substr(0, n);
    rest_.remove_prefix(n + 1);
    return part;
  }
  int64_t take_number() {
    constexpr int64_t kMost = 1'000'000'000;
    int64_t number = 0;
    while (peek() >= '0' && peek() <= '9') {
      number = std::min(number * 10 + static_cast<int64_t>(code_of(take()) - '0'), kMost);
    }
    return number;
  }
  [[nodiscard]] TextView rest() const { return rest_; }

 private:
  TextView rest_;
};

int precision_of(int64_t number) {
  if (number > kMaxPrecision) fault("a precision of {} is too large", number);
  return static_cast<int>(number);
}

/// The values of a % one after the other.
class PercentValues {
 public:
  explicit PercentValues(const Value& values) : values_(values) {
    const Sequence* tuple = values.sequence();
    if (tuple != nullptr && tuple->flavor == Flavor::kTuple) tuple_ = tuple;
  }

  const Value& next() {
    const size_t n = tuple_ != nullptr ? tuple_->items.size() : 1;
    if (n_used_ == n) fault("not enough arguments for format string");
    ++n_used_;
    return tuple_ != nullptr ? tuple_->items[n_used_ - 1] : values_;
  }
  const Value& named(TextView name) {
    const Dict* dict = values_.dict();
    if (dict == nullptr) fault("format requires a mapping");
    const Value* value = dict->find(name);
    if (value == nullptr) fault("the format names '{}', which is not there", to_utf8(name));
    n_used_ = 1;
    return *value;
  }
  void check_all_used() const {
    const size_t n = tuple_ != nullptr ? tuple_->items.size() : 1;
    if (n_used_ < n && values_.dict() == nullptr) {
      fault("not all arguments converted during string formatting");
    }
  }

 private:
  const Value& values_;
  const Sequence* tuple_ = nullptr;
  size_t n_used_ = 0;
};

FormatSpec percent_flags(Cursor& cursor) {
  FormatSpec spec;
  spec.align = '>';
  for (;; cursor.take()) {
    switch (cursor.peek()) {
      case '-':
        spec.align = '<';
        continue;
      case '0':
        if (spec.align != '<') spec.align = '=';
        continue;
      case '+':
        spec.sign = '+';
        continue;
      case ' ':
        if (spec.sign != '+') spec.sign = ' ';
        continue;
      case '#':
        spec.alternate = true;
        continue;
      default:
        return spec;
    }
  }
}

Text percent_field(Runtime& runtime, Cursor& cursor, PercentValues& values) {
  const Value* value = nullptr;
  if (cursor.skip('(')) value = &values.named(cursor.take_until(U')'));
  FormatSpec spec = percent_flags(cursor);
  spec.width = cursor.take_number();
  if (cursor.skip('.')) spec.precision = precision_of(cursor.take_number());
  const char32_t type = code_of(cursor.take());
  if (value == nullptr) value = &values.next();
  const bool is_text = type == 's' || type == 'r' || type == 'a';
  spec.type = type == 'i' || type == 'u' ? 'd' : is_text ? 's' : static_cast<char>(type);
  if (std::string_view("sdxXofFeEgGc").find(spec.type) == std::string_view::npos || type > 0x7E) {
    fault("unsupported format character '{}'", to_utf8(TextView(&type, 1)));
  }
  if (spec.align == '=') {
    spec.fill = is_text ? U' ' : U'0';
    if (is_text) spec.align = '>';
  }
  if (!is_text) return format_value(runtime, *value, spec);
  Text text;
  if (type == 's') append_value(runtime, text, *value);
  if (type != 's') append_repr(runtime, text, *value);
  return format_value(runtime, make_text(std::move(text)), spec);
}

/// [[fill]align][sign][#][0][width][,][.precision][type]
FormatSpec read_spec(TextView text) {
  FormatSpec spec;
  const auto is_align = [](char32_t c) { return c == '<' || c == '>' || c == '^' || c == '='; };
  if (text.size() > 1 && is_align(code_of(text[1]))) {
    spec.fill = text[0];
    text.remove_prefix(1);
  }
  Cursor cursor(text);
  if (is_align(cursor.peek())) spec.align = static_cast<char>(code_of(cursor.take()));
  if (cursor.peek() == '+' || cursor.peek() == '-' || cursor.peek() == ' ') {
    spec.sign = static_cast<char>(code_of(cursor.take()));
  }
  spec.alternate = cursor.skip('#');
  if (cursor.skip('0') && spec.align == 0) {
    spec.fill = U'0';
    spec.align = '=';
  }
  spec.width = cursor.take_number();
  if (cursor.peek() == ',' || cursor.peek() == '_') {
    spec.grouping = static_cast<char>(code_of(cursor.take()));
  }
  if (cursor.skip('.')) spec.precision = precision_of(cursor.take_number());
  if (!cursor.at_end()) {
    const char32_t type = code_of(cursor.take());
    spec.type = type < 0x7F ? static_cast<char>(type) : '?';
  }
  if (!cursor.at_end()) fault("invalid format specifier '{}'", to_utf8(text));
  return spec;
}

/// The fields of a "{}".format, which are numbered or named.
class BraceFields {
 public:
  BraceFields(Runtime& runtime, const Arguments& arguments)
      : runtime_(runtime), arguments_(arguments) {}

  Text format(TextView field) {
    const size_t colon = find_text(field, U":");
    const TextView spec = colon == TextView::npos ? TextView() : field.substr(colon + 1);
    TextView path = field.substr(0, colon);
    const size_t bang = find_text(path, U"!");
    const TextView conversion = bang == TextView::npos ? TextView() : path.substr(bang + 1);
    Value value = look_up(path.substr(0, bang));
    if (!conversion.empty()) {
      Text text;
      if (same_text(conversion, "r")) append_repr(runtime_, text, value);
      if (same_text(conversion, "s")) append_value(runtime_, text, value);
      value = make_text(runtime_.budget, std::move(text));
    }
    return format_value(runtime_, value, read_spec(spec));
  }

 private:
  Value look_up(TextView path) {
    const size_t n = std::min(find_text(path, U"."), find_text(path, U"["));
    Value value = argument(path.substr(0, n));
    Cursor cursor(n == TextView::npos ? TextView() : path.substr(n));
    while (!cursor.at_end()) {
      if (cursor.skip('[')) {
        const TextView key = cursor.take_until(U']');
        Cursor digits(key);
        const int64_t index = digits.take_number();
        value = get_item(runtime_, value,
                         digits.at_end() ? Value(index) : make_text(runtime_.budget, Text(key)));
        continue;
      }
      if (!cursor.skip('.')) fault("a field of the format ends in '{}'", to_utf8(cursor.rest()));
      Text name;
      while (!cursor.at_end() && cursor.peek() != '.' && cursor.peek() != '[') {
        name += cursor.take();
      }
      value = get_attribute(runtime_, value, name);
    }
    return value;
  }

  const Value& argument(TextView name) {
    Cursor digits(name);
    const int64_t number = digits.take_number();
    if (!digits.at_end()) {
      const std::string wanted = to_utf8(name);
      for (const auto& [given, value] : arguments_.named) {
        if (given == wanted) return value;
      }
      fault("the format names '{}', which is not there", wanted);
    }
    const size_t index = name.empty() ? n_automatic_++ : static_cast<size_t>(number);
    if (index >= arguments_.positional.size()) fault("the format has more fields than arguments");
    return arguments_.positional[index];
  }

  Runtime& runtime_;
  const Arguments& arguments_;
  size_t n_automatic_ = 0;
};

}  // namespace

Text format_percent(Runtime& runtime, TextView format, const Value& values) {
  runtime.budget.spend_on(format.size());
  PercentValues source(values);
  Text result;
  for (Cursor cursor(format); !cursor.at_end();) {
    const char32_t c = cursor.take();
    if (code_of(c) != '%') {
      result += c;
    } else if (cursor.peek() == '%') {
      result += cursor.take();
    } else {
      result += percent_field(runtime, cursor, source);
      runtime.budget.require(result.size() * sizeof(char32_t));
    }
  }
  source.check_all_used();
  return result;
}

Text format_braces(Runtime& runtime, TextView format, const Arguments& arguments) {
  runtime.budget.spend_on(format.size());
  BraceFields fields(runtime, arguments);
  Text result;
  for (Cursor cursor(format); !cursor.at_end();) {
    const char32_t c = cursor.take();
    const bool is_brace = code_of(c) == '{' || code_of(c) == '}';
    if (!is_brace) {
      result += c;
    } else if (cursor.peek() == code_of(c)) {
      result += cursor.take();
    } else if (code_of(c) == '}') {
      fault("single '}}' encountered in format string");
    } else {
      result += fields.format(cursor.take_until(U'}'));
      runtime.budget.require(result.size() * sizeof(char32_t));
    }
  }
  return result;
}

}  // namespace freshet::jinja
