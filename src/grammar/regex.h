// Patterns of JSON Schema: the regular subset of ECMAScript's expressions. Where ECMAScript and
// Python disagree on what \d, \w and \s hold, only what both agree on is matched.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/code_points.h"
#include "grammar/productions.h"

namespace freshet {

/// An automaton over characters, without empty moves; state 0 is the start.
struct CharacterAutomaton {
  struct Edge {
    CodePointSet set;
    uint32_t target;
  };
  struct State {
    std::vector<Edge> edges;
    bool is_final = false;
  };
  std::vector<State> states;

  /// Texts of minimum to maximum characters.
  [[nodiscard]] static CharacterAutomaton of_length(uint32_t minimum, uint32_t maximum);
  /// Throws Error{kUnsupported}, beginning with `where`, beyond kRegexStates.
  [[nodiscard]] CharacterAutomaton intersect(const CharacterAutomaton& other,
                                             const std::string& where) const;
};

/// How one character of a set is written: raw, or as within a JSON string.
using WriteCharacter = std::function<ExpressionId(const CodePointSet&)>;

[[nodiscard]] ExpressionId write_automaton(const CharacterAutomaton& automaton,
                                           Productions& productions,
                                           const WriteCharacter& character);

class Regex {
 public:
  /// Throws Error{kBadRequest} for what is no expression, Error{kUnsupported} for what is not
  /// regular or not understood: lookaround, references, \b, \p. Messages begin with `where`.
  Regex(std::string_view pattern, std::string where);

  /// The texts that contain a match, as anchors allow.
  [[nodiscard]] ExpressionId write(Productions& productions, const WriteCharacter& character) const;
  /// The same as an automaton. Throws Error{kUnsupported} beyond kRegexStates.
  [[nodiscard]] CharacterAutomaton automaton() const;

 private:
  friend class RegexParser;
  using NodeId = uint32_t;
  enum class Kind { kSet, kSequence, kChoice, kRepeat };
  struct Node {
    Kind kind;
    CodePointSet set = {};
    std::vector<NodeId> children = {};
    uint32_t minimum = 0;
    uint32_t maximum = 0;
  };
  struct Alternative {
    NodeId node;
    bool from_start;
    bool to_end;
  };

  [[nodiscard]] ExpressionId write(NodeId node, Productions& productions,
                                   const WriteCharacter& character) const;

  std::string where_;
  std::vector<Node> nodes_;
  std::vector<Alternative> alternatives_;
};

/// Whether `text`, which is UTF-8, contains a match.
[[nodiscard]] bool matches(const Regex& regex, std::string_view text);

}  // namespace freshet
