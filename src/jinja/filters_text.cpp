// Filters that make text.
#include <algorithm>
#include <limits>

#include "jinja/filter_table.h"
#include "jinja/formatting.h"
#include "jinja/operations.h"
#include "jinja/parameters.h"
#include "jinja/printing.h"
#include "jinja/text_functions.h"
#include "jinja/unicode.h"

namespace freshet::jinja {
namespace {

Value upper(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("upper", arguments, {});
  return make_text(runtime.budget, to_upper(print_value(runtime, subject)));
}

Value lower(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("lower", arguments, {});
  return make_text(runtime.budget, to_lower(print_value(runtime, subject)));
}

Value capitalize_filter(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("capitalize", arguments, {});
  return make_text(runtime.budget, capitalize(print_value(runtime, subject)));
}

/// Words begin after white space and after - ( { [ <, and nowhere else.
Value title(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("title", arguments, {});
  const Text text = print_value(runtime, subject);
  Text result;
  const auto separates = [](char32_t c) {
    return is_space(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
  };
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && !separates(code_of(text[end]))) ++end;
    const TextView word = TextView(text).substr(i, end - i);
    if (!word.empty()) result += to_upper(word.substr(0, 1)) + to_lower(word.substr(1));
    if (end < text.size()) result += text[end];
    i = end + 1;
  }
  return make_text(runtime.budget, std::move(result));
}

Value string(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("string", arguments, {});
  if (subject.text() != nullptr) return subject;
  return make_text(runtime.budget, print_value(runtime, subject));
}

Value trim(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("trim", arguments, {"chars"});
  const Text text = print_value(runtime, subject);
  const Text* chars = p.is_set(0) ? &p.text(0) : nullptr;
  return make_text(runtime.budget, Text(strip(text, chars)));
}

Value replace(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("replace", arguments, {"old", "new", "count"});
  const int64_t count = p.is_set(2) ? p.integer(2) : -1;
  const size_t limit = count < 0 ? std::numeric_limits<size_t>::max() : static_cast<size_t>(count);
  return make_text(runtime.budget, replace_text(runtime, print_value(runtime, subject),
                                                print_value(runtime, p.at(0)),
                                                print_value(runtime, p.at(1)), limit));
}

Value center(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("center", arguments, {"width"});
  return make_text(runtime.budget, pad_text(runtime, print_value(runtime, subject),
                                            p.integer_or(0, 80), U' ', {true, true}));
}

Value indent(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("indent", arguments, {"width", "first", "blank"});
  if (subject.text() == nullptr) fault("indent() expects a string, found {}", type_name(subject));
  Text indention;
  if (p.has(0) && p.at(0).text() != nullptr) {
    indention = p.text(0);
  } else {
    indention = pad_text(runtime, {}, p.integer_or(0, 4), U' ', {true, false});
  }
  const bool blank = p.truth_or(2, false);
  const Text text = *subject.text() + U"\n";
  Text result = p.truth_or(1, false) ? indention : Text();
  bool is_first = true;
  for (const TextView line : split_lines(text)) {
    if (!is_first) {
      result += U'\n';
      if (blank || !line.empty()) result += indention;
    }
    result += line;
    is_first = false;
    runtime.budget.require(result.size() * sizeof(char32_t));
  }
  return make_text(runtime.budget, std::move(result));
}

Value truncate(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("truncate", arguments, {"length", "killwords", "end", "leeway"});
  if (subject.text() == nullptr) fault("truncate() expects a string, found {}", type_name(subject));
  const Text& text = *subject.text();
  const Text end = p.has(2) ? p.text(2) : U"...";
  const int64_t length = p.integer_or(0, 255);
  const int64_t leeway = p.is_set(3) ? p.integer(3) : 5;
  const auto end_length = static_cast<int64_t>(end.size());
  if (length < end_length) fault("truncate() expects a length of at least {}", end_length);
  if (leeway < 0) fault("truncate() expects a leeway of at least 0");
  const auto size = static_cast<int64_t>(text.size());
  if (size <= length || size - length <= leeway) return subject;
  Text kept = text.substr(0, static_cast<size_t>(length - end_length));
  const size_t space = p.truth_or(1, false) ? Text::npos : rfind_text(kept, U" ");
  if (space != Text::npos) kept.resize(space);
  return make_text(runtime.budget, kept + end);
}

Value wordcount(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("wordcount", arguments, {});
  int64_t n = 0;
  bool in_word = false;
  for (const char32_t character : print_value(runtime, subject)) {
    const char32_t c = code_of(character);
    const bool is_word = is_alpha(c) || is_numeric(c) || c == '_';
    n += is_word && !in_word ? 1 : 0;
    in_word = is_word;
  }
  return make_integer(n);
}

Value escape(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters none("escape", arguments, {});
  Text result;
  for (const char32_t c : print_value(runtime, subject)) {
    const auto add = [&](std::string_view entity) {
      for (const char e : entity) result += static_cast<char32_t>(e) | origin_of(c);
    };
    switch (code_of(c)) {
      case '&':
        add("&amp;");
        break;
      case '<':
        add("&lt;");
        break;
      case '>':
        add("&gt;");
        break;
      case '\'':
        add("&#39;");
        break;
      case '"':
        add("&#34;");
        break;
      default:
        result += c;
    }
  }
  return make_text(runtime.budget, std::move(result));
}

Value format(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  if (!arguments.positional.empty() && !arguments.named.empty()) {
    fault("format() takes positional or keyword arguments, not both");
  }
  Value values = make_sequence(runtime.budget, Flavor::kTuple, arguments.positional);
  if (!arguments.named.empty()) {
    Dict dict;
    for (const auto& [name, value] : arguments.named) dict.set(keyword_key(name), value);
    values = make_dict(runtime.budget, std::move(dict));
  }
  return make_text(runtime.budget, format_percent(runtime, print_value(runtime, subject), values));
}

Value join(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("join", arguments, {"d", "attribute"});
  const Text separator = p.has(0) ? print_value(runtime, p.at(0)) : Text();
  Text result;
  bool is_first = true;
  for (const Value& item : items_of(runtime, subject)) {
    if (!is_first) {
      runtime.budget.spend_on(separator.size());
      result += separator;
    }
    is_first = false;
    append_value(runtime, result,
                 p.is_set(1) ? item_at_path(runtime, item, p.at(1), nullptr) : item);
    runtime.budget.require(result.size() * sizeof(char32_t));
  }
  return make_text(runtime.budget, std::move(result));
}

/// json.dumps takes a width, a text, or none.
std::optional<Text> indent_of(const Value& value) {
  if (value.is_none()) return std::nullopt;
  if (value.text() != nullptr) return *value.text();
  const auto width = value.integer();
  constexpr int64_t kMost = 1000;
  if (!width || *width > kMost) fault("tojson() expects a small number or a string as 'indent'");
  return Text(static_cast<size_t>(std::max(*width, int64_t{0})), U' ');
}

Value tojson(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  const Parameters p("tojson", arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  style.ascii = p.truth_or(0, false);
  style.sort_keys = p.truth_or(3, false);
  if (p.has(1)) style.indent = indent_of(p.at(1));
  if (style.indent) style.item_separator = U",";
  if (p.is_set(2)) {
    const std::vector<Value> separators = items_of(runtime, p.at(2));
    const bool are_texts =
        separators.size() == 2 && std::ranges::all_of(separators, [](const Value& separator) {
          return separator.text() != nullptr;
        });
    if (!are_texts) fault("tojson() expects two strings as 'separators'");
    style.item_separator = *separators[0].text();
    style.key_separator = *separators[1].text();
  }
  return make_text(runtime.budget, to_json(runtime, subject, style));
}

constexpr FilterRow kFilters[] = {{"capitalize", capitalize_filter},
                                  {"center", center},
                                  {"e", escape},
                                  {"escape", escape},
                                  {"forceescape", escape},
                                  {"format", format},
                                  {"indent", indent},
                                  {"join", join},
                                  {"lower", lower},
                                  {"replace", replace},
                                  {"safe", string},
                                  {"string", string},
                                  {"title", title},
                                  {"tojson", tojson},
                                  {"trim", trim},
                                  {"truncate", truncate},
                                  {"upper", upper},
                                  {"wordcount", wordcount}};

}  // namespace

std::span<const FilterRow> text_filters() { return kFilters; }

}  // namespace freshet::jinja
