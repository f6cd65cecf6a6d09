// json.dumps() of Python: order of insertion, ", " and ": ", floats as repr() has them.
#include <algorithm>
#include <cmath>

#include "jinja/operations.h"
#include "jinja/printing.h"

namespace freshet::jinja {
namespace {

void append_ascii(Text& out, std::string_view ascii) { out.append(ascii.begin(), ascii.end()); }

std::string json_float(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  return print_float(number);
}

std::string unicode_escape(char32_t c) {
  if (c < 0x10000) return formatted("\\u{:04x}", uint32_t{c});
  const uint32_t v = c - 0x10000;
  return formatted("\\u{:04x}\\u{:04x}", 0xD800 + (v >> 10), 0xDC00 + (v & 0x3FF));
}

/// Empty: the character stands for itself.
std::string json_escape(char32_t c, bool ascii) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    default:
      return c < 0x20 || (ascii && c > 0x7E) ? unicode_escape(c) : "";
  }
}

class JsonPrinter {
 public:
  JsonPrinter(Runtime& runtime, const JsonStyle& style) : runtime_(runtime), style_(style) {}

  void print(const Value& value) {
    const Level level(runtime_.budget);
    const size_t before = out.size();
    if (const Text* text = value.text()) {
      print_text(*text);
    } else if (const Sequence* sequence = value.sequence();
               sequence != nullptr && sequence->flavor <= Flavor::kTuple) {
      print_sequence(*sequence);
    } else if (const Dict* dict = value.dict()) {
      print_dict(*dict);
    } else {
      append_ascii(out, scalar(value));
    }
    runtime_.budget.spend_on(out.size() - before);
    runtime_.budget.require(out.size() * sizeof(char32_t));
  }

  Text out;

 private:
  static std::string scalar(const Value& value) {
    if (value.is_none()) return "null";
    if (const auto* truth = std::get_if<bool>(&value.data())) return *truth ? "true" : "false";
    if (const auto whole = value.integer()) return formatted("{}", *whole);
    if (const auto number = value.number()) return json_float(*number);
    if (const BigInteger* big = value.big()) return big->digits;
    fault("Object of type {} is not JSON serializable", type_name(value));
  }

  void print_text(TextView text) {
    out += U'"';
    for (const char32_t c : text) {
      const std::string escape = json_escape(code_of(c), style_.ascii);
      if (escape.empty()) out += c;
      for (const char e : escape) out += static_cast<char32_t>(e) | origin_of(c);
    }
    out += U'"';
  }

  void print_key(const Value& key) {
    if (const Text* text = key.text()) return print_text(*text);
    if (key.sequence() != nullptr || key.is_undefined() || key.object() != nullptr) {
      fault("keys must be str, int, float, bool or None, not {}", type_name(key));
    }
    const std::string name = scalar(key);
    print_text(Text(name.begin(), name.end()));
  }

  void new_line() {
    if (!style_.indent) return;
    out += U'\n';
    for (int i = 0; i < depth_; ++i) out += *style_.indent;
    runtime_.budget.require(out.size() * sizeof(char32_t));
  }

  /// Separators and lines around `n` items that `print_item` prints.
  template <class PrintItem>
  void print_items(size_t n, char32_t open, char32_t close, PrintItem print_item) {
    out += open;
    if (n > 0) {
      ++depth_;
      for (size_t i = 0; i < n; ++i) {
        if (i > 0) out += style_.item_separator;
        new_line();
        print_item(i);
      }
      --depth_;
      new_line();
    }
    out += close;
  }

  void print_sequence(const Sequence& sequence) {
    print_items(sequence.items.size(), U'[', U']', [&](size_t i) { print(sequence.items[i]); });
  }

  void print_dict(const Dict& dict) {
    std::vector<const Dict::Entry*> entries;
    for (const Dict::Entry& entry : dict.entries) entries.push_back(&entry);
    if (style_.sort_keys) {
      sort_values(runtime_, entries, [](const Dict::Entry* entry) { return entry->first; });
    }
    print_items(entries.size(), U'{', U'}', [&](size_t i) {
      print_key(entries[i]->first);
      out += style_.key_separator;
      print(entries[i]->second);
    });
  }

  Runtime& runtime_;
  const JsonStyle& style_;
  int depth_ = 0;
};

}  // namespace

Text to_json(Runtime& runtime, const Value& value, const JsonStyle& style) {
  JsonPrinter printer(runtime, style);
  printer.print(value);
  return std::move(printer.out);
}

}  // namespace freshet::jinja
