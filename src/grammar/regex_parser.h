// From a pattern's text to a Regex.
#pragma once

#include <optional>
#include <string_view>

#include "grammar/regex.h"

namespace freshet {

/// Recursive descent; groups recurse, at most kNesting deep.
class RegexParser {
 public:
  RegexParser(Regex& regex, std::string_view pattern) : regex_(regex), text_(pattern) {}

  /// Fills the regex.
  void parse();

 private:
  using NodeId = Regex::NodeId;
  using Kind = Regex::Kind;

  /// A class as it stands, and with all that some dialect counts in: what is excluded is excluded
  /// in every dialect.
  struct ClassSet {
    CodePointSet narrow;
    CodePointSet wide;
  };

  [[noreturn]] void refuse(const std::string& what) const;
  [[noreturn]] void refuse_unsupported(const std::string& what) const;
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool take(std::string_view text);

  NodeId add(Regex::Node node);
  NodeId parse_alternatives();
  NodeId parse_sequence();
  NodeId parse_item();
  NodeId parse_group();
  NodeId parse_repeats(NodeId node);
  bool parse_bounds(uint32_t& minimum, uint32_t& maximum);
  uint32_t parse_number();
  NodeId parse_class();
  std::optional<ClassSet> parse_class_escape();
  char32_t parse_class_character();
  char32_t parse_escape(bool in_class);
  char32_t parse_hex(size_t digits);
  char32_t parse_unicode_escape();
  char32_t parse_character();

  Regex& regex_;
  std::string_view text_;
  size_t at_ = 0;
  size_t depth_ = 0;
};

}  // namespace freshet
