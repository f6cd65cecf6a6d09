// One rule as an automaton without empty moves: from an expression by way of Thompson's
// construction ("Regular expression search algorithm", CACM 11 (1968)).
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

/// State 0 is the start; it is not final and no edge leads there. Edges of state s are
/// edges[begin[s]] .. edges[begin[s + 1] - 1].
struct RuleAutomaton {
  std::vector<RuleEdge> edges;
  std::vector<uint32_t> begin = {0};
  std::vector<bool> is_final;

  [[nodiscard]] size_t n_states() const { return is_final.size(); }
};

/// How the calls of automata are numbered.
struct RuleNumbers {
  std::function<uint32_t(RuleId)> of_rule;
  /// Of a repeated part that is called rather than copied, so that {1,1000} costs no thousand
  /// copies.
  std::function<uint32_t(ExpressionId)> of_part;
};

/// The texts of `body` but for the empty one. `nullable` as find_nullable() says. Throws
/// Error{kUnsupported} beyond the limits on states and edges.
[[nodiscard]] RuleAutomaton make_rule_automaton(const Productions& productions, ExpressionId body,
                                                const std::vector<bool>& nullable,
                                                const RuleNumbers& numbers);

/// Throws the Error for a network beyond the limits.
void check_network_size(size_t n_states, size_t n_edges);

}  // namespace freshet
