// How JSON values, and the Python literals of tool calls, are spelt: productions for strings,
// numbers and the space between.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "grammar/json_input.h"
#include "grammar/productions.h"

namespace freshet {

enum class Dialect {
  kJson,
  kPython,  ///< strings in ' or ", True or true, None or null, no newlines between
};

/// Expressions over one set of productions; equal characters share a rule.
class Literals {
 public:
  Literals(Productions& productions, Dialect dialect)
      : productions_(productions), dialect_(dialect) {}

  /// A string whose characters are what `body` says for the quotation mark in use.
  [[nodiscard]] ExpressionId quoted_string(const std::function<ExpressionId(char quote)>& body);

  /// One character of `set` within a string, spelt as json.dumps spells it: escaped where it must
  /// be, beyond ASCII raw or as \uNNNN, two of them beyond U+FFFF.
  [[nodiscard]] ExpressionId character(const CodePointSet& set, char quote);

  /// One character of any kind, in any spelling.
  [[nodiscard]] ExpressionId any_character(char quote);

  /// `minimum` to `maximum` characters of any kind.
  [[nodiscard]] ExpressionId any_string(uint32_t minimum = 0, uint32_t maximum = kUnlimited);
  [[nodiscard]] ExpressionId exact_string(std::string_view text);
  [[nodiscard]] ExpressionId integer();
  [[nodiscard]] ExpressionId number();
  [[nodiscard]] ExpressionId boolean();
  [[nodiscard]] ExpressionId boolean(bool value);
  [[nodiscard]] ExpressionId null();
  /// Exactly this value, but for the space within.
  [[nodiscard]] ExpressionId value(const Json& value);
  /// Any value at all.
  [[nodiscard]] ExpressionId any_value();

  /// Behind an opening bracket and a comma, before a closing bracket: nothing, a space, or (JSON) a
  /// newline with indentation.
  [[nodiscard]] ExpressionId gap();
  /// A comma and what may follow it.
  [[nodiscard]] ExpressionId comma();
  /// A colon and what may follow it.
  [[nodiscard]] ExpressionId colon();

  /// open gap [item (comma item)*] gap close, with `minimum` to `maximum` items.
  [[nodiscard]] ExpressionId list(std::string_view open, ExpressionId item, std::string_view close,
                                  uint32_t minimum, uint32_t maximum);

  [[nodiscard]] Productions& productions() { return productions_; }
  [[nodiscard]] Dialect dialect() const { return dialect_; }

 private:
  template <class Make>
  ExpressionId shared(const std::string& key, Make make);
  [[nodiscard]] ExpressionId spell_character(const CodePointSet& set, char quote);
  [[nodiscard]] ExpressionId hexadecimal(const CodePointSet& set);
  [[nodiscard]] ExpressionId surrogate_pairs(const CodePointSet& set);
  [[nodiscard]] ExpressionId hex_range(uint32_t first, uint32_t last);
  [[nodiscard]] ExpressionId digits(uint32_t minimum, uint32_t maximum);
  [[nodiscard]] ExpressionId ascii(std::string_view characters);

  Productions& productions_;
  Dialect dialect_;
  std::map<std::string, RuleId> shared_;
};

}  // namespace freshet
