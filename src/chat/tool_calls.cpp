#include "chat/tool_calls.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "chat/tool_call_string.h"

namespace freshet {
namespace {

/// Each string without an end has cost a search to the end of the text.
constexpr int kMostUnclosed = 8;

/// Between calls.
bool is_separator(char c) noexcept {
  return is_space(c) || c == ',' || c == ';' || c == '[' || c == ']';
}

std::string_view without_separators(std::string_view text) noexcept {
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_separator(text.back())) text.remove_suffix(1);
  return text;
}

class CallReader {
 public:
  CallReader(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::optional<WrittenCall> read() {
    return at_ < text_.size() && text_[at_] == '{' ? read_json() : read_pythonic();
  }

  /// Behind the call, or where it went wrong.
  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  [[nodiscard]] bool is_unclosed() const noexcept { return is_unclosed_; }

 private:
  /// name(argument, ...)
  std::optional<WrittenCall> read_pythonic() {
    WrittenCall call{.name = std::string(name()), .arguments = {}};
    if (call.name.empty() || !take('(')) return std::nullopt;
    while (!take(')')) {
      if (!read_argument(call)) return std::nullopt;
      skip_space();
      if (!take(',') && (at_ == text_.size() || text_[at_] != ')')) return std::nullopt;
    }
    return call;
  }

  /// key=value, or a value alone. A word in Python's list of reserved ones is as good a key.
  bool read_argument(WrittenCall& call) {
    skip_space();
    const std::size_t begin = at_;
    std::string key(name());
    const bool has_key = !key.empty() && take('=');
    if (!has_key) {
      key.clear();
      at_ = begin;
    }
    skip_space();
    const std::size_t value_begin = at_;
    std::optional<Json> value = literal('(');
    if (!value) return false;
    call.arguments.push_back({.name = std::move(key),
                              .value = std::move(*value),
                              .source = std::string(text_.substr(value_begin, at_ - value_begin))});
    return true;
  }

  std::optional<WrittenCall> read_json() {
    const std::optional<Json> object = literal(0);
    return object && object->is_object() ? call_from(*object) : std::nullopt;
  }

  /// {"name": N, "arguments": A}, A also called "parameters", also within "function".
  static std::optional<WrittenCall> call_from(const Json& object) {
    const auto function = object.find("function");
    if (function != object.end() && function->is_object()) return call_from_function(*function);
    return call_from_function(object);
  }

  static std::optional<WrittenCall> call_from_function(const Json& object) {
    auto name = object.find("name");
    if (name == object.end()) name = object.find("function");
    if (name == object.end() || !name->is_string()) return std::nullopt;
    auto found = object.find("arguments");
    if (found == object.end()) found = object.find("parameters");
    if (found == object.end() && !has_no_other_keys(object)) return std::nullopt;
    Json arguments = found == object.end() || found->is_null() ? Json::object() : *found;
    if (arguments.is_string()) {  // an object written as text, as in OpenAI's messages
      const std::string text = arguments.get<std::string>();
      arguments = text.empty() ? Json::object() : read_literal(text).value_or(Json());
    }
    if (!arguments.is_object()) return std::nullopt;
    WrittenCall call{.name = name->get<std::string>(), .arguments = {}};
    for (auto& [key, value] : arguments.items()) {
      call.arguments.push_back({.name = key, .value = value, .source = {}});
    }
    return call;
  }

  /// An object without arguments is a call only if it says nothing else either.
  static bool has_no_other_keys(const Json& object) {
    return std::ranges::all_of(object.items(), [](const auto& member) {
      return member.key() == "name" || member.key() == "function" || member.key() == "id" ||
             member.key() == "type";
    });
  }

  std::optional<Json> literal(char container) {
    LiteralReader reader(text_, at_);
    std::optional<Json> value = reader.read(container);
    at_ = reader.at();
    is_unclosed_ = reader.is_unclosed();
    return value;
  }

  std::string_view name() {
    const std::size_t begin = at_;
    if (at_ < text_.size() && is_name_start(text_[at_])) {
      while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_;
  bool is_unclosed_ = false;
};

/// Finds, behind something unreadable, where a call may begin again.
class Resync {
 public:
  explicit Resync(std::string_view text) : text_(text) {}

  /// The first place at `from` or later, behind a separator and outside of strings, where there is
  /// "name(" or "{".
  std::size_t next(std::size_t from) {
    bool separated = from > 0 && is_separator_before(from);
    for (std::size_t at = from; at < text_.size();) {
      const char c = text_[at];
      if (separated && (c == '{' || names_a_call(at))) return at;
      if ((c == '\'' || c == '"') && opens_string(text_, at)) {
        at = behind_string(at);
        separated = false;
        continue;
      }
      separated = c == ',' || c == ';' || c == '\n' || c == ']' || (separated && is_space(c));
      ++at;
    }
    return text_.size();
  }

 private:
  [[nodiscard]] bool is_separator_before(std::size_t at) const {
    while (at > 0 && is_space(text_[at - 1])) --at;
    return at > 0 && (text_[at - 1] == ',' || text_[at - 1] == ';' || text_[at - 1] == ']');
  }

  [[nodiscard]] bool names_a_call(std::size_t at) const {
    if (!is_name_start(text_[at])) return false;
    while (at < text_.size() && is_name_char(text_[at])) ++at;
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at < text_.size() && text_[at] == '(';
  }

  /// A quote that nothing closes opens no string. It is enough to find that out once for each kind:
  /// none closes behind it either.
  std::size_t behind_string(std::size_t quote) {
    bool& is_unclosed = text_[quote] == '"' ? double_unclosed_ : single_unclosed_;
    if (is_unclosed) return quote + 1;
    StringScan scan(text_, quote, 0);
    if (scan.advance(text_, /*complete=*/true) == StringScan::State::kClosed) return scan.end();
    is_unclosed = true;
    return quote + 1;
  }

  std::string_view text_;
  bool single_unclosed_ = false;
  bool double_unclosed_ = false;
};

}  // namespace

CallList read_calls(std::string_view text, const IsKnownTool& is_known) {
  CallList list;
  Resync resync(text);
  std::size_t rest_begin = 0;
  const auto keep_rest = [&](std::size_t end) {
    const std::string_view rest = without_separators(text.substr(rest_begin, end - rest_begin));
    if (!rest.empty()) list.rest.append(list.rest.empty() ? "" : ", ").append(rest);
  };
  bool recovering = false;
  int n_unclosed = 0;
  for (std::size_t at = 0; at < text.size() && n_unclosed < kMostUnclosed;) {
    if (is_separator(text[at])) {
      ++at;
      continue;
    }
    CallReader reader(text, at);
    std::optional<WrittenCall> call = reader.read();
    const bool believed = call && (!recovering || !is_known || is_known(call->name));
    if (believed) {
      keep_rest(at);
      list.calls.push_back(std::move(*call));
      at = rest_begin = reader.at();
      recovering = false;
    } else {
      if (reader.is_unclosed()) ++n_unclosed;
      at = resync.next(std::max(reader.at(), at + 1));
      recovering = true;
    }
  }
  keep_rest(text.size());
  if (list.calls.empty() && !list.rest.empty()) list.rest = text;
  return list;
}

}  // namespace freshet
