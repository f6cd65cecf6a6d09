// The search for w = scale * level - min, levels 0..High: as scaled.h, with a second unknown.
#pragma once

#include "kernels/quantise/scaled.h"

namespace freshet::kernels {

/// How hard to look: ranges from `widest` to `narrowest` times the group's own, `steps` of them,
/// and rounds of refitting.
struct RangeSearch {
  float widest, narrowest;
  int steps;
  int rounds;
};

template <class V>
struct ScaleAndMin {
  V scale, min;
};

template <class Arch, int N, int High, bool kAnySign>
class ShiftedSearch {
  using V = typename Arch::Lanes;

 public:
  explicit FRESHET_INLINE ShiftedSearch(Groups<Arch, N>& groups) : g_(groups) {
    sw_ = sum_of<V, N>([&](int i) FRESHET_INLINE_LAMBDA { return g_.w[i]; });
    sx_ = sum_of<V, N>([&](int i) FRESHET_INLINE_LAMBDA { return g_.w[i] * g_.x[i]; });
    sxx_ = sum_of<V, N>([&](int i) FRESHET_INLINE_LAMBDA { return g_.w[i] * g_.x[i] * g_.x[i]; });
  }

  /// The best scale and minimum of each group by itself.
  FRESHET_INLINE ScaleAndMin<V> fit(const RangeSearch& search) {
    const V zero = all<V>(0.0f);
    V low = kAnySign ? g_.x[0] : zero, high = g_.x[0];
    for (int i = 0; i < N; ++i) {
      low = smaller(low, g_.x[i]);
      high = larger(high, g_.x[i]);
    }
    const V range = high - low;
    ScaleAndMin<V> best{zero, zero - low};
    V best_error = all<V>(__builtin_inff());
    for (int k = 0; k < search.steps; ++k) {
      const float along = static_cast<float>(k) / static_cast<float>(search.steps - 1);
      const V span = range * all<V>(search.widest + along * (search.narrowest - search.widest));
      // What is cut off is cut off at either end, or at both.
      for (const float share : {0.0f, 0.5f, 1.0f}) {
        const V start = low + all<V>(share) * (range - span);
        const V min = kAnySign ? zero - start : larger(zero - start, zero);
        try_from({span / all<V>(static_cast<float>(High)), min}, best, best_error);
      }
    }
    for (int round = 0; round < search.rounds; ++round) try_from(best, best, best_error);
    return best;
  }

  /// Weighted squared error at these scales and minima.
  FRESHET_INLINE V error_at(ScaleAndMin<V> s) const {
    const V inverse = divide_or_zero(all<V>(1.0f), s.scale);
    return sum_of<V, N>([&](int i) FRESHET_INLINE_LAMBDA {
      const V error = g_.x[i] - (s.scale * level(i, s.min, inverse) - s.min);
      return g_.w[i] * error * error;
    });
  }

  FRESHET_INLINE void assign(ScaleAndMin<V> s) {
    const V inverse = divide_or_zero(all<V>(1.0f), s.scale);
    for (int i = 0; i < N; ++i) g_.level[i] = level(i, s.min, inverse);
  }

  /// Sums over a group for the levels that these scales and minima choose.
  struct Sums {
    V w, x;       // of weights, of weights times x
    V l, xl, ll;  // with the levels
  };
  FRESHET_INLINE Sums sums_at(ScaleAndMin<V> s) const {
    const V inverse = divide_or_zero(all<V>(1.0f), s.scale);
    Sums r{sw_, sx_, all<V>(0.0f), all<V>(0.0f), all<V>(0.0f)};
    for (int i = 0; i < N; ++i) {
      const V l = level(i, s.min, inverse);
      const V weighted = g_.w[i] * l;
      r.l = r.l + weighted;
      r.xl = r.xl + weighted * g_.x[i];
      r.ll = r.ll + weighted * l;
    }
    return r;
  }

  /// The least-squares scale and minimum for those levels, as far as they are allowed.
  static FRESHET_INLINE ScaleAndMin<V> refit(const Sums& s) {
    const V zero = all<V>(0.0f);
    const V determinant = s.w * s.ll - s.l * s.l;
    const V scale = divide_or_zero(s.w * s.xl - s.x * s.l, determinant);
    const V min = divide_or_zero(scale * s.l - s.x, s.w);
    if constexpr (kAnySign) return {scale, min};
    const V scale_alone = larger(divide_or_zero(s.xl, s.ll), zero);
    const V bad = where_less(min, zero, all<V>(1.0f), zero);
    const V worse = where_less(zero, scale, bad, all<V>(1.0f));
    return {where_less(zero, worse, scale_alone, scale), where_less(zero, worse, zero, min)};
  }

 private:
  FRESHET_INLINE V level(int i, V min, V inverse) const {
    return nearest(
        clamp((g_.x[i] + min) * inverse, all<V>(0.0f), all<V>(static_cast<float>(High))));
  }

  /// The error of a least-squares fit needs no second look at the weights.
  FRESHET_INLINE void try_from(ScaleAndMin<V> start, ScaleAndMin<V>& best, V& best_error) const {
    const Sums s = sums_at(start);
    const ScaleAndMin<V> fitted = refit(s);
    const V error = sxx_ - fitted.scale * s.xl + fitted.min * sx_;
    best.scale = where_less(error, best_error, fitted.scale, best.scale);
    best.min = where_less(error, best_error, fitted.min, best.min);
    best_error = smaller(error, best_error);
  }

  Groups<Arch, N>& g_;
  V sw_, sx_, sxx_;
};

/// One scale and one minimum of any sign per group, halves. Levels go to groups.level.
template <int High, class Arch, int N>
FRESHET_INLINE ScaleAndMin<typename Arch::Lanes> search_scale_and_min(Groups<Arch, N>& groups,
                                                                      const RangeSearch& search) {
  using V = typename Arch::Lanes;
  ShiftedSearch<Arch, N, High, true> s(groups);
  ScaleAndMin<V> trial = s.fit(search), best{};
  V best_error = all<V>(__builtin_inff());
  for (int round = 0; round < search.rounds; ++round) {
    trial = {round_to_half(trial.scale), round_to_half(trial.min)};
    const V error = s.error_at(trial);
    best.scale = where_less(error, best_error, trial.scale, best.scale);
    best.min = where_less(error, best_error, trial.min, best.min);
    best_error = smaller(error, best_error);
    trial = s.refit(s.sums_at(trial));
  }
  s.assign(best);
  return best;
}

/// Of blocks of `Span` groups: w = d * scale * level - dmin * min; scale, min integers in 0..Max.
template <class V>
struct BlockScalesAndMins {
  V d, dmin, scale, min;
};

/// The least-squares d and dmin for the integers of each block; the old ones where they would not
/// be positive.
template <int Span, class V, class Sums>
FRESHET_INLINE ScaleAndMin<V> refit_units(const Sums& s, V scale, V min, ScaleAndMin<V> old) {
  const V zero = all<V>(0.0f);
  const V aa = sum_over_blocks(scale * scale * s.ll, Span);
  const V ab = sum_over_blocks(zero - scale * min * s.l, Span);
  const V bb = sum_over_blocks(min * min * s.w, Span);
  const V xa = sum_over_blocks(scale * s.xl, Span);
  const V xb = sum_over_blocks(zero - min * s.x, Span);
  const V determinant = aa * bb - ab * ab;
  const V d = divide_or_zero(xa * bb - xb * ab, determinant);
  const V dmin = divide_or_zero(xb * aa - xa * ab, determinant);
  const V alone = divide_or_zero(xa, aa);  // where no group has a minimum
  const V one = all<V>(1.0f);
  const V good = where_less(zero, d, where_less(dmin, zero, zero, one), zero);
  const V good_alone = where_less(zero, bb, zero, where_less(zero, alone, one, zero));
  return {where_less(zero, good_alone, alone, where_less(zero, good, d, old.scale)),
          where_less(zero, good, dmin, old.min)};
}

template <int High, int Span, int Max, class Arch, int N>
FRESHET_INLINE BlockScalesAndMins<typename Arch::Lanes> search_block_scales_and_mins(
    Groups<Arch, N>& groups, const RangeSearch& search) {
  using V = typename Arch::Lanes;
  ShiftedSearch<Arch, N, High, false> s(groups);
  const ScaleAndMin<V> wanted = s.fit(search);
  const V zero = all<V>(0.0f), top = all<V>(static_cast<float>(Max));
  ScaleAndMin<V> unit{largest_of_blocks(wanted.scale, Span) / top,
                      largest_of_blocks(wanted.min, Span) / top};
  BlockScalesAndMins<V> best{zero, zero, zero, zero};
  V best_error = all<V>(__builtin_inff());
  for (int round = 0; round < search.rounds; ++round) {
    unit = {round_to_half(unit.scale), round_to_half(unit.min)};
    const V scale0 = nearest(clamp(divide_or_zero(wanted.scale, unit.scale), zero, top));
    const V min0 = nearest(clamp(divide_or_zero(wanted.min, unit.min), zero, top));
    V scale = zero, min = zero, error = all<V>(__builtin_inff());
    for (int trial = 0; trial < 9; ++trial) {  // each of the two: one less, the same, one more
      const V a = clamp(scale0 + all<V>(static_cast<float>(trial % 3 - 1)), zero, top);
      const V b = clamp(min0 + all<V>(static_cast<float>(trial / 3 - 1)), zero, top);
      const V e = s.error_at({unit.scale * a, unit.min * b});
      scale = where_less(e, error, a, scale);
      min = where_less(e, error, b, min);
      error = smaller(e, error);
    }
    const V total = sum_over_blocks(error, Span);
    best.d = where_less(total, best_error, unit.scale, best.d);
    best.dmin = where_less(total, best_error, unit.min, best.dmin);
    best.scale = where_less(total, best_error, scale, best.scale);
    best.min = where_less(total, best_error, min, best.min);
    best_error = smaller(total, best_error);
    const auto sums = s.sums_at({unit.scale * scale, unit.min * min});
    unit = refit_units<Span>(sums, scale, min, unit);
  }
  s.assign({best.d * best.scale, best.dmin * best.min});
  return best;
}

}  // namespace freshet::kernels
