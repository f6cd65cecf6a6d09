// Strings of templates: Python's str, in which each character remembers where it came from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::jinja {

/// A character is a code point in its low bits and its origin in the highest one:
///
///   bit 31   1: foreign, it came with the messages; 0: the template wrote it
///   0 .. 20  the code point; a byte B that is not UTF-8 is U+DC00 + B, as Python has it
///
/// Whatever a template does with strings, it moves characters, and the bit moves with them. What a
/// function derives from a foreign character (its escape, its upper case) is foreign too.
using Text = std::u32string;
using TextView = std::u32string_view;

inline constexpr char32_t kForeign = 0x8000'0000;

constexpr char32_t code_of(char32_t c) { return c & ~kForeign; }
constexpr char32_t origin_of(char32_t c) { return c & kForeign; }

[[nodiscard]] Text from_utf8(std::string_view utf8, char32_t origin = 0);
[[nodiscard]] std::string to_utf8(TextView text);
/// All of it as if the messages had brought it.
[[nodiscard]] Text as_foreign(TextView text);

/// The comparisons of Python: code points, whatever their origin.
[[nodiscard]] bool same_text(TextView a, TextView b);
[[nodiscard]] bool same_text(TextView a, std::string_view ascii);
[[nodiscard]] int compare_texts(TextView a, TextView b);
[[nodiscard]] uint64_t hash_text(TextView text);

/// The first occurrence of `needle` at `from` or later, or npos. Linear in both lengths, whatever
/// they contain.
[[nodiscard]] size_t find_text(TextView text, TextView needle, size_t from = 0);
[[nodiscard]] size_t rfind_text(TextView text, TextView needle);
/// Where `needle` begins in `text`, overlaps left out, `limit` of them at most.
[[nodiscard]] std::vector<size_t> find_all(TextView text, TextView needle, size_t limit);

/// str.strip and its sides: characters in `chars`, or Python's white space if that is null.
enum class Side { kBoth, kLeft, kRight };
[[nodiscard]] TextView strip(TextView text, const Text* chars = nullptr, Side side = Side::kBoth);

/// str.splitlines: at LF, CR, CR LF and the rarer separators that Python knows.
[[nodiscard]] std::vector<TextView> split_lines(TextView text, bool keep_ends = false);
/// str.split() without a separator: at runs of white space; the rest after `limit` cuts.
[[nodiscard]] std::vector<TextView> split_words(TextView text, size_t limit);

[[nodiscard]] Text to_upper(TextView text);
[[nodiscard]] Text to_lower(TextView text);
/// The character at `at` in lower case: what stands around a capital sigma decides its form.
[[nodiscard]] Text lower_at(TextView text, size_t at);
/// The first character in title case, the rest in lower case.
[[nodiscard]] Text capitalize(TextView text);

}  // namespace freshet::jinja
