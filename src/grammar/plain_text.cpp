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

template <class Goal>
bool reads_sequence(const Network& network, const std::vector<StateId>& states,
                    const ByteSequence& sequence, size_t at, Goal goal) {
  if (at == sequence.length) return std::ranges::any_of(states, goal);
  const auto [low, high] = sequence.ranges[at];
  for (unsigned byte = low; byte <= high; ++byte) {
    // Bytes of one class have the same targets.
    const auto& classes = network.byte_classes();
    if (byte > low && classes[byte] == classes[byte - 1]) continue;
    std::vector<StateId> next;
    for (const StateId state : states) {
      for (const ByteEdge& edge : network.byte_edges(state)) {
        if (edge.low <= byte && byte <= edge.high) next.push_back(edge.target);
      }
    }
    std::ranges::sort(next);
    next.erase(std::unique(next.begin(), next.end()), next.end());
    if (next.empty() || !reads_sequence(network, next, sequence, at + 1, goal)) return false;
  }
  return true;
}

/// Whether any plain character leads from `from` to a state for which goal(state) holds.
template <class Goal>
bool reads_plain_character(const Network& network, StateId from, Goal goal) {
  static const std::vector<ByteSequence> kSequences = utf8_sequences(plain_text());
  if (network.byte_edges(from).empty()) return false;
  return std::ranges::all_of(kSequences, [&](const ByteSequence& sequence) {
    return reads_sequence(network, {from}, sequence, 0, goal);
  });
}

}  // namespace

bool ends_with_plain_character(const Network& network, StateId from) {
  return reads_plain_character(network, from,
                               [&](StateId state) { return network.is_final(state); });
}

bool loops_on_plain_character(const Network& network, StateId from) {
  return reads_plain_character(network, from, [&](StateId state) { return state == from; });
}

}  // namespace freshet
