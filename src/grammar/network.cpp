#include "grammar/network.h"

#include <algorithm>

#include "base/error.h"
#include "grammar/limits.h"
#include "grammar/plain_text.h"
#include "grammar/reached_rules.h"
#include "grammar/rule_order.h"

namespace freshet {

/// Lays out the rules of a grammar as a network, and describes it.
class NetworkBuilder {
 public:
  explicit NetworkBuilder(const Productions& productions) {
    const std::vector<bool> nullable = find_nullable(productions);
    network_.accepts_empty_ = nullable[productions.body(productions.start())];
    network_.tokens_ = productions.tokens();
    reached_ = reach_rules(productions, nullable);
    distance_ = find_distances(reached_);
  }

  Network build() {
    refuse_endless();
    lay_out();
    order_rules();
    describe_bytes();
    find_plain_text();
    return std::move(network_);
  }

 private:
  using Kind = RuleEdge::Kind;

  void refuse_endless() const {
    const ReachedRules::Rule& start = reached_.rules[0];
    if (distance_[start.start] != kFar || network_.accepts_empty_) return;
    fail(ErrorKind::kUnsupported,
         "grammar: no text of at most {} bytes satisfies it: '{}' never comes to an end",
         grammar_limits::kShortestText, start.name);
  }

  [[nodiscard]] bool is_useful(const RuleEdge& edge) const {
    return distance_[edge.target] != kFar &&
           (edge.kind != Kind::kCall || distance_[reached_.rules[edge.index].start] != kFar);
  }

  // Edges that lead nowhere are left out; what remains is stored by state and kind.
  void lay_out() {
    std::vector<bool> leaves(reached_.n_states(), false);  // has an edge
    for (const ReachedRules::Edge& edge : reached_.edges) {
      if (is_useful(edge.edge)) leaves[edge.source] = true;
    }
    auto next = reached_.edges.begin();
    for (StateId state = 0; state <= reached_.n_states(); ++state) {
      Network::State& laid = network_.states_.emplace_back();
      laid.bytes = static_cast<uint32_t>(network_.byte_edges_.size());
      laid.calls = static_cast<uint32_t>(network_.call_edges_.size());
      laid.tokens = static_cast<uint32_t>(network_.token_edges_.size());
      if (state == reached_.n_states()) break;
      laid.distance = distance_[state];
      laid.is_final = reached_.is_final[state];
      for (; next != reached_.edges.end() && next->source == state; ++next) {
        if (is_useful(next->edge)) store(next->edge, leaves);
      }
    }
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
        const bool is_tail =
            edge.maximum == 1 && reached_.is_final[edge.target] && !leaves[edge.target];
        network_.call_edges_.push_back(
            {edge.index, edge.target, edge.minimum, edge.maximum, is_tail});
        return;
      }
    }
  }

  void order_rules() {
    for (const ReachedRules::Rule& rule : reached_.rules) {
      network_.rules_.push_back({.name = rule.name, .start = rule.start, .rank = 0});
    }
    ordered_ = rules_in_call_order(network_);
    for (size_t i = 0; i < ordered_.size(); ++i) {
      network_.rules_[ordered_[i]].rank = static_cast<uint32_t>(i);
    }
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

  void find_plain_text() {
    PlainTextSearch search(network_);
    // The called before their callers.
    for (size_t i = ordered_.size(); i-- > 0;) {
      NetworkRule& rule = network_.rules_[ordered_[i]];
      const bool by_call =
          std::ranges::any_of(network_.call_edges(rule.start), [&](const CallEdge& call) {
            return call.is_tail && network_.rules_[call.rule].covers_plain_text;
          });
      rule.covers_plain_text = by_call || search.ends_rule(rule.start);
      network_.states_[rule.start].covers = rule.covers_plain_text;
    }
    for (StateId state = 0; state < network_.n_states(); ++state) {
      const bool by_call =
          std::ranges::any_of(network_.call_edges(state), [&](const CallEdge& call) {
            return call.target == state && network_.rules_[call.rule].covers_plain_text;
          });
      network_.states_[state].loops = by_call || search.loops(state);
    }
  }

  ReachedRules reached_;
  std::vector<uint32_t> distance_;  ///< of each state from its rule's end
  std::vector<RuleId> ordered_;
  Network network_;
};

Network Network::compile(const Productions& productions) {
  return NetworkBuilder(productions).build();
}

Grammar::Grammar(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}

}  // namespace freshet
