#include "grammar/network.h"

#include <algorithm>
#include <queue>
#include <unordered_map>

#include "base/check.h"
#include "base/error.h"
#include "grammar/empty_moves.h"
#include "grammar/limits.h"

namespace freshet {

namespace limits = grammar_limits;

const CodePointSet& plain_text() {
  static const CodePointSet kSet = [] {
    CodePointSet left_out = CodePointSet::of(U"\"'\\\u007F");
    left_out.add(0, 0x1F);
    return left_out.complement();
  }();
  return kSet;
}

/// Carries a grammar through the steps of compiling: gather, measure, lay out, order, describe.
class NetworkBuilder {
 public:
  explicit NetworkBuilder(const Productions& productions)
      : productions_(productions), nullable_(find_nullable(productions)) {}

  Network build() {
    gather();
    measure();
    lay_out();
    order_rules();
    describe_bytes();
    find_plain_text();
    return std::move(network_);
  }

 private:
  using Kind = RuleEdge::Kind;
  struct Edge {
    StateId source;
    RuleEdge edge;
  };
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

  // The rules that the start reaches, their states numbered through. Their size is known before
  // any is written out.
  void gather() {
    EmptyMoves empty_moves;
    std::vector<LooseAutomaton> automata;
    NetworkSize size;
    number_rule(productions_.start());
    for (size_t i = 0; i < pending_.size(); ++i) {
      const Pending rule = pending_[i];
      automata.push_back(make_rule_automaton(
          productions_, rule.body, nullable_,
          {.of_rule = [this](RuleId id) { return number_rule(id); },
           .of_part = [&](ExpressionId part) { return number_part(part, rule.name); }}));
      const NetworkSize more = empty_moves.size_without(automata.back());
      size = {.n_states = size.n_states + more.n_states, .n_edges = size.n_edges + more.n_edges};
      check_network_size(size);
    }
    is_final_.reserve(size.n_states);
    edges_.reserve(size.n_edges);
    for (size_t i = 0; i < automata.size(); ++i) {
      append(pending_[i].name, empty_moves.without(automata[i]));
    }
  }

  void append(const std::string& name, const RuleAutomaton& automaton) {
    const auto base = static_cast<StateId>(is_final_.size());
    network_.rules_.push_back({.name = name, .start = base, .rank = 0});
    for (uint32_t state = 0; state < automaton.n_states(); ++state) {
      is_final_.push_back(automaton.is_final[state]);
      for (uint32_t e = automaton.begin[state]; e < automaton.begin[state + 1]; ++e) {
        edges_.push_back({base + state, automaton.edges[e]});
        edges_.back().edge.target += base;
      }
    }
  }

  // The distance of every state from its rule's end: Knuth, "A generalization of Dijkstra's
  // algorithm", Information Processing Letters 6 (1977). A call's length is known when both its
  // rule's start and its own target are.
  void measure() {
    std::vector<std::vector<uint32_t>> leading_to(is_final_.size());  // edges by target
    std::vector<std::vector<uint32_t>> calling(network_.rules_.size());
    for (uint32_t e = 0; e < edges_.size(); ++e) {
      leading_to[edges_[e].edge.target].push_back(e);
      if (edges_[e].edge.kind == Kind::kCall) calling[edges_[e].edge.index].push_back(e);
    }
    std::unordered_map<StateId, RuleId> rule_of_start;
    for (RuleId rule = 0; rule < network_.rules_.size(); ++rule) {
      rule_of_start[network_.rules_[rule].start] = rule;
    }
    distance_.assign(is_final_.size(), kFar);
    std::vector<bool> settled(is_final_.size(), false);
    using Entry = std::pair<uint32_t, StateId>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    const auto offer = [&](StateId state, uint32_t distance) {
      if (distance >= distance_[state] || distance > limits::kShortestText) return;
      distance_[state] = distance;
      queue.emplace(distance, state);
    };
    const auto relax = [&](uint32_t e) {
      const auto& [source, edge] = edges_[e];
      if (!settled[edge.target]) return;
      uint32_t length = 1;
      if (edge.kind == Kind::kCall) {
        const StateId start = network_.rules_[edge.index].start;
        if (!settled[start]) return;
        length = times_distance(edge.minimum, distance_[start]);
      }
      offer(source, add_distance(length, distance_[edge.target]));
    };
    for (StateId state = 0; state < is_final_.size(); ++state) {
      if (is_final_[state]) offer(state, 0);
    }
    while (!queue.empty()) {
      const StateId state = queue.top().second;
      queue.pop();
      if (settled[state]) continue;
      settled[state] = true;
      for (const uint32_t e : leading_to[state]) relax(e);
      const auto rule = rule_of_start.find(state);
      if (rule == rule_of_start.end()) continue;
      for (const uint32_t e : calling[rule->second]) relax(e);
    }
    network_.start_ = 0;
    network_.accepts_empty_ = nullable_[productions_.body(productions_.start())];
    if (distance_[network_.rules_[0].start] == kFar && !network_.accepts_empty_) {
      fail(ErrorKind::kUnsupported,
           "grammar: no text of at most {} bytes satisfies it: '{}' never comes to an end",
           limits::kShortestText, network_.rules_[0].name);
    }
  }

  [[nodiscard]] bool is_useful(const RuleEdge& edge) const {
    return distance_[edge.target] != kFar &&
           (edge.kind != Kind::kCall || distance_[network_.rules_[edge.index].start] != kFar);
  }

  // Edges that lead nowhere are left out; what remains is stored by state and kind. gather() has
  // the edges of a state side by side.
  void lay_out() {
    std::vector<bool> leaves(is_final_.size(), false);  // has an edge
    for (const Edge& edge : edges_) {
      if (is_useful(edge.edge)) leaves[edge.source] = true;
    }
    auto next = edges_.begin();
    for (StateId state = 0; state <= is_final_.size(); ++state) {
      Network::State& laid = network_.states_.emplace_back();
      laid.bytes = static_cast<uint32_t>(network_.byte_edges_.size());
      laid.calls = static_cast<uint32_t>(network_.call_edges_.size());
      laid.tokens = static_cast<uint32_t>(network_.token_edges_.size());
      if (state == is_final_.size()) break;
      laid.distance = distance_[state];
      laid.is_final = is_final_[state];
      for (; next != edges_.end() && next->source == state; ++next) {
        if (is_useful(next->edge)) store(next->edge, leaves);
      }
    }
    network_.tokens_ = productions_.tokens();
  }

  void store(const RuleEdge& edge, const std::vector<bool>& leaves) {
    switch (edge.kind) {
      case Kind::kByte:
        network_.byte_edges_.push_back({edge.low, edge.high, edge.target});
        return;
      case Kind::kToken:
        network_.token_edges_.push_back({edge.index, edge.target});
        return;
      case Kind::kCall: {
        const bool is_tail = edge.maximum == 1 && is_final_[edge.target] && !leaves[edge.target];
        network_.call_edges_.push_back(
            {edge.index, edge.target, edge.minimum, edge.maximum, is_tail});
        return;
      }
    }
  }

  // Ranks rules so that whoever calls before reading comes before the called (Kahn's algorithm).
  void order_rules() {
    const size_t n = network_.rules_.size();
    std::vector<uint32_t> n_callers(n, 0);
    const auto first_calls = [&](RuleId rule) {
      return network_.call_edges(network_.rules_[rule].start);
    };
    for (RuleId rule = 0; rule < n; ++rule) {
      for (const CallEdge& call : first_calls(rule)) ++n_callers[call.rule];
    }
    std::vector<RuleId> ordered;
    for (RuleId rule = 0; rule < n; ++rule) {
      if (n_callers[rule] == 0) ordered.push_back(rule);
    }
    for (size_t i = 0; i < ordered.size(); ++i) {
      network_.rules_[ordered[i]].rank = static_cast<uint32_t>(i);
      for (const CallEdge& call : first_calls(ordered[i])) {
        if (--n_callers[call.rule] == 0) ordered.push_back(call.rule);
      }
    }
    if (ordered.size() < n) refuse_left_recursion(n_callers);
    ordered_ = std::move(ordered);
  }

  // Rules left with a caller are on a cycle or behind one; walking back from caller to caller must
  // come round.
  [[noreturn]] void refuse_left_recursion(const std::vector<uint32_t>& n_callers) const {
    std::vector<RuleId> caller(network_.rules_.size(), kUnlimited);
    RuleId at = 0;
    for (RuleId rule = 0; rule < network_.rules_.size(); ++rule) {
      if (n_callers[rule] == 0) continue;
      at = rule;
      for (const CallEdge& call : network_.call_edges(network_.rules_[rule].start)) {
        if (n_callers[call.rule] > 0) caller[call.rule] = rule;
      }
    }
    for (size_t i = 0; i < network_.rules_.size(); ++i) at = caller[at];
    std::vector<RuleId> cycle = {at};
    for (RuleId rule = caller[at]; rule != at; rule = caller[rule]) cycle.push_back(rule);
    constexpr size_t kShown = 8;
    std::string path = "'" + network_.rules_[at].name + "'";
    for (size_t i = cycle.size(); i-- > 0 && cycle.size() - i <= kShown;) {
      path +=
          (cycle.size() - i == kShown ? " ... '" : " -> '") + network_.rules_[cycle[i]].name + "'";
    }
    fail(ErrorKind::kUnsupported,
         "grammar: left recursion, a rule that begins with itself: {}; write it as a repeat, or "
         "with the recursion at the end",
         path);
  }

  void describe_bytes() {
    std::array<bool, 257> begins{};  // a class
    begins[0] = true;
    for (const ByteEdge& edge : network_.byte_edges_) {
      begins[edge.low] = true;
      begins[size_t{edge.high} + 1] = true;
    }
    size_t n_classes = 0;
    for (size_t byte = 0; byte < 256; ++byte) {
      if (begins[byte]) ++n_classes;
      network_.byte_classes_[byte] = static_cast<uint8_t>(n_classes - 1);
    }
    network_.n_byte_classes_ = n_classes;
  }

  // Whether any character of plain text leads from `from` through byte edges to a state for which
  // goal(state) holds.
  template <class Goal>
  [[nodiscard]] bool reads_plain_text(StateId from, Goal goal) const {
    static const std::vector<ByteSequence> kSequences = utf8_sequences(plain_text());
    if (network_.byte_edges(from).empty()) return false;
    return std::ranges::all_of(kSequences, [&](const ByteSequence& sequence) {
      return reads_sequence({from}, sequence, 0, goal);
    });
  }

  template <class Goal>
  [[nodiscard]] bool reads_sequence(const std::vector<StateId>& states,
                                    const ByteSequence& sequence, size_t at, Goal goal) const {
    if (at == sequence.length) return std::ranges::any_of(states, goal);
    const auto [low, high] = sequence.ranges[at];
    for (unsigned byte = low; byte <= high; ++byte) {
      // Bytes of one class have the same targets.
      const auto& classes = network_.byte_classes_;
      if (byte > low && classes[byte] == classes[byte - 1]) continue;
      std::vector<StateId> next;
      for (const StateId state : states) {
        for (const ByteEdge& edge : network_.byte_edges(state)) {
          if (edge.low <= byte && byte <= edge.high) next.push_back(edge.target);
        }
      }
      std::ranges::sort(next);
      next.erase(std::unique(next.begin(), next.end()), next.end());
      if (next.empty() || !reads_sequence(next, sequence, at + 1, goal)) return false;
    }
    return true;
  }

  void find_plain_text() {
    // The called before their callers.
    for (size_t i = ordered_.size(); i-- > 0;) {
      NetworkRule& rule = network_.rules_[ordered_[i]];
      const bool by_call =
          std::ranges::any_of(network_.call_edges(rule.start), [&](const CallEdge& call) {
            return call.is_tail && network_.rules_[call.rule].covers_plain_text;
          });
      rule.covers_plain_text = by_call || reads_plain_text(rule.start, [&](StateId state) {
                                 return network_.is_final(state);
                               });
      network_.states_[rule.start].covers = rule.covers_plain_text;
    }
    for (StateId state = 0; state < network_.n_states(); ++state) {
      const bool by_call =
          std::ranges::any_of(network_.call_edges(state), [&](const CallEdge& call) {
            return call.target == state && network_.rules_[call.rule].covers_plain_text;
          });
      network_.states_[state].loops =
          by_call || reads_plain_text(state, [&](StateId reached) { return reached == state; });
    }
  }

  const Productions& productions_;
  std::vector<bool> nullable_;
  std::vector<Pending> pending_;
  std::unordered_map<RuleId, size_t> rule_numbers_;
  std::unordered_map<ExpressionId, size_t> part_numbers_;
  std::vector<bool> is_final_;
  std::vector<Edge> edges_;
  std::vector<uint32_t> distance_;
  std::vector<RuleId> ordered_;
  Network network_;
};

Network Network::compile(const Productions& productions) {
  return NetworkBuilder(productions).build();
}

Grammar::Grammar(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}

}  // namespace freshet
