// Sixteen groups of N weights at a time, one group per lane: sums over a group are sums of vectors,
// and no lane ever meets another until groups of one block must agree on its scale.
#pragma once

#include "kernels/quantise/lanes.h"

namespace freshet::kernels {

template <class Arch, int N>
struct Groups {
  using V = typename Arch::Lanes;

  V x[N];      // weight i of every group
  V w[N];      // what an error of it counts
  V level[N];  // the levels chosen, once they are

  /// Groups follow one another in memory: group g is values[g N .. g N + N).
  static FRESHET_INLINE void transpose(const float* values, V* lanes) {
    for (int i = 0; i < N; ++i) {
      float row[kLanes];
      for (int g = 0; g < kLanes; ++g) row[g] = values[g * N + i];
      lanes[i] = load_lanes<V>(row);
    }
  }
};

/// Sum over i of term(i).
template <class V, int N, class Term>
FRESHET_INLINE V sum_of(const Term& term) {
  V even = all<V>(0.0f), odd = all<V>(0.0f);
  for (int i = 0; i < N; i += 2) {
    even = even + term(i);
    odd = odd + term(i + 1);
  }
  return even + odd;
}

/// Replaces each lane by the sum of the `span` lanes of its block.
template <class V>
FRESHET_INLINE V sum_over_blocks(V v, int span) {
  float lane[kLanes];
  store_lanes(lane, v);
  for (int first = 0; first < kLanes; first += span) {
    float sum = 0.0f;
    for (int i = first; i < first + span; ++i) sum += lane[i];
    for (int i = first; i < first + span; ++i) lane[i] = sum;
  }
  return load_lanes<V>(lane);
}

/// Replaces each lane by the largest of its block.
template <class V>
FRESHET_INLINE V largest_of_blocks(V v, int span) {
  float lane[kLanes];
  store_lanes(lane, v);
  for (int first = 0; first < kLanes; first += span) {
    float most = lane[first];
    for (int i = first; i < first + span; ++i) most = lane[i] > most ? lane[i] : most;
    for (int i = first; i < first + span; ++i) lane[i] = most;
  }
  return load_lanes<V>(lane);
}

}  // namespace freshet::kernels
