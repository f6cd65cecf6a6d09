#include "grammar/reached_rules.h"

#include <functional>
#include <queue>
#include <unordered_map>

#include "grammar/empty_moves.h"
#include "grammar/grouped.h"
#include "grammar/limits.h"

namespace freshet {
namespace {

/// Numbers rules, and parts that are called like rules, in the order in which they are met.
class Reaching {
 public:
  Reaching(const Productions& productions, const std::vector<bool>& nullable)
      : productions_(productions), nullable_(nullable) {}

  ReachedRules run() {
    measure();
    result_.is_final.reserve(size_.n_states);
    result_.edges.reserve(size_.n_edges);
    for (size_t i = 0; i < automata_.size(); ++i) {
      append(pending_[i].name, empty_moves_.without(automata_[i]));
    }
    return std::move(result_);
  }

 private:
  struct Pending {
    ExpressionId body;
    std::string name;
  };

  uint32_t number_rule(RuleId rule) {
    const auto [known, is_new] = rule_numbers_.try_emplace(rule, pending_.size());
    if (is_new) pending_.push_back({productions_.body(rule), productions_.name(rule)});
    return static_cast<uint32_t>(known->second);
  }

  uint32_t number_part(ExpressionId part, const std::string& owner) {
    const auto [known, is_new] = part_numbers_.try_emplace(part, pending_.size());
    if (is_new) pending_.push_back({part, owner});
    return static_cast<uint32_t>(known->second);
  }

  void measure() {
    number_rule(productions_.start());
    for (size_t i = 0; i < pending_.size(); ++i) {
      const Pending rule = pending_[i];
      automata_.push_back(make_rule_automaton(
          productions_, rule.body, nullable_,
          {.of_rule = [this](RuleId id) { return number_rule(id); },
           .of_part = [&](ExpressionId part) { return number_part(part, rule.name); }}));
      const NetworkSize more = empty_moves_.size_without(automata_.back());
      size_ = {.n_states = size_.n_states + more.n_states, .n_edges = size_.n_edges + more.n_edges};
      check_network_size(size_);
    }
  }

  void append(const std::string& name, const RuleAutomaton& automaton) {
    const auto base = static_cast<StateId>(result_.n_states());
    result_.rules.push_back({name, base});
    for (uint32_t state = 0; state < automaton.n_states(); ++state) {
      result_.is_final.push_back(automaton.is_final[state]);
      for (uint32_t e = automaton.begin[state]; e < automaton.begin[state + 1]; ++e) {
        result_.edges.push_back({base + state, automaton.edges[e]});
        result_.edges.back().edge.target += base;
      }
    }
  }

  const Productions& productions_;
  const std::vector<bool>& nullable_;
  std::unordered_map<RuleId, size_t> rule_numbers_;
  std::unordered_map<ExpressionId, size_t> part_numbers_;
  std::vector<Pending> pending_;
  std::vector<LooseAutomaton> automata_;  ///< of those pending
  EmptyMoves empty_moves_;
  NetworkSize size_;
  ReachedRules result_;
};

}  // namespace

ReachedRules reach_rules(const Productions& productions, const std::vector<bool>& nullable) {
  return Reaching(productions, nullable).run();
}

// Knuth, "A generalization of Dijkstra's algorithm", Information Processing Letters 6 (1977). A
// call's length is known when both its rule's start and its own target are.
std::vector<uint32_t> find_distances(const ReachedRules& reached) {
  const auto& edges = reached.edges;
  Grouped leading_to;  // edges by target
  leading_to.assign(edges.size(), reached.n_states(),
                    [&](uint32_t e) { return edges[e].edge.target; });
  const auto no_rule = static_cast<uint32_t>(reached.rules.size());
  Grouped calling;  // edges by the rule that they call
  calling.assign(edges.size(), reached.rules.size() + 1, [&](uint32_t e) {
    return edges[e].edge.kind == RuleEdge::Kind::kCall ? edges[e].edge.index : no_rule;
  });
  std::vector<uint32_t> rule_of_start(reached.n_states(), no_rule);
  for (uint32_t rule = 0; rule < no_rule; ++rule) rule_of_start[reached.rules[rule].start] = rule;

  std::vector<uint32_t> distances(reached.n_states(), kFar);
  std::vector<bool> settled(reached.n_states(), false);
  using Entry = std::pair<uint32_t, StateId>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  const auto offer = [&](StateId state, uint32_t distance) {
    if (distance >= distances[state] || distance > grammar_limits::kShortestText) return;
    distances[state] = distance;
    queue.emplace(distance, state);
  };
  const auto relax = [&](uint32_t e) {
    const auto& [source, edge] = edges[e];
    if (!settled[edge.target]) return;
    uint32_t length = 1;
    if (edge.kind == RuleEdge::Kind::kCall) {
      const StateId start = reached.rules[edge.index].start;
      if (!settled[start]) return;
      length = times_distance(edge.minimum, distances[start]);
    }
    offer(source, add_distance(length, distances[edge.target]));
  };
  for (StateId state = 0; state < reached.n_states(); ++state) {
    if (reached.is_final[state]) offer(state, 0);
  }
  while (!queue.empty()) {
    const StateId state = queue.top().second;
    queue.pop();
    if (settled[state]) continue;
    settled[state] = true;
    for (const uint32_t e : leading_to.of(state)) relax(e);
    if (rule_of_start[state] == no_rule) continue;
    for (const uint32_t e : calling.of(rule_of_start[state])) relax(e);
  }
  return distances;
}

}  // namespace freshet
