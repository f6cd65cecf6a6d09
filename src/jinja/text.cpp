#include "jinja/text.h"

#include <algorithm>

#include "base/utf8.h"
#include "jinja/unicode.h"

namespace freshet::jinja {
namespace {

constexpr char32_t kByte = 0xDC00;  // and the byte, which is 0x80 or more

bool same_character(char32_t a, char32_t b) { return code_of(a) == code_of(b); }

/// For every position of `needle` the length of the longest proper prefix that ends there (Knuth,
/// Morris and Pratt): where to go on after a mismatch, so that no character is looked at twice.
std::vector<size_t> prefix_lengths(TextView needle) {
  std::vector<size_t> lengths(needle.size(), 0);
  for (size_t i = 1, length = 0; i < needle.size(); ++i) {
    while (length > 0 && !same_character(needle[i], needle[length])) length = lengths[length - 1];
    if (same_character(needle[i], needle[length])) ++length;
    lengths[i] = length;
  }
  return lengths;
}

/// Calls found(begin) at every occurrence from `from` on until it returns false; occurrences do not
/// overlap.
template <class Found>
void search(TextView text, TextView needle, size_t from, Found found) {
  const std::vector<size_t> lengths = prefix_lengths(needle);
  for (size_t i = from, length = 0; i < text.size(); ++i) {
    while (length > 0 && !same_character(text[i], needle[length])) length = lengths[length - 1];
    if (same_character(text[i], needle[length])) ++length;
    if (length < needle.size()) continue;
    if (!found(i + 1 - length)) return;
    length = 0;
  }
}

void append_mapped(Text& out, char32_t c, Case to) {
  const Mapped mapped = map_case(code_of(c), to);
  for (int i = 0; i < mapped.count; ++i) out += mapped.to[i] | origin_of(c);
}

/// A capital sigma is lowered to its final form at the end of a word.
char32_t lower_sigma(TextView text, size_t at) {
  const auto is_cased = [](char32_t c) { return is_upper(c) || is_lower(c); };
  const bool after_letter = at > 0 && is_cased(code_of(text[at - 1]));
  const bool before_letter = at + 1 < text.size() && is_cased(code_of(text[at + 1]));
  return after_letter && !before_letter ? U'\u03C2' : U'\u03C3';
}

}  // namespace

Text from_utf8(std::string_view utf8, char32_t origin) {
  Text text;
  text.reserve(utf8.size());
  while (!utf8.empty()) {
    const Utf8Char c = decode_utf8(utf8);
    if (c.status == Utf8Status::kValid) {
      text += c.code_point | origin;
    } else {
      for (const char byte : utf8.substr(0, c.length)) {
        text += (kByte + static_cast<unsigned char>(byte)) | origin;
      }
    }
    utf8.remove_prefix(c.length);
  }
  return text;
}

std::string to_utf8(TextView text) {
  std::string utf8;
  utf8.reserve(text.size());
  for (const char32_t character : text) {
    const char32_t c = code_of(character);
    if (c >= kByte + 0x80 && c < kByte + 0x100) {
      utf8 += static_cast<char>(c - kByte);
    } else {
      // A template may name half of a surrogate pair; no text can hold it.
      append_utf8(utf8, c >= 0xD800 && c < 0xE000 ? U'\uFFFD' : c);
    }
  }
  return utf8;
}

Text as_foreign(TextView text) {
  Text foreign(text);
  for (char32_t& c : foreign) c |= kForeign;
  return foreign;
}

bool same_text(TextView a, TextView b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_character);
}

bool same_text(TextView a, std::string_view ascii) {
  return std::equal(a.begin(), a.end(), ascii.begin(), ascii.end(), [](char32_t c, char other) {
    return code_of(c) == static_cast<unsigned char>(other);
  });
}

int compare_texts(TextView a, TextView b) {
  const size_t n = std::min(a.size(), b.size());
  for (size_t i = 0; i < n; ++i) {
    if (!same_character(a[i], b[i])) return code_of(a[i]) < code_of(b[i]) ? -1 : 1;
  }
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

uint64_t hash_text(TextView text) {
  uint64_t hash = 0xCBF2'9CE4'8422'2325;  // FNV-1a
  for (const char32_t c : text) hash = (hash ^ code_of(c)) * 0x100'0000'01B3;
  return hash;
}

size_t find_text(TextView text, TextView needle, size_t from) {
  if (from > text.size()) return TextView::npos;
  if (needle.empty()) return from;
  size_t at = TextView::npos;
  search(text, needle, from, [&](size_t begin) {
    at = begin;
    return false;
  });
  return at;
}

size_t rfind_text(TextView text, TextView needle) {
  const Text backwards(text.rbegin(), text.rend());
  const Text needle_backwards(needle.rbegin(), needle.rend());
  const size_t at = find_text(backwards, needle_backwards);
  return at == TextView::npos ? at : text.size() - at - needle.size();
}

std::vector<size_t> find_all(TextView text, TextView needle, size_t limit) {
  std::vector<size_t> found;
  if (needle.empty() || limit == 0) return found;
  search(text, needle, 0, [&](size_t begin) {
    found.push_back(begin);
    return found.size() < limit;
  });
  return found;
}

TextView strip(TextView text, const Text* chars, Side side) {
  Text set = chars == nullptr ? Text() : *chars;
  std::ranges::for_each(set, [](char32_t& c) { c = code_of(c); });
  std::ranges::sort(set);
  const auto goes = [&](char32_t character) {
    const char32_t c = code_of(character);
    return chars == nullptr ? is_space(c) : std::ranges::binary_search(set, c);
  };
  while (side != Side::kRight && !text.empty() && goes(text.front())) text.remove_prefix(1);
  while (side != Side::kLeft && !text.empty() && goes(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<TextView> split_lines(TextView text, bool keep_ends) {
  std::vector<TextView> lines;
  for (size_t begin = 0, i = 0; i < text.size(); begin = i) {
    while (i < text.size() && !is_line_end(code_of(text[i]))) ++i;
    const size_t end = i;
    if (i < text.size()) {
      const bool is_pair =
          code_of(text[i]) == '\r' && i + 1 < text.size() && code_of(text[i + 1]) == '\n';
      i += is_pair ? 2 : 1;
    }
    lines.push_back(text.substr(begin, (keep_ends ? i : end) - begin));
  }
  return lines;
}

std::vector<TextView> split_words(TextView text, size_t limit) {
  std::vector<TextView> words;
  for (text = strip(text, nullptr, Side::kLeft); !text.empty();
       text = strip(text, nullptr, Side::kLeft)) {
    const auto end = std::ranges::find_if(text, [](char32_t c) { return is_space(code_of(c)); });
    const size_t length = words.size() == limit ? text.size() : size_t(end - text.begin());
    words.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return words;
}

Text to_upper(TextView text) {
  Text result;
  for (const char32_t c : text) append_mapped(result, c, Case::kUpper);
  return result;
}

Text lower_at(TextView text, size_t at) {
  if (code_of(text[at]) == U'\u03A3') return Text(1, lower_sigma(text, at) | origin_of(text[at]));
  Text result;
  append_mapped(result, text[at], Case::kLower);
  return result;
}

Text to_lower(TextView text) {
  Text result;
  for (size_t i = 0; i < text.size(); ++i) result += lower_at(text, i);
  return result;
}

Text capitalize(TextView text) {
  Text result;
  if (text.empty()) return result;
  append_mapped(result, text.front(), Case::kTitle);
  return result + to_lower(text.substr(1));
}

}  // namespace freshet::jinja
