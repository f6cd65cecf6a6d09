// The methods of str.
#include <algorithm>
#include <array>
#include <limits>

#include "jinja/formatting.h"
#include "jinja/methods.h"
#include "jinja/operations.h"
#include "jinja/parameters.h"
#include "jinja/printing.h"
#include "jinja/text_functions.h"
#include "jinja/unicode.h"

namespace freshet::jinja {
namespace {

constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();

size_t limit_from(int64_t count) { return count < 0 ? kUnlimited : static_cast<size_t>(count); }

Value list_of(Runtime& runtime, const std::vector<TextView>& parts, Flavor flavor = Flavor::kList) {
  runtime.budget.spend(parts.size());
  std::vector<Value> items;
  for (const TextView part : parts) items.push_back(make_text(runtime.budget, Text(part)));
  return make_sequence(runtime.budget, flavor, std::move(items));
}

template <Text (*map)(TextView)>
Value mapped(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters none("this method", arguments, {});
  return make_text(runtime.budget, map(*self.text()));
}

Text swap_case(TextView text) {
  Text result;
  for (size_t i = 0; i < text.size(); ++i) {
    result += is_upper(code_of(text[i])) ? lower_at(text, i) : to_upper(text.substr(i, 1));
  }
  return result;
}

template <Side side>
Value strip_method(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("strip", arguments, {"chars"});
  const Text* chars = p.is_set(0) ? &p.text(0) : nullptr;
  return make_text(runtime.budget, Text(strip(*self.text(), chars, side)));
}

/// startswith and endswith: of one text, or of any in a tuple.
template <bool at_start>
Value affix(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p(at_start ? "startswith" : "endswith", arguments, {"text"});
  const TextView text = *self.text();
  const auto fits = [&](TextView part) {
    runtime.budget.spend_on(part.size());
    if (part.size() > text.size()) return false;
    const size_t begin = at_start ? 0 : text.size() - part.size();
    return same_text(text.substr(begin, part.size()), part);
  };
  const Sequence* choices = p.at(0).sequence();
  if (choices == nullptr) return Value(fits(p.text(0)));
  return Value(std::ranges::any_of(choices->items, [&](const Value& choice) {
    if (choice.text() == nullptr) fault("startswith() expects strings in its tuple");
    return fits(*choice.text());
  }));
}

std::vector<TextView> split_at(TextView text, const std::vector<size_t>& cuts, size_t width) {
  std::vector<TextView> parts;
  size_t begin = 0;
  for (const size_t cut : cuts) {
    parts.push_back(text.substr(begin, cut - begin));
    begin = cut + width;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

Value split(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("split", arguments, {"sep", "maxsplit"});
  const size_t limit = limit_from(p.integer_or(1, -1));
  const TextView text = *self.text();
  runtime.budget.spend_on(text.size());
  if (!p.is_set(0)) return list_of(runtime, split_words(text, limit));
  const Text& separator = p.text(0);
  if (separator.empty()) fault("empty separator");
  return list_of(runtime, split_at(text, find_all(text, separator, limit), separator.size()));
}

/// The cuts of rsplit: found from the right, so that overlaps fall the other way.
Value rsplit(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("rsplit", arguments, {"sep", "maxsplit"});
  const size_t limit = limit_from(p.integer_or(1, -1));
  const Text& text = *self.text();
  const bool by_words = !p.is_set(0);
  const Text separator = by_words ? Text() : p.text(0);
  if (!by_words && separator.empty()) fault("empty separator");
  runtime.budget.spend_on(text.size() * 2);
  const Text backwards(text.rbegin(), text.rend());
  const Text separator_backwards(separator.rbegin(), separator.rend());
  std::vector<TextView> parts =
      by_words
          ? split_words(backwards, limit)
          : split_at(backwards, find_all(backwards, separator_backwards, limit), separator.size());
  runtime.budget.spend(parts.size());
  std::vector<Value> items;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    items.push_back(make_text(runtime.budget, Text(part->rbegin(), part->rend())));
  }
  return make_sequence(runtime.budget, Flavor::kList, std::move(items));
}

Value split_lines_method(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("splitlines", arguments, {"keepends"});
  return list_of(runtime, split_lines(*self.text(), p.truth_or(0, false)));
}

template <bool from_right>
Value partition(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("partition", arguments, {"sep"});
  const TextView text = *self.text();
  const Text& separator = p.text(0);
  if (separator.empty()) fault("empty separator");
  runtime.budget.spend_on(text.size());
  const size_t at = from_right ? rfind_text(text, separator) : find_text(text, separator);
  if (at == TextView::npos) {
    return from_right ? list_of(runtime, {{}, {}, text}, Flavor::kTuple)
                      : list_of(runtime, {text, {}, {}}, Flavor::kTuple);
  }
  return list_of(
      runtime,
      {text.substr(0, at), text.substr(at, separator.size()), text.substr(at + separator.size())},
      Flavor::kTuple);
}

/// find, index and their likes: a position within [start, end), or -1, or a fault.
template <bool from_right, bool must_find>
Value find_method(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("find", arguments, {"text", "start", "end"});
  const auto n = static_cast<int64_t>(self.text()->size());
  const auto bound = [&](size_t i, int64_t otherwise) {
    if (!p.is_set(i)) return otherwise;
    const int64_t at = p.integer(i);
    return std::clamp(at < 0 ? std::max(at, -n) + n : at, int64_t{0}, n);
  };
  const int64_t start = bound(1, 0);
  const int64_t end = bound(2, n);
  const TextView text = TextView(*self.text())
                            .substr(static_cast<size_t>(start),
                                    static_cast<size_t>(std::max(end - start, int64_t{0})));
  runtime.budget.spend_on(text.size() + p.text(0).size());
  const bool outside = p.has(1) && p.is_set(1) && p.integer(1) > n;
  const size_t at = outside      ? TextView::npos
                    : from_right ? rfind_text(text, p.text(0))
                                 : find_text(text, p.text(0));
  if (at != TextView::npos) return make_integer(start + static_cast<int64_t>(at));
  if (must_find) fault("substring not found");
  return make_integer(-1);
}

Value count(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("count", arguments, {"text"});
  const Text& text = *self.text();
  runtime.budget.spend_on(text.size());
  if (p.text(0).empty()) return make_integer(static_cast<int64_t>(text.size()) + 1);
  return make_integer(static_cast<int64_t>(find_all(text, p.text(0), kUnlimited).size()));
}

Value replace(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("replace", arguments, {"old", "new", "count"});
  return make_text(runtime.budget, replace_text(runtime, *self.text(), p.text(0), p.text(1),
                                                limit_from(p.integer_or(2, -1))));
}

Value join(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("join", arguments, {"iterable"});
  Text result;
  bool is_first = true;
  for (const Value& item : items_of(runtime, p.at(0))) {
    if (item.text() == nullptr) {
      fault("join() expects strings, found {}", type_name(item));
    }
    if (!is_first) append_value(runtime, result, self);
    append_value(runtime, result, item);
    is_first = false;
  }
  return make_text(runtime.budget, std::move(result));
}

template <bool prefix>
Value remove_affix(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("removeprefix", arguments, {"affix"});
  const Value fits = affix<prefix>(runtime, self, arguments);
  const Text& text = *self.text();
  if (!is_true(fits)) return self;
  const size_t rest = text.size() - p.text(0).size();
  return make_text(runtime.budget, prefix ? text.substr(p.text(0).size()) : text.substr(0, rest));
}

/// center, ljust, rjust.
template <bool left, bool right>
Value pad(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("center", arguments, {"width", "fill"});
  const Text fill = p.has(1) ? p.text(1) : U" ";
  if (fill.size() != 1) fault("the fill character must be exactly one character long");
  return make_text(runtime.budget,
                   pad_text(runtime, *self.text(), p.integer(0), fill[0], {left, right}));
}

Value zfill(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters p("zfill", arguments, {"width"});
  const Text& text = *self.text();
  const bool is_signed = !text.empty() && (code_of(text[0]) == '+' || code_of(text[0]) == '-');
  const size_t sign = is_signed ? 1 : 0;
  const Text padded = pad_text(runtime, text.substr(sign), p.integer(0) - (is_signed ? 1 : 0), U'0',
                               {.left = true, .right = false});
  return make_text(runtime.budget, text.substr(0, sign) + padded);
}

Value format(Runtime& runtime, const Value& self, const Arguments& arguments) {
  return make_text(runtime.budget, format_braces(runtime, *self.text(), arguments));
}

/// isdigit and its likes: whether there is a character and all of them are.
template <bool (*is)(char32_t) noexcept>
Value all_are(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters none("this method", arguments, {});
  const Text& text = *self.text();
  runtime.budget.spend_on(text.size());
  return Value(!text.empty() &&
               std::ranges::all_of(text, [](char32_t c) { return is(code_of(c)); }));
}

bool is_alphanumeric(char32_t c) noexcept { return is_alpha(c) || is_numeric(c); }

Value is_ascii(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters none("isascii", arguments, {});
  runtime.budget.spend_on(self.text()->size());
  return Value(std::ranges::all_of(*self.text(), [](char32_t c) { return code_of(c) < 0x80; }));
}

template <bool upper>
Value is_case(Runtime&, const Value& self, const Arguments& arguments) {
  const Parameters none("isupper", arguments, {});
  return Value(all_cased(*self.text(), upper));
}

constexpr std::array kMethods = {Method{"capitalize", mapped<capitalize>},
                                 Method{"casefold", mapped<to_lower>},
                                 Method{"center", pad<true, true>},
                                 Method{"count", count},
                                 Method{"endswith", affix<false>},
                                 Method{"find", find_method<false, false>},
                                 Method{"format", format},
                                 Method{"index", find_method<false, true>},
                                 Method{"isalnum", all_are<is_alphanumeric>},
                                 Method{"isalpha", all_are<is_alpha>},
                                 Method{"isascii", is_ascii},
                                 Method{"isdecimal", all_are<is_decimal>},
                                 Method{"isdigit", all_are<is_digit>},
                                 Method{"islower", is_case<false>},
                                 Method{"isnumeric", all_are<is_numeric>},
                                 Method{"isspace", all_are<is_space>},
                                 Method{"isupper", is_case<true>},
                                 Method{"join", join},
                                 Method{"ljust", pad<false, true>},
                                 Method{"lower", mapped<to_lower>},
                                 Method{"lstrip", strip_method<Side::kLeft>},
                                 Method{"partition", partition<false>},
                                 Method{"removeprefix", remove_affix<true>},
                                 Method{"removesuffix", remove_affix<false>},
                                 Method{"replace", replace},
                                 Method{"rfind", find_method<true, false>},
                                 Method{"rindex", find_method<true, true>},
                                 Method{"rjust", pad<true, false>},
                                 Method{"rpartition", partition<true>},
                                 Method{"rsplit", rsplit},
                                 Method{"rstrip", strip_method<Side::kRight>},
                                 Method{"split", split},
                                 Method{"splitlines", split_lines_method},
                                 Method{"startswith", affix<true>},
                                 Method{"strip", strip_method<Side::kBoth>},
                                 Method{"swapcase", mapped<swap_case>},
                                 Method{"title", mapped<title_case>},
                                 Method{"upper", mapped<to_upper>},
                                 Method{"zfill", zfill}};

}  // namespace

std::span<const Method> text_methods() { return kMethods; }

}  // namespace freshet::jinja
