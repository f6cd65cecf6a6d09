#include "grammar/gbnf_text.h"

#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "base/utf8.h"
#include "grammar/limits.h"

namespace freshet {
namespace {

namespace limits = grammar_limits;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

bool GbnfText::at_name() const { return is_name_character(peek()); }

void GbnfText::fail_at(size_t offset, const std::string& what, ErrorKind kind) const {
  const std::string_view before = text_.substr(0, offset);
  const size_t newline = before.rfind('\n');
  const size_t line_start = newline == before.npos ? 0 : newline + 1;
  fail(kind, "grammar: line {}, column {}: {}", 1 + std::ranges::count(before, '\n'),
       offset - line_start + 1, what);
}

void GbnfText::fail_expected(const std::string& expected) const {
  const std::string found =
      at_ < text_.size() ? quoted(text_.substr(at_, 1)) : "the end of the grammar";
  fail_at(at_, "expected " + expected + ", found " + found);
}

bool GbnfText::take(char c) {
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

void GbnfText::skip_space(bool lines) {
  while (!at_end()) {
    const char c = text_[at_];
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
      ++at_;
    } else {
      return;
    }
  }
}

bool GbnfText::take(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

std::string_view GbnfText::read_name(const char* expected) {
  const size_t start = at_;
  while (!at_end() && is_name_character(text_[at_])) ++at_;
  if (at_ == start) fail_expected(expected);
  return text_.substr(start, at_ - start);
}

uint32_t GbnfText::read_number() {
  skip_space(/*lines=*/false);
  const size_t start = at_;
  uint64_t number = 0;
  while (peek() >= '0' && peek() <= '9') {
    number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(text_[at_++] - '0'),
                                uint64_t{1} << 40);
  }
  if (at_ == start) fail_expected("a number");
  if (number > limits::kRepeat) {
    fail_at(start,
            formatted("a repeat of {}, at most {} is possible; use * or +",
                      text_.substr(start, std::min<size_t>(at_ - start, 20)), limits::kRepeat),
            ErrorKind::kUnsupported);
  }
  skip_space(/*lines=*/false);
  return static_cast<uint32_t>(number);
}

std::string GbnfText::read_literal() {
  const size_t start = at_++;
  std::string bytes;
  while (!take('"')) {
    if (at_end() || peek() == '\n') fail_at(start, "this literal is not closed: a \" is missing");
    append_utf8(bytes, read_character());
  }
  return bytes;
}

CodePointSet GbnfText::read_class() {
  const size_t start = at_++;
  const bool negated = take('^');
  std::vector<CodePointSet::Range> ranges;
  while (!take(']')) {
    if (at_end() || peek() == '\n') fail_at(start, "this class is not closed: a ] is missing");
    const size_t range_start = at_;
    const char32_t first = read_character();
    char32_t last = first;
    if (peek() == '-' && peek(1) != ']' && at_ + 1 < text_.size()) {
      ++at_;
      last = read_character();
    }
    if (last < first) fail_at(range_start, "a range that ends before it begins");
    ranges.push_back({first, last});
  }
  const CodePointSet set = CodePointSet::of(ranges);
  return negated ? set.complement() : set;
}

char32_t GbnfText::read_character() {
  if (peek() == '\\') return read_escape();
  const Utf8Char c = decode_utf8(text_.substr(at_));
  if (c.status != Utf8Status::kValid) fail_at(at_, "not UTF-8");
  at_ += c.length;
  return c.code_point;
}

char32_t GbnfText::read_escape() {
  const size_t start = at_++;
  const char c = peek();
  ++at_;
  switch (c) {
    case 'n':
      return U'\n';
    case 'r':
      return U'\r';
    case 't':
      return U'\t';
    case 'x':
      return read_hex(start, 2);
    case 'u':
      return read_hex(start, 4);
    case 'U':
      return read_hex(start, 8);
    case '\\':
    case '"':
    case '\'':
    case '[':
    case ']':
    case '-':
    case '^':
    case '/':
    case '.':
      return static_cast<char32_t>(c);
    default:
      fail_at(start,
              "an unknown escape; there are \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\^ \\xNN \\uNNNN "
              "\\UNNNNNNNN");
  }
}

char32_t GbnfText::read_hex(size_t start, size_t digits) {
  uint32_t value = 0;
  const std::string_view hex = text_.substr(std::min(at_, text_.size()), digits);
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  if (hex.size() < digits || error != std::errc() || end != hex.data() + digits) {
    fail_at(start, formatted("expected {} hexadecimal digits", digits));
  }
  if (value > kLastCodePoint || (value >= 0xD800 && value <= 0xDFFF)) {
    fail_at(start, formatted("U+{:04X} is not a character", value));
  }
  at_ += digits;
  return value;
}

TokenTerminal GbnfText::read_token() {
  const size_t start = at_;
  const size_t end = text_.find('>', at_);
  const std::string_view line = text_.substr(at_, text_.find('\n', at_) - at_);
  if (end == text_.npos || end - at_ >= line.size()) {
    fail_at(start, "this token is not closed: a > is missing");
  }
  const std::string_view name = text_.substr(at_, end + 1 - at_);
  at_ = end + 1;
  if (!name.starts_with("<[")) return {.id = -1, .name = std::string(name)};
  int32_t id = -1;
  const char* last = name.data() + name.size() - 2;
  const auto [parsed, error] = std::from_chars(name.data() + 2, last, id);
  if (!name.ends_with("]>") || error != std::errc() || parsed != last || id < 0) {
    fail_at(start, "expected a token as <[123]> or <|name|>");
  }
  return {.id = id, .name = {}};
}

}  // namespace freshet
