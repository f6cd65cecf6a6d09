// Quantisers by search: scales, minima and levels that make the squared error of a group or of a
// super-block small. A fixed sequence of IEEE operations: results are the same on every machine.
//
// Both searches alternate what is optimal in closed form: given scales, the nearest level is the
// best one; given levels, the best scale (and minimum) is a least-squares fit.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "kernels/formats/half.h"

namespace freshet::kernels {

/// Four floats as every machine has them in a register; operations are those of the lanes.
typedef float Lanes __attribute__((vector_size(16)));

inline Lanes all(float x) { return Lanes{x, x, x, x}; }
inline Lanes lanes_at(const float* p) {
  Lanes r;
  __builtin_memcpy(&r, p, sizeof(r));
  return r;
}
inline void put(float* p, Lanes a) { __builtin_memcpy(p, &a, sizeof(a)); }

/// The nearest integers, ties to even; |x| < 2^22. The sum has no bits below 1, and so rounds.
inline Lanes nearest(Lanes x) { return (x + 0x1.8p23f) - 0x1.8p23f; }
inline float nearest(float x) { return (x + 0x1.8p23f) - 0x1.8p23f; }

inline Lanes clamp(Lanes x, float low, float high) {
  const Lanes raised = x > low ? x : all(low);
  return raised < high ? raised : all(high);
}
inline float clamp(float x, float low, float high) {
  const float raised = x > low ? x : low;
  return raised < high ? raised : high;
}

/// As a half, but never infinite.
inline uint16_t finite_half(float x) { return float_to_half(clamp(x, -65504.0f, 65504.0f)); }

/// The sum of all lanes of term(0), term(4), ... term(N - 4).
template <int N, class Term>
float sum_of(const Term& term) {
  Lanes even = all(0.0f), odd = all(0.0f);
  for (int i = 0; i < N; i += 8) {
    even += term(i);
    odd += term(i + 4);
  }
  even += odd;
  return (even[0] + even[2]) + (even[1] + even[3]);
}

template <int N>
float sum(const float* x) {
  return sum_of<N>([&](int i) { return lanes_at(x + i); });
}
template <int N>
float sum_of_products(const float* x, const float* y) {
  return sum_of<N>([&](int i) { return lanes_at(x + i) * lanes_at(y + i); });
}

/// The element of largest magnitude, with its sign.
template <int N>
float largest_of(const float* x) {
  float largest = x[0];
  for (int i = 1; i < N; ++i) {
    if (__builtin_fabsf(x[i]) > __builtin_fabsf(largest)) largest = x[i];
  }
  return largest;
}

/// A grid is what a weight may be before scaling. This one: the integers Low..High.
template <int Low, int High>
struct Integers {
  static constexpr float kLow = Low, kHigh = High;
  static Lanes level(Lanes t) { return nearest(clamp(t, Low, High)); }
};

// ---- w = scale * level ------------------------------------------------------------------------

/// Squared error of N weights at a scale; leaves the levels chosen.
template <class Grid, int N>
float assign_levels(const float* x, float scale, float* level) {
  const float inverse = scale != 0.0f ? 1.0f / scale : 0.0f;
  return sum_of<N>([&](int i) {
    const Lanes chosen = Grid::level(lanes_at(x + i) * inverse);
    put(level + i, chosen);
    const Lanes error = lanes_at(x + i) - scale * chosen;
    return error * error;
  });
}

/// The scale of a group of N: the largest element is put near either end of the grid, and of these
/// trials the one whose least-squares scale explains most is taken.
template <class Grid, int N>
float fit_scale(const float* x) {
  const float largest = largest_of<N>(x);
  float best_scale = 0.0f, best_gain = 0.0f;
  if (largest == 0.0f) return best_scale;
  constexpr int kSteps = 12;
  constexpr float kStep = (Grid::kHigh - Grid::kLow) < 10 ? 0.025f : 0.0125f;
  for (const float end : {Grid::kLow, Grid::kHigh}) {
    for (int k = -kSteps; k <= kSteps; ++k) {
      const float inverse = end * (1.0f + kStep * static_cast<float>(k)) / largest;
      float level[N];
      for (int i = 0; i < N; i += 4) put(level + i, Grid::level(lanes_at(x + i) * inverse));
      const float xl = sum_of_products<N>(x, level), ll = sum_of_products<N>(level, level);
      // The error at the best scale xl / ll is the sum of squares less this.
      const float gain = ll > 0.0f ? xl * (xl / ll) : 0.0f;
      if (gain > best_gain) {
        best_gain = gain;
        best_scale = xl / ll;
      }
    }
  }
  return best_scale;
}

/// 256 weights in groups of N: w = d * scale[group] * level.
template <int N>
struct ScaledBlock {
  uint16_t d;
  int scale[256 / N];
  float level[256];
};

/// The integer scale in [Low, High] near the wanted one that serves group x best; returns its
/// error.
template <class Grid, int N, int Low, int High>
float choose_scale(const float* x, float d, float wanted, int* scale, float* level) {
  const float start = d != 0.0f ? nearest(clamp(wanted / d, Low, High)) : 0.0f;
  float best = __builtin_inff();
  for (const float change : {0.0f, -1.0f, 1.0f}) {
    const float trial = clamp(start + change, Low, High);
    float trial_level[N];
    const float error = assign_levels<Grid, N>(x, d * trial, trial_level);
    if (error >= best) continue;
    best = error;
    *scale = static_cast<int>(trial);
    __builtin_memcpy(level, trial_level, sizeof(trial_level));
  }
  return best;
}

/// Integer scales lie in [Low, High], Low being the farther end.
template <class Grid, int N, int Low, int High>
ScaledBlock<N> search_scaled(const float* x) {
  constexpr int kGroups = 256 / N;
  float wanted[kGroups];
  for (int g = 0; g < kGroups; ++g) wanted[g] = fit_scale<Grid, N>(x + g * N);
  float d = largest_of<kGroups>(wanted) / Low;

  ScaledBlock<N> best{}, trial{};
  float best_error = __builtin_inff();
  for (int round = 0; round < 3; ++round) {
    trial.d = finite_half(d);
    d = half_to_float(trial.d);
    float error = 0.0f, xl = 0.0f, ll = 0.0f;
    for (int g = 0; g < kGroups; ++g) {
      const float* group = x + g * N;
      float* level = trial.level + g * N;
      error += choose_scale<Grid, N, Low, High>(group, d, wanted[g], &trial.scale[g], level);
      const auto scale = static_cast<float>(trial.scale[g]);
      xl += scale * sum_of_products<N>(group, level);
      ll += scale * scale * sum_of_products<N>(level, level);
    }
    if (error >= best_error) break;
    best_error = error;
    best = trial;
    if (!(ll > 0.0f)) break;
    d = xl / ll;
  }
  return best;
}

// ---- w = scale * level - min, levels 0..High, scale and min not negative ------------------------

struct ScaleAndMin {
  float scale, min;
};

template <int N, int High>
float assign_levels(const float* x, ScaleAndMin s, float* level) {
  const float inverse = s.scale > 0.0f ? 1.0f / s.scale : 0.0f;
  return sum_of<N>([&](int i) {
    const Lanes chosen = nearest(clamp((lanes_at(x + i) + s.min) * inverse, 0, High));
    put(level + i, chosen);
    const Lanes error = lanes_at(x + i) - (s.scale * chosen - s.min);
    return error * error;
  });
}

/// The least-squares scale and minimum for these levels, as far as they are not negative.
template <int N>
ScaleAndMin refit(const float* x, const float* level) {
  constexpr float kN = N;
  const float sx = sum<N>(x);
  const float sl = sum<N>(level);
  const float sxl = sum_of_products<N>(x, level);
  const float sll = sum_of_products<N>(level, level);
  const float determinant = kN * sll - sl * sl;
  if (determinant > 0.0f) {
    const float scale = (kN * sxl - sx * sl) / determinant;
    const float min = (scale * sl - sx) / kN;
    if (scale > 0.0f && min >= 0.0f) return {scale, min};
  }
  return {sll > 0.0f && sxl > 0.0f ? sxl / sll : 0.0f, 0.0f};
}

/// Scale and minimum of a group of N: trials of a range somewhat narrower or wider than the
/// group's, each refitted; the best of them once more.
template <int N, int High>
ScaleAndMin fit_scale_and_min(const float* x) {
  float low = 0.0f, high = 0.0f;
  for (int i = 0; i < N; ++i) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  ScaleAndMin best{0.0f, -low};
  float level[N];
  float best_error = assign_levels<N, High>(x, best, level);
  const auto try_fit = [&](ScaleAndMin trial) {
    assign_levels<N, High>(x, trial, level);
    const ScaleAndMin fitted = refit<N>(x, level);
    const float error = assign_levels<N, High>(x, fitted, level);
    if (error < best_error) {
      best_error = error;
      best = fitted;
    }
  };
  constexpr int kSteps = 8;
  constexpr float kStep = High < 8 ? 0.05f : 0.02f;
  for (int k = -2; k <= kSteps; ++k) {
    const float span = (high - low) * (1.0f - kStep * static_cast<float>(k));
    // What is cut off is cut off at both ends, or at either.
    for (const float share : {0.0f, 0.5f, 1.0f}) {
      const float start = low + share * (high - low - span);
      try_fit({span / High, start < 0.0f ? -start : 0.0f});
    }
  }
  try_fit(best);
  return best;
}

/// 256 weights in groups of N: w = d * scale[group] * level - dmin * min[group].
template <int N>
struct ScaledAndShiftedBlock {
  uint16_t d, dmin;
  int scale[256 / N], min[256 / N];
  float level[256];
};

/// The integer scale and minimum in 0..Max near the wanted ones that serve group g best.
template <int N, int High, int Max>
float choose_scale_and_min(const float* x, ScaleAndMin unit, ScaleAndMin wanted, int g,
                           ScaledAndShiftedBlock<N>& out) {
  const float scale = unit.scale > 0.0f ? nearest(clamp(wanted.scale / unit.scale, 0, Max)) : 0.0f;
  const float min = unit.min > 0.0f ? nearest(clamp(wanted.min / unit.min, 0, Max)) : 0.0f;
  float best = __builtin_inff();
  for (const float scale_change : {0.0f, -1.0f, 1.0f}) {
    for (const float min_change : {0.0f, -1.0f, 1.0f}) {
      const float trial_scale = clamp(scale + scale_change, 0, Max);
      const float trial_min = clamp(min + min_change, 0, Max);
      float level[N];
      const float error =
          assign_levels<N, High>(x, {unit.scale * trial_scale, unit.min * trial_min}, level);
      if (error >= best) continue;
      best = error;
      out.scale[g] = static_cast<int>(trial_scale);
      out.min[g] = static_cast<int>(trial_min);
      __builtin_memcpy(out.level + g * N, level, sizeof(level));
    }
  }
  return best;
}

/// The least-squares d and dmin for the block's integers; nothing to gain if they are not positive.
template <int N>
ScaleAndMin refit_units(const float* x, const ScaledAndShiftedBlock<N>& block, ScaleAndMin old) {
  float aa = 0.0f, ab = 0.0f, bb = 0.0f, xa = 0.0f, xb = 0.0f;  // a = scale * level, b = -min
  for (int g = 0; g < 256 / N; ++g) {
    const float* group = x + g * N;
    const float* level = block.level + g * N;
    const auto s = static_cast<float>(block.scale[g]), m = static_cast<float>(block.min[g]);
    const float sl = sum<N>(level);
    aa += s * s * sum_of_products<N>(level, level);
    ab -= s * m * sl;
    bb += m * m * static_cast<float>(N);
    xa += s * sum_of_products<N>(group, level);
    xb -= m * sum<N>(group);
  }
  if (bb == 0.0f) return aa > 0.0f ? ScaleAndMin{xa / aa, 0.0f} : old;
  const float determinant = aa * bb - ab * ab;
  if (!(determinant > 0.0f)) return old;
  const ScaleAndMin r{(xa * bb - xb * ab) / determinant, (xb * aa - xa * ab) / determinant};
  return r.scale > 0.0f && r.min >= 0.0f ? r : old;
}

template <int N, int High, int Max>
ScaledAndShiftedBlock<N> search_scaled_and_shifted(const float* x) {
  constexpr int kGroups = 256 / N;
  ScaleAndMin wanted[kGroups], unit{0.0f, 0.0f};
  for (int g = 0; g < kGroups; ++g) {
    wanted[g] = fit_scale_and_min<N, High>(x + g * N);
    unit.scale = wanted[g].scale > unit.scale ? wanted[g].scale : unit.scale;
    unit.min = wanted[g].min > unit.min ? wanted[g].min : unit.min;
  }
  unit = {unit.scale / Max, unit.min / Max};

  ScaledAndShiftedBlock<N> best{}, trial{};
  float best_error = __builtin_inff();
  for (int round = 0; round < 3; ++round) {
    trial.d = finite_half(unit.scale);
    trial.dmin = finite_half(unit.min);
    unit = {half_to_float(trial.d), half_to_float(trial.dmin)};
    float error = 0.0f;
    for (int g = 0; g < kGroups; ++g) {
      error += choose_scale_and_min<N, High, Max>(x + g * N, unit, wanted[g], g, trial);
    }
    if (error >= best_error) break;
    best_error = error;
    best = trial;
    unit = refit_units<N>(x, trial, unit);
  }
  return best;
}

}  // namespace freshet::kernels
