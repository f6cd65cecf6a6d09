// The search for w = scale * level: scales that make the weighted squared error small.
//
// It alternates what is optimal in closed form: given scales, the nearest level is the best one;
// given levels, the best scale is a least-squares fit. What it starts from decides where that ends,
// so it starts from many scales.
#pragma once

#include "kernels/formats/half.h"
#include "kernels/quantise/groups.h"

namespace freshet::kernels {

/// A grid is what a weight may be before scaling. This one: the integers Low..High.
template <int Low, int High>
struct Integers {
  static constexpr float kLow = Low, kHigh = High;
  template <class V>
  static FRESHET_INLINE V level(V t) {
    return nearest(clamp(t, all<V>(kLow), all<V>(kHigh)));
  }
  /// As the block stores it.
  static FRESHET_INLINE uint8_t code(float level) { return static_cast<uint8_t>(level - kLow); }
};

/// How hard to look: trials to either side of the scale that puts the largest weight on an end of
/// the grid, the relative step between them, and rounds of refitting.
struct ScaleSearch {
  int steps;
  float step;
  int rounds;
};

/// Lanes of halves, as the decoder will see them; never infinite.
template <class V>
FRESHET_INLINE V round_to_half(V v) {
  float lane[kLanes];
  store_lanes(lane, clamp(v, all<V>(-65504.0f), all<V>(65504.0f)));
  for (float& x : lane) x = half_to_float(float_to_half(x));
  return load_lanes<V>(lane);
}

template <class Arch, class Grid, int N>
class ScaledSearch {
  using V = typename Arch::Lanes;

 public:
  explicit FRESHET_INLINE ScaledSearch(Groups<Arch, N>& groups) : g_(groups) {}

  /// The best scale of each group by itself.
  FRESHET_INLINE V fit(const ScaleSearch& search) {
    const V largest = largest_weight();
    V best_scale = all<V>(0.0f), best_gain = all<V>(0.0f);
    for (const float end : {Grid::kLow, Grid::kHigh}) {
      for (int k = -search.steps; k <= search.steps; ++k) {
        const float factor = 1.0f + search.step * static_cast<float>(k);
        try_inverse(divide_signed(all<V>(end * factor), largest), best_scale, best_gain);
      }
    }
    for (int round = 0; round < search.rounds; ++round) {
      try_inverse(divide_signed(all<V>(1.0f), best_scale), best_scale, best_gain);
    }
    return best_scale;
  }

  /// Weighted squared error at these scales.
  FRESHET_INLINE V error_at(V scale) const {
    const V inverse = divide_signed(all<V>(1.0f), scale);
    return sum_of<V, N>([&](int i) FRESHET_INLINE_LAMBDA {
      const V error = g_.x[i] - scale * Grid::level(g_.x[i] * inverse);
      return g_.w[i] * error * error;
    });
  }

  FRESHET_INLINE void assign(V scale) {
    const V inverse = divide_signed(all<V>(1.0f), scale);
    for (int i = 0; i < N; ++i) g_.level[i] = Grid::level(g_.x[i] * inverse);
  }

  /// The sums of the least-squares fit for the levels that these scales choose.
  struct Sums {
    V xl, ll;
  };
  FRESHET_INLINE Sums sums_at(V scale) const { return sums(divide_signed(all<V>(1.0f), scale)); }

 private:
  FRESHET_INLINE V largest_weight() const {
    V largest = g_.x[0], magnitude = all<V>(-1.0f);
    const V zero = all<V>(0.0f);
    for (int i = 0; i < N; ++i) {
      const V size = larger(g_.x[i], zero - g_.x[i]);
      largest = where_less(magnitude, size, g_.x[i], largest);
      magnitude = larger(magnitude, size);
    }
    return largest;
  }

  FRESHET_INLINE Sums sums(V inverse) const {
    V xl = all<V>(0.0f), ll = all<V>(0.0f);
    for (int i = 0; i < N; ++i) {
      const V level = Grid::level(g_.x[i] * inverse);
      const V weighted = g_.w[i] * level;
      xl = xl + weighted * g_.x[i];
      ll = ll + weighted * level;
    }
    return {xl, ll};
  }

  /// The error at the best scale xl / ll is the sum of squares less xl^2 / ll.
  FRESHET_INLINE void try_inverse(V inverse, V& best_scale, V& best_gain) const {
    const Sums s = sums(inverse);
    const V scale = divide_or_zero(s.xl, s.ll);
    const V gain = s.xl * scale;
    best_scale = where_less(best_gain, gain, scale, best_scale);
    best_gain = larger(best_gain, gain);
  }

  Groups<Arch, N>& g_;
};

/// One scale per group, a half. Levels go to groups.level.
template <class Grid, class Arch, int N>
FRESHET_INLINE typename Arch::Lanes search_scale(Groups<Arch, N>& groups,
                                                 const ScaleSearch& search) {
  using V = typename Arch::Lanes;
  ScaledSearch<Arch, Grid, N> s(groups);
  V d = round_to_half(s.fit(search));
  V best = d, best_error = s.error_at(d);
  for (int round = 0; round < search.rounds; ++round) {
    const auto sums = s.sums_at(best);
    d = round_to_half(divide_or_zero(sums.xl, sums.ll));
    const V error = s.error_at(d);
    best = where_less(error, best_error, d, best);
    best_error = smaller(error, best_error);
  }
  s.assign(best);
  return best;
}

/// Of blocks of `Span` groups: w = d * scale * level, scale an integer within Low..High, of which
/// Low is the farther end.
template <class V>
struct BlockScales {
  V d, scale;
};

template <class Grid, int Span, int Low, int High, class Arch, int N>
FRESHET_INLINE BlockScales<typename Arch::Lanes> search_block_scales(Groups<Arch, N>& groups,
                                                                     const ScaleSearch& search) {
  using V = typename Arch::Lanes;
  ScaledSearch<Arch, Grid, N> s(groups);
  const V wanted = s.fit(search), zero = all<V>(0.0f);
  const V most = largest_of_blocks(wanted, Span);
  const V least = zero - largest_of_blocks(zero - wanted, Span);
  V d = where_less(most, zero - least, least, most) / all<V>(Low);

  BlockScales<V> best{zero, zero};
  V best_error = all<V>(__builtin_inff());
  for (int round = 0; round < search.rounds; ++round) {
    d = round_to_half(d);
    const V middle = nearest(clamp(divide_signed(wanted, d), all<V>(Low), all<V>(High)));
    V scale = zero, error = all<V>(__builtin_inff());
    for (const float change : {0.0f, -1.0f, 1.0f}) {
      const V trial = clamp(middle + all<V>(change), all<V>(Low), all<V>(High));
      const V trial_error = s.error_at(d * trial);
      scale = where_less(trial_error, error, trial, scale);
      error = smaller(trial_error, error);
    }
    const V total = sum_over_blocks(error, Span);
    best.d = where_less(total, best_error, d, best.d);
    best.scale = where_less(total, best_error, scale, best.scale);
    best_error = smaller(total, best_error);
    const auto sums = s.sums_at(d * scale);
    const V xl = sum_over_blocks(scale * sums.xl, Span);
    const V ll = sum_over_blocks(scale * scale * sums.ll, Span);
    d = where_less(zero, ll, divide_or_zero(xl, ll), d);
  }
  s.assign(best.d * best.scale);
  return best;
}

}  // namespace freshet::kernels
