// The rules that a grammar's start reaches, as automata whose states are numbered through.
#pragma once

#include <string>
#include <vector>

#include "grammar/network.h"
#include "grammar/rule_automaton.h"

namespace freshet {

struct ReachedRules {
  struct Rule {
    std::string name;
    StateId start;
  };
  struct Edge {
    StateId source;
    RuleEdge edge;
  };
  std::vector<Rule> rules;  ///< the start is rule 0
  std::vector<bool> is_final;
  std::vector<Edge> edges;  ///< those of a state side by side

  [[nodiscard]] size_t n_states() const { return is_final.size(); }
};

/// Throws Error{kUnsupported} beyond the limits on states and edges, before any is written out.
[[nodiscard]] ReachedRules reach_rules(const Productions& productions,
                                       const std::vector<bool>& nullable);

/// The bytes and tokens of the shortest way from each state to its rule's end; kFar where there is
/// none of at most kShortestText.
[[nodiscard]] std::vector<uint32_t> find_distances(const ReachedRules& reached);

}  // namespace freshet
