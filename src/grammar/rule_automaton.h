// One rule as an automaton with empty moves, by Thompson's construction ("Regular expression search
// algorithm", CACM 11 (1968)). empty_moves.h takes these out.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "grammar/productions.h"

namespace freshet {

/// What an edge reads: a byte of low .. high, token terminal `index`, or rule `index` minimum ..
/// maximum times.
struct RuleEdge {
  enum class Kind : uint8_t { kByte, kToken, kCall };
  Kind kind;
  uint8_t low = 0;
  uint8_t high = 0;
  uint32_t index = 0;
  uint32_t target = 0;
  uint32_t minimum = 1;
  uint32_t maximum = 1;
};

/// States are numbers below n_states; `edge.target` is one of them.
struct LooseAutomaton {
  static constexpr uint32_t kStart = 0;
  static constexpr uint32_t kEnd = 1;

  struct Move {  ///< reads nothing
    uint32_t from;
    uint32_t to;
  };
  struct Edge {
    uint32_t from;
    RuleEdge edge;
  };
  uint32_t n_states = 0;
  std::vector<Move> moves;
  std::vector<Edge> edges;
};

/// How the calls of automata are numbered.
struct RuleNumbers {
  std::function<uint32_t(RuleId)> of_rule;
  /// Of a repeated part that is called rather than copied, so that {1,1000} costs no thousand
  /// copies.
  std::function<uint32_t(ExpressionId)> of_part;
};

/// The texts of `body`; the empty one may be missing. `nullable` as find_nullable() says. Throws
/// Error{kUnsupported} beyond the limits on states and edges.
[[nodiscard]] LooseAutomaton make_rule_automaton(const Productions& productions, ExpressionId body,
                                                 const std::vector<bool>& nullable,
                                                 const RuleNumbers& numbers);

struct NetworkSize {
  size_t n_states = 0;
  size_t n_edges = 0;
};

/// Throws the Error for a network beyond the limits.
void check_network_size(const NetworkSize& size);

}  // namespace freshet
