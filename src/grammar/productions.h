// A grammar as it is written: rules whose bodies are expressions. What parsers of GBNF, of schemas
// and of patterns build, and what network.h compiles.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grammar/code_points.h"

namespace freshet {

using ExpressionId = uint32_t;
using RuleId = uint32_t;

inline constexpr uint32_t kUnlimited = UINT32_MAX;

/// A control token, by id or by spelling; the spelling is looked up when a vocabulary is known.
struct TokenTerminal {
  int32_t id = -1;   ///< or below 0
  std::string name;  ///< "<|tool_call_start|>", if id is below 0
  friend bool operator==(const TokenTerminal&, const TokenTerminal&) = default;
};

enum class ExpressionKind : uint8_t {
  kLiteral,     ///< these bytes
  kCharacters,  ///< one character of a set
  kSequence,    ///< all children in turn; without children, the empty text
  kChoice,      ///< one of the children; without children, nothing at all
  kRepeat,      ///< the child, minimum to maximum times
  kCall,        ///< a rule
  kToken,       ///< a control token
};

struct Expression {
  ExpressionKind kind;
  uint32_t first = 0;  ///< child, byte, set, rule or token: an index by kind
  uint32_t count = 0;  ///< children or bytes
  uint32_t minimum = 0;
  uint32_t maximum = 0;  ///< of a repeat; kUnlimited
  uint32_t depth = 1;    ///< levels of expressions within it, itself included
  uint32_t weight = 1;   ///< about as many states as it takes written out; saturates
};

/// Rules are declared, then defined: they may name each other. Children come before parents.
/// Throws Error{kUnsupported} beyond the limits in limits.h.
class Productions {
 public:
  [[nodiscard]] ExpressionId literal(std::string_view bytes);
  [[nodiscard]] ExpressionId characters(const CodePointSet& set);
  [[nodiscard]] ExpressionId sequence(std::span<const ExpressionId> parts);
  [[nodiscard]] ExpressionId choice(std::span<const ExpressionId> alternatives);
  [[nodiscard]] ExpressionId sequence(std::initializer_list<ExpressionId> parts);
  [[nodiscard]] ExpressionId choice(std::initializer_list<ExpressionId> alternatives);
  /// minimum <= maximum.
  [[nodiscard]] ExpressionId repeat(ExpressionId child, uint32_t minimum, uint32_t maximum);
  [[nodiscard]] ExpressionId optional(ExpressionId child) { return repeat(child, 0, 1); }
  [[nodiscard]] ExpressionId call(RuleId rule);
  [[nodiscard]] ExpressionId token(const TokenTerminal& terminal);
  [[nodiscard]] ExpressionId empty() { return sequence({}); }
  /// No text at all.
  [[nodiscard]] ExpressionId never() { return choice({}); }

  [[nodiscard]] RuleId declare(std::string name);
  void define(RuleId rule, ExpressionId body);
  [[nodiscard]] bool is_defined(RuleId rule) const { return bodies_[rule].has_value(); }
  /// declare and define.
  [[nodiscard]] RuleId add(std::string name, ExpressionId body);

  void set_start(RuleId rule) { start_ = rule; }
  [[nodiscard]] RuleId start() const { return start_; }

  [[nodiscard]] size_t n_rules() const { return names_.size(); }
  [[nodiscard]] const std::string& name(RuleId rule) const { return names_[rule]; }
  [[nodiscard]] ExpressionId body(RuleId rule) const { return *bodies_[rule]; }

  [[nodiscard]] size_t n_expressions() const { return expressions_.size(); }
  [[nodiscard]] const Expression& at(ExpressionId id) const { return expressions_[id]; }
  [[nodiscard]] std::span<const ExpressionId> children(const Expression& expression) const;
  [[nodiscard]] std::string_view bytes(const Expression& expression) const {
    return std::string_view(bytes_).substr(expression.first, expression.count);
  }
  [[nodiscard]] const CodePointSet& set(const Expression& expression) const {
    return sets_[expression.first];
  }
  [[nodiscard]] const std::vector<TokenTerminal>& tokens() const { return tokens_; }

 private:
  ExpressionId add(Expression expression);
  ExpressionId add_parent(ExpressionKind kind, std::span<const ExpressionId> children);

  std::vector<Expression> expressions_;
  std::vector<ExpressionId> children_;
  std::string bytes_;
  std::vector<CodePointSet> sets_;
  std::vector<TokenTerminal> tokens_;
  std::map<std::pair<int32_t, std::string>, uint32_t> token_numbers_;
  std::vector<std::string> names_;
  std::vector<std::optional<ExpressionId>> bodies_;
  RuleId start_ = 0;
};

/// For each expression, whether the empty text is among its texts.
[[nodiscard]] std::vector<bool> find_nullable(const Productions& productions);

}  // namespace freshet
