// Rows of floats to rows of blocks by search, for every format that has levels to choose.
//
// `Encoder<F>` says how a format is searched: kGroups groups of kWeights weights share a block, and
// encode() turns sixteen groups into as many blocks as they are. What an error of a weight counts
// is decided in fill_weights.
#pragma once

#include "kernels/quantise/grids.h"
#include "kernels/quantise/pack.h"
#include "kernels/quantise/quantise.h"
#include "kernels/quantise/shifted.h"

namespace freshet::kernels {

/// Levels of all lanes as codes, group after group.
template <class Grid, class Arch, int N>
FRESHET_INLINE void take_codes(const Groups<Arch, N>& groups, uint8_t* codes) {
  for (int i = 0; i < N; ++i) {
    float level[kLanes];
    store_lanes(level, groups.level[i]);
    for (int g = 0; g < kLanes; ++g) codes[g * N + i] = Grid::code(level[g]);
  }
}

// One effort for all grids: with importance the best scale may cut the largest weights off by
// almost half, and rounds of refitting find between the steps what lies there. Halving the steps
// gains less than 1 % of the error, except 10 % with Q8_0, whose error is the least of anyone's
// worries.
inline constexpr ScaleSearch kScaleSearch = {.steps = 8, .step = 0.06f, .rounds = 4};

template <int High>
FRESHET_INLINE constexpr RangeSearch range_search() {
  if (High < 8) return {.widest = 1.2f, .narrowest = 0.5f, .steps = 20, .rounds = 4};
  return {.widest = 1.06f, .narrowest = 0.75f, .steps = 16, .rounds = 4};
}

/// w = d * level, blocks of 32.
template <class F, class Grid>
struct ScaledEncoder {
  using Block = typename F::Block;
  static constexpr int kWeights = 32, kGroups = 1;

  template <class Arch>
  static FRESHET_INLINE void encode(Groups<Arch, 32>& groups, Block* out, int n_blocks) {
    const auto d = search_scale<Grid>(groups, kScaleSearch);
    float scale[kLanes];
    store_lanes(scale, d);
    uint8_t codes[kLanes * 32];
    take_codes<Grid>(groups, codes);
    for (int b = 0; b < n_blocks; ++b) {
      out[b].d = float_to_half(scale[b]);
      pack(codes + b * 32, out[b]);
    }
  }
};

/// w = d * level + m, blocks of 32.
template <class F, int High>
struct ShiftedEncoder {
  using Block = typename F::Block;
  static constexpr int kWeights = 32, kGroups = 1;

  template <class Arch>
  static FRESHET_INLINE void encode(Groups<Arch, 32>& groups, Block* out, int n_blocks) {
    const auto s = search_scale_and_min<High>(groups, range_search<High>());
    float scale[kLanes], min[kLanes];
    store_lanes(scale, s.scale);
    store_lanes(min, s.min);
    uint8_t codes[kLanes * 32];
    take_codes<Integers<0, High>>(groups, codes);
    for (int b = 0; b < n_blocks; ++b) {
      out[b].d = float_to_half(scale[b]);
      out[b].m = float_to_half(-min[b]);
      pack(codes + b * 32, out[b]);
    }
  }
};

/// w = d * scale[group] * level, blocks of 256.
template <class F, class Grid, int Low, int High>
struct BlockScaledEncoder {
  using Block = typename F::Block;
  static constexpr int kWeights = F::kGroup, kGroups = 256 / F::kGroup;

  template <class Arch>
  static FRESHET_INLINE void encode(Groups<Arch, kWeights>& groups, Block* out, int n_blocks) {
    const auto s = search_block_scales<Grid, kGroups, Low, High>(groups, kScaleSearch);
    float d[kLanes], scale[kLanes];
    store_lanes(d, s.d);
    store_lanes(scale, s.scale);
    uint8_t codes[kLanes * kWeights];
    take_codes<Grid>(groups, codes);
    for (int b = 0; b < n_blocks; ++b) {
      out[b].d = float_to_half(d[b * kGroups]);
      pack(codes + b * 256, scale + b * kGroups, out[b]);
    }
  }
};

/// w = d * scale[group] * level - dmin * min[group], blocks of 256.
template <class F, int High, int Max>
struct BlockShiftedEncoder {
  using Block = typename F::Block;
  static constexpr int kWeights = F::kGroup, kGroups = 256 / F::kGroup;

  template <class Arch>
  static FRESHET_INLINE void encode(Groups<Arch, kWeights>& groups, Block* out, int n_blocks) {
    const auto s = search_block_scales_and_mins<High, kGroups, Max>(groups, range_search<High>());
    float d[kLanes], dmin[kLanes], scale[kLanes], min[kLanes];
    store_lanes(d, s.d);
    store_lanes(dmin, s.dmin);
    store_lanes(scale, s.scale);
    store_lanes(min, s.min);
    uint8_t codes[kLanes * kWeights];
    take_codes<Integers<0, High>>(groups, codes);
    for (int b = 0; b < n_blocks; ++b) {
      out[b].d = float_to_half(d[b * kGroups]);
      out[b].dmin = float_to_half(dmin[b * kGroups]);
      pack(codes + b * 256, scale + b * kGroups, min + b * kGroups, out[b]);
    }
  }
};

/// w = 2^(e - 128) * level: there are few exponents to try.
struct Mxfp4Encoder {
  using Block = MXFP4::Block;
  static constexpr int kWeights = 32, kGroups = 1;

  template <class Arch>
  static FRESHET_INLINE void encode(Groups<Arch, 32>& groups, Block* out, int n_blocks) {
    using V = typename Arch::Lanes;
    ScaledSearch<Arch, Mxfp4Grid, 32> s(groups);
    const V zero = all<V>(0.0f);
    V most = zero;
    for (const V& x : groups.x) most = larger(most, larger(x, zero - x));
    float largest[kLanes];
    store_lanes(largest, most);
    V best = zero, best_error = all<V>(__builtin_inff());
    float best_e[kLanes] = {};
    // The largest 4-bit value is 1.5 * 2^2, so its exponent is two above the block's.
    for (const int above : {-1, 0, 1}) {
      float power[kLanes], e[kLanes];
      for (int g = 0; g < kLanes; ++g) {
        const int exponent = static_cast<int>(float_to_bits(largest[g]) >> 23) - 1 + above;
        e[g] = static_cast<float>(exponent < 0 ? 0 : exponent > 254 ? 254 : exponent);
        power[g] = MXFP4::power(static_cast<uint8_t>(e[g]));
      }
      const V scale = load_lanes<V>(power), error = s.error_at(scale);
      store_lanes(best_e, where_less(error, best_error, load_lanes<V>(e), load_lanes<V>(best_e)));
      best = where_less(error, best_error, scale, best);
      best_error = smaller(error, best_error);
    }
    s.assign(best);
    uint8_t codes[kLanes * 32];
    take_codes<Mxfp4Grid>(groups, codes);
    for (int b = 0; b < n_blocks; ++b) {
      out[b].e = static_cast<uint8_t>(best_e[b]);
      pack_nibbles(codes + b * 32, out[b].q);
    }
  }
};

/// Formats without a line here are floats, which have nothing to search.
template <class F>
struct Encoder;
template <>
struct Encoder<Q4_0> : ScaledEncoder<Q4_0, Integers<-8, 7>> {};
template <>
struct Encoder<Q5_0> : ScaledEncoder<Q5_0, Integers<-16, 15>> {};
template <>
struct Encoder<Q8_0> : ScaledEncoder<Q8_0, Integers<-127, 127>> {};
template <>
struct Encoder<IQ4_NL> : ScaledEncoder<IQ4_NL, Iq4Grid> {};
template <>
struct Encoder<Q4_1> : ShiftedEncoder<Q4_1, 15> {};
template <>
struct Encoder<Q5_1> : ShiftedEncoder<Q5_1, 31> {};
template <>
struct Encoder<Q2_K> : BlockShiftedEncoder<Q2_K, 3, 15> {};
template <>
struct Encoder<Q4_K> : BlockShiftedEncoder<Q4_K, 15, 63> {};
template <>
struct Encoder<Q5_K> : BlockShiftedEncoder<Q5_K, 31, 63> {};
template <>
struct Encoder<Q3_K> : BlockScaledEncoder<Q3_K, Integers<-4, 3>, -32, 31> {};
template <>
struct Encoder<Q6_K> : BlockScaledEncoder<Q6_K, Integers<-32, 31>, -128, 127> {};
template <>
struct Encoder<IQ4_XS> : BlockScaledEncoder<IQ4_XS, Iq4Grid, -32, 31> {};
template <>
struct Encoder<MXFP4> : Mxfp4Encoder {};

// What an error of a weight counts, where s^2 is its square over the mean square of its block:
//   s^2 + kFloor                    nothing is known of its column: large weights matter more
//   importance * (s^2 + kFlatter)   theory says importance alone, others' practice more for large
// The constants leave less error than others' encoders both by the plain measure and by the
// weighted one (tests/kernels/test_quantise.cpp); at either extreme one of the two would be lost.
inline constexpr float kFloor = 1.5f, kFlatter = 10.0f;

/// Of a block of n; importance may be null.
FRESHET_INLINE void fill_weights(const float* x, const float* importance, int n, float* w) {
  float largest = 0.0f, squares = 0.0f, sum = 0.0f;
  for (int i = 0; i < n; ++i) {
    const float size = x[i] < 0 ? -x[i] : x[i];
    largest = size > largest ? size : largest;
    sum += importance != nullptr ? importance[i] : 0.0f;
  }
  const float unit = largest > 0.0f ? 1.0f / largest : 0.0f;
  for (int i = 0; i < n; ++i) {
    w[i] = (x[i] * unit) * (x[i] * unit);
    squares += w[i];
  }
  const float mean = squares / static_cast<float>(n);
  // A block none of whose columns was ever used is as one of which nothing is known.
  const bool known = sum > 0.0f;
  const float scale = known ? static_cast<float>(n) / sum : 1.0f;
  for (int i = 0; i < n; ++i) {
    w[i] = known ? importance[i] * scale * (w[i] + kFlatter * mean) : w[i] + kFloor * mean;
  }
}

/// n weights, whole blocks, importance[n] or null.
template <class Arch, class F>
void search_row(const float* x, const float* importance, void* out, int64_t n) noexcept {
  using E = Encoder<F>;
  constexpr int kBatch = kLanes * E::kWeights;
  constexpr float kMost = 1e15f;  // beyond every format's reach; squares and sums stay finite
  auto* blocks = static_cast<typename F::Block*>(out);
  for (int64_t first = 0; first < n; first += kBatch) {
    const int here = static_cast<int>(n - first < kBatch ? n - first : kBatch);
    float values[kBatch] = {}, weights[kBatch] = {};  // lanes beyond the row are zeros
    for (int i = 0; i < here; ++i) {
      const float value = x[first + i];
      values[i] = value < -kMost ? -kMost : value > kMost ? kMost : value;
    }
    for (int i = 0; i < here; i += F::kBlockSize) {
      const float* columns = importance != nullptr ? importance + first + i : nullptr;
      fill_weights(values + i, columns, F::kBlockSize, weights + i);
    }
    Groups<Arch, E::kWeights> groups;
    groups.transpose(values, groups.x);
    groups.transpose(weights, groups.w);
    const int n_blocks = here / F::kBlockSize;
    E::encode(groups, blocks, n_blocks);
    blocks += n_blocks;
  }
}

/// The encoder of a format; floats have nothing to search.
template <class Arch, class F>
void encode_row(const float* x, const float* importance, void* out, int64_t n) noexcept {
  if constexpr (F::kActivation == Activation::kFloat) {
    auto* blocks = static_cast<typename F::Block*>(out);
    for (int64_t i = 0; i < n; ++i) F::encode(x + i, blocks[i]);
  } else {
    search_row<Arch, F>(x, importance, out, n);
  }
}

template <class Arch, class... F>
constexpr Quantisers make_quantisers(FormatList<F...>) {
  return {{encode_row<Arch, F>...}};
}

}  // namespace freshet::kernels
