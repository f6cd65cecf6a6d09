#include "grammar/empty_moves.h"

#include <algorithm>
#include <tuple>

namespace freshet {
namespace {

auto key(const RuleEdge& e) {
  return std::tie(e.kind, e.low, e.high, e.index, e.target, e.minimum, e.maximum);
}

}  // namespace

void EmptyMoves::begin(const LooseAutomaton& loose) {
  moves_.assign(loose.moves.size(), loose.n_states,
                [&](uint32_t i) { return loose.moves[i].from; });
  edges_.assign(loose.edges.size(), loose.n_states,
                [&](uint32_t i) { return loose.edges[i].from; });
  number_.assign(loose.n_states, kUnlimited);
  seen_by_.assign(loose.n_states, kUnlimited);
  kept_.assign(1, LooseAutomaton::kStart);
  number_[LooseAutomaton::kStart] = 0;
}

void EmptyMoves::keep_targets(const LooseAutomaton& loose, uint32_t state) {
  for (const uint32_t i : edges_.of(state)) {
    const uint32_t target = loose.edges[i].edge.target;
    if (number_[target] != kUnlimited) continue;
    number_[target] = static_cast<uint32_t>(kept_.size());
    kept_.push_back(target);
  }
}

// visit(state) for kept state number `index` and all that empty moves lead to from there.
template <class Visit>
void EmptyMoves::visit_closure(const LooseAutomaton& loose, uint32_t index, Visit visit) {
  stack_.assign(1, kept_[index]);
  seen_by_[kept_[index]] = index;
  while (!stack_.empty()) {
    const uint32_t state = stack_.back();
    stack_.pop_back();
    visit(state);
    for (const uint32_t i : moves_.of(state)) {
      const uint32_t next = loose.moves[i].to;
      if (seen_by_[next] == index) continue;
      seen_by_[next] = index;
      stack_.push_back(next);
    }
  }
}

NetworkSize EmptyMoves::size_without(const LooseAutomaton& loose) {
  begin(loose);
  size_t n_edges = 0;
  size_t n_steps = 0;  // a closure may be long and yet add no edge
  std::vector<bool> visited(loose.n_states, false);
  for (uint32_t i = 0; i < kept_.size(); ++i) {
    visit_closure(loose, i, [&](uint32_t state) {
      n_edges += edges_.of(state).size();
      check_network_size({.n_states = kept_.size(), .n_edges = std::max(n_edges, ++n_steps)});
      if (!visited[state]) keep_targets(loose, state);
      visited[state] = true;
    });
  }
  return {.n_states = kept_.size(), .n_edges = n_edges};
}

RuleAutomaton EmptyMoves::without(const LooseAutomaton& loose) {
  begin(loose);
  RuleAutomaton result;
  for (uint32_t kept = 0; kept < kept_.size(); ++kept) {
    bool is_final = false;
    const size_t first = result.edges.size();
    visit_closure(loose, kept, [&](uint32_t state) {
      is_final = is_final || state == LooseAutomaton::kEnd;
      keep_targets(loose, state);
      for (const uint32_t i : edges_.of(state)) {
        RuleEdge edge = loose.edges[i].edge;
        edge.target = number_[edge.target];
        result.edges.push_back(edge);
      }
    });
    const auto own = result.edges.begin() + static_cast<std::ptrdiff_t>(first);
    std::ranges::sort(own, result.edges.end(), {}, key);
    const auto same = [](const RuleEdge& a, const RuleEdge& b) { return key(a) == key(b); };
    result.edges.erase(std::unique(own, result.edges.end(), same), result.edges.end());
    result.begin.push_back(static_cast<uint32_t>(result.edges.size()));
    result.is_final.push_back(is_final && kept != 0);
  }
  return result;
}

}  // namespace freshet
