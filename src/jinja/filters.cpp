#include "jinja/filters.h"

#include <algorithm>

#include "jinja/filter_table.h"
#include "jinja/operations.h"

namespace freshet::jinja {
namespace {

/// A part of a path: digits are a position.
Value key_of(TextView part) {
  int64_t number = 0;
  const bool is_number =
      !part.empty() && part.size() < 10 &&
      std::ranges::all_of(part, [](char32_t c) { return code_of(c) >= '0' && code_of(c) <= '9'; });
  for (const char32_t c : part) number = is_number ? number * 10 + (code_of(c) - '0') : 0;
  return is_number ? Value(number) : make_text(Text(part));
}

}  // namespace

Value item_at_path(Runtime& runtime, const Value& value, const Value& path,
                   const Value* otherwise) {
  const auto step = [&](const Value& from, const Value& key) {
    Value item = get_item(runtime, from, key);
    return item.is_undefined() && otherwise != nullptr ? *otherwise : item;
  };
  if (path.text() == nullptr) return step(value, path);
  Value item = value;
  TextView rest = *path.text();
  while (true) {
    const size_t dot = find_text(rest, U".");
    item = step(item, key_of(rest.substr(0, dot)));
    if (dot == TextView::npos) return item;
    rest.remove_prefix(dot + 1);
  }
}

Value without_case(Runtime& runtime, const Value& value) {
  const Text* text = value.text();
  return text == nullptr ? value : make_text(runtime.budget, to_lower(*text));
}

Filter find_filter(std::string_view name) {
  for (const auto rows :
       {text_filters(), sequence_filters(), selection_filters(), number_filters()}) {
    const auto at = std::ranges::find(rows, name, &FilterRow::name);
    if (at != rows.end()) return at->filter;
  }
  return nullptr;
}

Filter require_filter(std::string_view name) {
  if (const Filter filter = find_filter(name)) return filter;
  throw Fault(ErrorKind::kUnsupported, formatted("there is no filter named '{}'", name));
}

Test require_test(std::string_view name) {
  if (const Test test = find_test(name)) return test;
  throw Fault(ErrorKind::kUnsupported, formatted("there is no test named '{}'", name));
}

}  // namespace freshet::jinja
