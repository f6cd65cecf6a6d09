#include "grammar/plain_text.h"

#include <algorithm>

namespace freshet {

const CodePointSet& plain_text() {
  static const CodePointSet kSet = [] {
    CodePointSet left_out = CodePointSet::of(U"\"'\\\u007F");
    left_out.add(0, 0x1F);
    return left_out.complement();
  }();
  return kSet;
}

namespace {

/// A few million are some ten milliseconds; grammars that are not made to hurt need thousands.
constexpr size_t kMostSteps = 5'000'000;

}  // namespace

template <class Goal>
bool PlainTextSearch::reads_sequence(const std::vector<StateId>& states,
                                     const ByteSequence& sequence, size_t at, Goal goal) {
  if (at == sequence.length) return std::ranges::any_of(states, goal);
  const auto [low, high] = sequence.ranges[at];
  for (unsigned byte = low; byte <= high; ++byte) {
    // Bytes of one class have the same targets.
    const auto& classes = network_.byte_classes();
    if (byte > low && classes[byte] == classes[byte - 1]) continue;
    std::vector<StateId> next;
    for (const StateId state : states) {
      const auto edges = network_.byte_edges(state);
      n_steps_ += edges.size();
      for (const ByteEdge& edge : edges) {
        if (edge.low <= byte && byte <= edge.high) next.push_back(edge.target);
      }
    }
    if (n_steps_ > kMostSteps) return false;
    std::ranges::sort(next);
    next.erase(std::unique(next.begin(), next.end()), next.end());
    if (next.empty() || !reads_sequence(next, sequence, at + 1, goal)) return false;
  }
  return true;
}

/// Any plain character leads from `from` to a state for which goal(state) holds.
template <class Goal>
bool PlainTextSearch::reads_character(StateId from, Goal goal) {
  static const std::vector<ByteSequence> kSequences = utf8_sequences(plain_text());
  if (network_.byte_edges(from).empty()) return false;
  return std::ranges::all_of(kSequences, [&](const ByteSequence& sequence) {
    return reads_sequence({from}, sequence, 0, goal);
  });
}

bool PlainTextSearch::ends_rule(StateId from) {
  return reads_character(from, [&](StateId state) { return network_.is_final(state); });
}

bool PlainTextSearch::loops(StateId from) {
  return reads_character(from, [&](StateId state) { return state == from; });
}

}  // namespace freshet
