// Literals of Python and of JSON, as models mix them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "chat/big_integer.h"

namespace freshet {

/// Builds an object in time linear in its members: the last of equal keys wins, at the first one's
/// place.
class ObjectBuilder {
 public:
  /// False if the key was there.
  bool add(std::string key, Json value);
  [[nodiscard]] Json take() { return std::move(object_); }

 private:
  Json object_ = Json::object();
  std::unordered_map<std::string, std::size_t> places_;
};

/// Reads one value: a string, a number, True/true, False/false, None/null, a list, tuple or set
/// (all become arrays), a dict. Keys that are no strings become what json.dumps makes of them.
class LiteralReader {
 public:
  static constexpr int kMaxDepth = 64;

  LiteralReader(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  /// The value here, after white space; `container` is the bracket around it, or 0. Nothing where
  /// there is no literal, or one that is nested deeper than kMaxDepth.
  std::optional<Json> read(char container);

  /// Behind the value, or where it went wrong.
  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  /// It went wrong in a string without an end, and the whole text was searched for one.
  [[nodiscard]] bool is_unclosed() const noexcept { return is_unclosed_; }

 private:
  std::optional<Json> read_string(char container);
  std::optional<Json> read_number();
  std::optional<Json> read_word();
  std::optional<Json> read_sequence(char open);
  std::optional<Json> read_braces();
  bool read_members(Json first_key, ObjectBuilder& members);
  void skip_space();
  /// Takes `c` if it is next, after white space.
  bool take(char c);
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] bool at_string() const noexcept;

  std::string_view text_;
  std::size_t at_;
  int depth_ = 0;
  bool is_unclosed_ = false;
};

/// The whole of `text`, but for white space around it, as one literal.
[[nodiscard]] std::optional<Json> read_literal(std::string_view text);

/// The whole of `text`, but for white space around it, as a number of Python's or JSON's.
[[nodiscard]] std::optional<Json> read_number_literal(std::string_view text);

}  // namespace freshet
