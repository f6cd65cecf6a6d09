#include "chat/tool_call_literal.h"

#include <array>
#include <iterator>
#include <utility>

#include "chat/tool_call_string.h"

namespace freshet {
namespace {

/// A key as json.dumps writes it.
std::string key_text(Json key) {
  if (key.is_string()) return std::move(key.get_ref<std::string&>());
  return to_text(key);
}

}  // namespace

bool ObjectBuilder::add(std::string key, Json value) {
  // Appending to the members directly: ordered_json's own look-up is a search.
  auto& members = object_.get_ref<Json::object_t&>();
  const auto [place, is_new] = places_.try_emplace(key, members.size());
  if (is_new) {
    members.emplace_back(std::move(key), std::move(value));
  } else {
    std::next(members.begin(), static_cast<std::ptrdiff_t>(place->second))->second =
        std::move(value);
  }
  return is_new;
}

void LiteralReader::skip_space() {
  while (is_space(peek())) ++at_;
}

bool LiteralReader::take(char c) {
  skip_space();
  if (at_ == text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool LiteralReader::at_string() const noexcept {
  std::size_t quote = at_;
  while (quote < text_.size() && quote - at_ < 2 &&
         std::string_view("rRbBuUfF").find(text_[quote]) != std::string_view::npos) {
    ++quote;
  }
  return quote < text_.size() && (text_[quote] == '\'' || text_[quote] == '"');
}

std::optional<Json> LiteralReader::read(char container) {
  skip_space();
  const char c = peek();
  if (at_string()) return read_string(container);
  if (c == '[' || c == '(' || c == '{') {
    if (depth_ == kMaxDepth) return std::nullopt;
    ++depth_;
    std::optional<Json> value = c == '{' ? read_braces() : read_sequence(c);
    --depth_;
    return value;
  }
  return is_name_start(c) ? read_word() : read_number();
}

std::optional<Json> LiteralReader::read_string(char container) {
  const std::size_t quote = text_.find_first_of("'\"", at_);
  StringScan scan(text_, quote, container);
  is_unclosed_ = scan.advance(text_, /*complete=*/true) != StringScan::State::kClosed;
  if (is_unclosed_) return std::nullopt;
  at_ = scan.end();
  return scan.value(text_);
}

std::optional<Json> LiteralReader::read_word() {
  static constexpr std::array<std::pair<std::string_view, int>, 6> kWords = {
      {{"true", 1}, {"True", 1}, {"false", 0}, {"False", 0}, {"null", -1}, {"None", -1}}};
  std::size_t end = at_;
  // A colon is part of a name, but behind a key it separates.
  while (end < text_.size() && is_name_char(text_[end]) && text_[end] != ':') ++end;
  for (const auto& [word, meaning] : kWords) {
    if (text_.substr(at_, end - at_) != word) continue;
    at_ = end;
    return meaning < 0 ? Json() : Json(meaning == 1);
  }
  return std::nullopt;
}

/// A list, or what parentheses hold: a tuple, unless it is one value without a comma.
std::optional<Json> LiteralReader::read_sequence(char open) {
  ++at_;
  const char close = open == '[' ? ']' : ')';
  Json values = Json::array();
  bool has_comma = false;
  while (!take(close)) {
    std::optional<Json> value = read(open);
    if (!value) return std::nullopt;
    values.push_back(std::move(*value));
    skip_space();
    if (take(',')) {
      has_comma = true;
    } else if (peek() != close) {
      return std::nullopt;
    }
  }
  if (open == '(' && values.size() == 1 && !has_comma) return std::move(values[0]);
  return values;
}

/// A dict, or a set.
std::optional<Json> LiteralReader::read_braces() {
  ++at_;
  if (take('}')) return Json::object();
  std::optional<Json> first = read('{');
  if (!first) return std::nullopt;
  if (take(':')) {
    ObjectBuilder members;
    if (!read_members(std::move(*first), members)) return std::nullopt;
    return members.take();
  }
  Json values = Json::array({std::move(*first)});
  while (take(',')) {
    if (take('}')) return values;
    std::optional<Json> value = read('{');
    if (!value) return std::nullopt;
    values.push_back(std::move(*value));
  }
  return take('}') ? std::optional(std::move(values)) : std::nullopt;
}

/// From behind the first colon to behind the closing brace.
bool LiteralReader::read_members(Json first_key, ObjectBuilder& members) {
  Json key = std::move(first_key);
  while (true) {
    if (key.is_structured()) return false;
    std::optional<Json> value = read('{');
    if (!value) return false;
    members.add(key_text(std::move(key)), std::move(*value));
    const bool has_comma = take(',');
    if (take('}')) return true;
    if (!has_comma) return false;
    std::optional<Json> next = read('{');
    if (!next || !take(':')) return false;
    key = std::move(*next);
  }
}

std::optional<Json> read_literal(std::string_view text) {
  LiteralReader reader(text, 0);
  std::optional<Json> value = reader.read(0);
  if (!value || text.find_first_not_of(" \n\t\r\f\v", reader.at()) != std::string_view::npos) {
    return std::nullopt;
  }
  return value;
}

}  // namespace freshet
