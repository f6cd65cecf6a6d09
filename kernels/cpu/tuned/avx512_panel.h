// AVX-512: many rows of byte activations, for prefill. 32 weight rows are unpacked once, 256
// weights at a time, into a panel whose lanes are rows; then every activation row meets it.
//
// The exact sums of dot_bytes.h by another route: a lane is a weight row, so nothing is reduced
// across lanes, and the floats of a row are added block by block in ascending order, as there. With
// four activation rows at a time every loaded panel vector serves four vpdpbusd, every broadcast
// two.
#pragma once

#include "kernels/cpu/tuned/avx512_row.h"

namespace freshet::kernels::avx512 {

inline constexpr int kPanelRows = 32;
inline constexpr int kPanelK = 256;
/// Activation rows that meet a panel before it is unpacked anew for the next ones.
inline constexpr int kPanelColumns = 512;
inline constexpr int kTokens = 4;

/// Bytes of every format are unsigned here: signed ones are offset by 128.
template <class F>
inline constexpr int kPanelOffset = F::kOffset + (F::kSigned ? 128 : 0);
/// Float scales per 256 weights.
template <class F>
inline constexpr int kPanelBlocks = 256 / F::kBlockSize;
/// Weights that share an integer scale, or a float scale in formats without.
template <class F>
constexpr int panel_group() {
  if constexpr (F::kBlockSize == 32) {
    return 32;
  } else {
    return F::kGroup;
  }
}
template <class F>
inline constexpr int kPanelGroup = panel_group<F>();
template <class F>
inline constexpr int kPanelGroups = kPanelK / kPanelGroup<F>;

/// 256 weights of 32 rows. Vectors are pairs: rows 0..15, rows 16..31.
template <class F>
struct Panel {
  __m512i bytes[kPanelK / 4][2];         // four weights of each row
  __m512i scales[kPanelGroups<F>][2];    // int32; super-blocks only
  __m512i mins[kPanelGroups<F> / 2][2];  // int16 pairs of neighbouring groups; super-blocks only
  __m512 d[kPanelBlocks<F>][2];
  __m512 m[kPanelBlocks<F>][2];
};

/// out[c] lane r = rows[r] lane c: dwords of sixteen rows.
FRESHET_INLINE void transpose_16(__m512i (&v)[16]) {
  __m512i t[16];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    t[2 * i] = _mm512_unpacklo_epi32(v[2 * i], v[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(v[2 * i], v[2 * i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    v[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    v[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    v[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    v[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm512_shuffle_i32x4(v[i], v[4 + i], 0x88);
    t[4 + i] = _mm512_shuffle_i32x4(v[i], v[4 + i], 0xDD);
    t[8 + i] = _mm512_shuffle_i32x4(v[8 + i], v[12 + i], 0x88);
    t[12 + i] = _mm512_shuffle_i32x4(v[8 + i], v[12 + i], 0xDD);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    v[i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0x88);
    v[8 + i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0xDD);
    v[4 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0x88);
    v[12 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0xDD);
  }
}

/// Unpacks n_blocks blocks of one row: 256 unsigned bytes.
template <class F>
FRESHET_INLINE void unpack_row(const typename F::Block* row, int n_blocks, uint8_t* out) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    T::Bytes bytes;
    if constexpr (F::kBlockSize == 256) {
      bytes = F::template unpack<T>(*row, i);
    } else {
      if (i >= n_blocks) break;
      bytes = F::template unpack<T>(row[i]);
    }
    if constexpr (F::kSigned) bytes = _mm256_xor_si256(bytes, T::set_bytes(0x80));
    T::store_bytes(out + 32 * i, bytes);
  }
}

/// Scales of one row into its lane of the panel.
template <class F>
FRESHET_INLINE void place_scales(const typename F::Block* row, int n_blocks, int r,
                                 Panel<F>& panel) {
  auto* d = reinterpret_cast<float*>(panel.d);
  auto* m = reinterpret_cast<float*>(panel.m);
  for (int b = 0; b < n_blocks; ++b) {
    d[b * kPanelRows + r] = F::template scale<T>(row[b]);
    if constexpr (F::kHasMin) m[b * kPanelRows + r] = F::template min<T>(row[b]);
  }
  if constexpr (F::kBlockSize == 256) {
    const GroupScales scales = F::template scales<T>(*row);
    constexpr int kStep = kPanelGroup<F> / 16;  // scales come one per 16 weights
    auto* out = reinterpret_cast<int32_t*>(panel.scales);
    auto* mins = reinterpret_cast<int16_t*>(panel.mins);
    for (int g = 0; g < kPanelGroups<F>; ++g) {
      out[g * kPanelRows + r] = scales.scale[g * kStep];
      if constexpr (F::kHasMin) {
        mins[(g / 2 * kPanelRows + r) * 2 + g % 2] = scales.min[g * kStep];
      }
    }
  }
}

/// 256 weights (or 32 n_blocks) from block b on of up to 32 rows; rows past the last repeat it.
template <class F>
void fill_panel(const MatrixProduct& p, int r0, int64_t b, int n_blocks, Panel<F>& panel) {
  alignas(64) uint8_t bytes[16][kPanelK];
  for (int half = 0; half < 2; ++half) {
    for (int i = 0; i < 16; ++i) {
      const int r = r0 + half * 16 + i < p.rows ? r0 + half * 16 + i : p.rows - 1;
      const auto* row = reinterpret_cast<const typename F::Block*>(p.weight_row(r)) + b;
      T::prefetch(row + 2 * kPanelBlocks<F>);
      T::prefetch(reinterpret_cast<const char*>(row + 2 * kPanelBlocks<F>) + 64);
      unpack_row<F>(row, n_blocks, bytes[i]);
      place_scales<F>(row, n_blocks, half * 16 + i, panel);
    }
    const int n_chunks = F::kBlockSize == 256 ? 4 : (n_blocks + 1) / 2;
    for (int chunk = 0; chunk < n_chunks; ++chunk) {
      __m512i v[16];
#pragma GCC unroll 16
      for (int i = 0; i < 16; ++i) v[i] = _mm512_load_si512(bytes[i] + chunk * 64);
      transpose_16(v);
#pragma GCC unroll 16
      for (int i = 0; i < 16; ++i) panel.bytes[chunk * 16 + i][half] = v[i];
    }
  }
}

/// What the offsets and minima need of N activation rows: for each group its sum, once negated and
/// multiplied by the offset, once as pairs of int16.
template <class F, int N>
struct TokenSums {
  int32_t offset[N][kPanelGroups<F>];
  int16_t plain[N][kPanelGroups<F>];

  FRESHET_INLINE void fill(const ByteRow (&x)[N], int64_t b, int n_groups) {
    constexpr bool kPairs = F::kBlockSize == 256 && kPanelGroup<F> == 32;
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) {
      const int16_t* sums = x[t].sums + (F::kBlockSize == 256 ? b * 16 : b);
      for (int g = 0; g < n_groups; ++g) {
        const int sum = kPairs ? sums[2 * g] + sums[2 * g + 1] : sums[g];
        plain[t][g] = static_cast<int16_t>(sum);
        offset[t][g] = -kPanelOffset<F> * sum;
      }
    }
  }
};

/// The products of one group of the panel with N activation rows.
template <class F, int N>
FRESHET_INLINE void multiply_group(const Panel<F>& panel, int g, const int8_t* const (&q)[N],
                                   const TokenSums<F, N>& sums, __m512i (&acc)[N][2]) {
  constexpr int kSteps = kPanelGroup<F> / 4;
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) {
    acc[t][0] = acc[t][1] =
        kPanelOffset<F> != 0 ? _mm512_set1_epi32(sums.offset[t][g]) : _mm512_setzero_si512();
  }
#pragma GCC unroll 8
  for (int s = 0; s < kSteps; ++s) {
    const int step = g * kSteps + s;
    const __m512i w0 = panel.bytes[step][0], w1 = panel.bytes[step][1];
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) {
      int32_t four = 0;
      __builtin_memcpy(&four, q[t] + step * 4, 4);
      const __m512i x = _mm512_set1_epi32(four);
      acc[t][0] = _mm512_dpbusd_epi32(acc[t][0], w0, x);
      acc[t][1] = _mm512_dpbusd_epi32(acc[t][1], w1, x);
    }
  }
}

FRESHET_INLINE void add_scaled_sum(float* out, __m512 scale, float dx, __m512i sum) {
  _mm512_storeu_ps(out, _mm512_fmadd_ps(_mm512_mul_ps(scale, _mm512_set1_ps(dx)),
                                        _mm512_cvtepi32_ps(sum), _mm512_loadu_ps(out)));
}

/// A super-block of the panel with N activation rows, onto out[N][kPanelRows].
template <class F, int N>
FRESHET_INLINE void multiply_super_block(const Panel<F>& panel, const ByteRow (&x)[N], int64_t b,
                                         float* out) {
  TokenSums<F, N> sums;
  sums.fill(x, b, kPanelGroups<F>);
  const int8_t* q[N];
  __m512i total[N][2];
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) {
    q[t] = x[t].q + b * kPanelK;
    total[t][0] = total[t][1] = _mm512_setzero_si512();
  }
#pragma GCC unroll 1
  for (int g = 0; g < kPanelGroups<F>; ++g) {
    __m512i acc[N][2];
    multiply_group<F, N>(panel, g, q, sums, acc);
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) {
#pragma GCC unroll 2
      for (int h = 0; h < 2; ++h) {
        total[t][h] =
            _mm512_add_epi32(total[t][h], _mm512_mullo_epi32(acc[t][h], panel.scales[g][h]));
      }
    }
  }
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) {
    const float dx = x[t].scales[b];
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      add_scaled_sum(out + t * kPanelRows + h * 16, panel.d[0][h], dx, total[t][h]);
      if constexpr (F::kHasMin) {
        __m512i min_sum = _mm512_setzero_si512();
        for (int g = 0; g < kPanelGroups<F> / 2; ++g) {
          int32_t pair = 0;
          __builtin_memcpy(&pair, sums.plain[t] + 2 * g, 4);
          min_sum = _mm512_dpwssd_epi32(min_sum, panel.mins[g][h], _mm512_set1_epi32(pair));
        }
        add_scaled_sum(out + t * kPanelRows + h * 16, panel.m[0][h], dx, min_sum);
      }
    }
  }
}

/// n_blocks blocks of 32 of the panel with N activation rows, onto out[N][kPanelRows].
template <class F, int N>
FRESHET_INLINE void multiply_blocks(const Panel<F>& panel, const ByteRow (&x)[N], int64_t b,
                                    int n_blocks, float* out) {
  TokenSums<F, N> sums;
  sums.fill(x, b, n_blocks);
  const int8_t* q[N];
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) q[t] = x[t].q + b * 32;
  for (int i = 0; i < n_blocks; ++i) {
    __m512i acc[N][2];
    multiply_group<F, N>(panel, i, q, sums, acc);
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) {
      const float dx = x[t].scales[b + i];
#pragma GCC unroll 2
      for (int h = 0; h < 2; ++h) {
        float* o = out + t * kPanelRows + h * 16;
        add_scaled_sum(o, panel.d[i][h], dx, acc[t][h]);
        if constexpr (F::kHasMin) {
          add_scaled_sum(o, panel.m[i][h], dx, _mm512_set1_epi32(sums.plain[t][i]));
        }
      }
    }
  }
}

template <class F, int N>
FRESHET_INLINE void multiply_panel(const MatrixProduct& p, const Panel<F>& panel, int c, int64_t b,
                                   int n_blocks, float* out) {
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  ByteRow x[N];
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) x[t] = ByteRow::at(p.activation_row(c + t), layout);
  if constexpr (F::kBlockSize == 256) {
    multiply_super_block<F, N>(panel, x, b, out);
  } else {
    multiply_blocks<F, N>(panel, x, b, n_blocks, out);
  }
}

/// All rows with columns c0 .. c0 + n - 1, n <= kPanelColumns.
template <class F>
void multiply_panels(const MatrixProduct& p, int c0, int n) noexcept {
  alignas(64) float out[kPanelColumns][kPanelRows];
  alignas(64) Panel<F> panel;
  const int64_t n_blocks = p.k / F::kBlockSize;
  for (int r0 = 0; r0 < p.rows; r0 += kPanelRows) {
    __builtin_memset(out, 0, static_cast<size_t>(n) * sizeof(out[0]));
    for (int64_t b = 0; b < n_blocks; b += kPanelBlocks<F>) {
      const int64_t left = n_blocks - b;
      const int take = left < kPanelBlocks<F> ? static_cast<int>(left) : kPanelBlocks<F>;
      fill_panel<F>(p, r0, b, take, panel);
      int c = 0;
      for (; c + kTokens <= n; c += kTokens) {
        multiply_panel<F, kTokens>(p, panel, c0 + c, b, take, out[c]);
      }
      for (; c < n; ++c) multiply_panel<F, 1>(p, panel, c0 + c, b, take, out[c]);
    }
    const int rows = p.rows - r0 < kPanelRows ? p.rows - r0 : kPanelRows;
    for (int c = 0; c < n; ++c) {
      __builtin_memcpy(p.out + (c0 + c) * p.out_stride + r0, out[c],
                       static_cast<size_t>(rows) * sizeof(float));
    }
  }
}

/// Columns from which unpacking a panel pays.
inline constexpr int kPanelPays = 6;

template <class F>
void multiply(const MatrixProduct& p) noexcept {
  if (p.columns < kPanelPays) return multiply_rows<F>(p);
  for (int c = 0; c < p.columns; c += kPanelColumns) {
    multiply_panels<F>(p, c, p.columns - c < kPanelColumns ? p.columns - c : kPanelColumns);
  }
}

}  // namespace freshet::kernels::avx512
