// Automata of rules without empty moves.
#pragma once

#include <cstdint>
#include <vector>

#include "grammar/grouped.h"
#include "grammar/rule_automaton.h"

namespace freshet {

/// State 0 is the start; it is not final and no edge leads there. Edges of state s are
/// edges[begin[s]] .. edges[begin[s + 1] - 1].
struct RuleAutomaton {
  std::vector<RuleEdge> edges;
  std::vector<uint32_t> begin = {0};
  std::vector<bool> is_final;

  [[nodiscard]] size_t n_states() const { return is_final.size(); }
};

/// Gives each state that an edge leads to the edges of all that empty moves lead to from there.
/// Where n optional parts follow each other these are n^2 / 2, so they can be counted first.
/// An object serves many automata, one after the other, and keeps its memory.
class EmptyMoves {
 public:
  /// The size of without(loose), or a little more. Throws Error{kUnsupported} where it, or the
  /// work, is beyond the limit on edges.
  [[nodiscard]] NetworkSize size_without(const LooseAutomaton& loose);

  /// The texts that lead from start to end, but for the empty one.
  [[nodiscard]] RuleAutomaton without(const LooseAutomaton& loose);

 private:
  void begin(const LooseAutomaton& loose);
  void keep_targets(const LooseAutomaton& loose, uint32_t state);
  template <class Visit>
  void visit_closure(const LooseAutomaton& loose, uint32_t index, Visit visit);

  Grouped moves_;  ///< by the state that they leave
  Grouped edges_;
  std::vector<uint32_t> kept_;     ///< states that edges lead to, the start first
  std::vector<uint32_t> number_;   ///< of a state among these
  std::vector<uint32_t> seen_by_;  ///< the last closure that a state was part of
  std::vector<uint32_t> stack_;
};

}  // namespace freshet
