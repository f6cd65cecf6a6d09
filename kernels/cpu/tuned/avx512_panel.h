// AVX-512: many rows of byte activations, for prefill. 32 weight rows are unpacked once, 256
// weights at a time, into a panel whose lanes are rows; then every activation row meets it.
//
// The exact sums of dot_bytes.h by another route: a lane is a weight row, so nothing is reduced
// across lanes, and the floats of a row are added block by block in ascending order, as there. With
// six activation rows at a time every loaded panel vector serves six vpdpbusd, and twelve chains
// hide what one takes.
//
// Of its peak, one core of a Xeon (Emerald Rapids), 32 columns, panels filled meanwhile, without
// and with a guest on the core's other half: Q4_K 47 and 35 % by four rows at a time, with a
// broadcast each; 53 and 40 % by six. What counts there is the number of instructions.
#pragma once

#include "kernels/cpu/tuned/avx512_panel_fill.h"
#include "kernels/cpu/tuned/avx512_row.h"

namespace freshet::kernels::avx512 {

/// Activation rows that meet a panel before it is unpacked anew for the next ones.
inline constexpr int kPanelColumns = 512;
/// Activation rows that meet a panel together: wide tiles, and narrow ones where they leave fewer
/// places over, of which there are then kSpare at most.
inline constexpr int kWide = 6, kNarrow = 4, kSpare = kNarrow - 1;
FRESHET_INLINE int tile_of(int columns) {
  return columns <= kNarrow || columns == 7 || columns == 8 ? kNarrow : kWide;
}

FRESHET_INLINE __m512i broadcast_dword(const void* p) {
  int32_t four = 0;
  __builtin_memcpy(&four, p, 4);
  return _mm512_set1_epi32(four);
}

/// Onto acc, the products of four unsigned bytes of each lane and four signed ones, as instructions
/// that load the latter themselves. Compilers would load them once for two, which takes a third
/// instruction and a register.
FRESHET_INLINE void add_products(__m512i& acc, __m512i w, const int8_t* x) {
  using Four = const int8_t[4];
  asm("vpdpbusd %1%{1to16%}, %2, %0" : "+v"(acc) : "m"(*reinterpret_cast<Four*>(x)), "v"(w));
}

/// The products of one group of the panel with N activation rows, onto acc, or as acc.
template <class F, int N, bool kOnto = false>
FRESHET_INLINE void multiply_group(const Panel<F>& panel, int g, const int8_t* const (&q)[N],
                                   __m512i (&acc)[N][2]) {
  if constexpr (!kOnto) {
#pragma GCC unroll 6
    for (int t = 0; t < N; ++t) acc[t][0] = acc[t][1] = _mm512_setzero_si512();
  }
  constexpr int kSteps = kPanelGroup<F> / 4;
  // Of six: a core that loads one full register a cycle then has no more loads than vpdpbusd.
  constexpr int kBroadcasts = 2;
#pragma GCC unroll 8
  for (int s = 0; s < kSteps; ++s) {
    const int step = g * kSteps + s;
    const __m512i w0 = panel.bytes[step][0], w1 = panel.bytes[step][1];
#pragma GCC unroll 6
    for (int t = 0; t < N; ++t) {
      if (t < kBroadcasts) {
        const __m512i x = broadcast_dword(q[t] + step * 4);
        acc[t][0] = _mm512_dpbusd_epi32(acc[t][0], w0, x);
        acc[t][1] = _mm512_dpbusd_epi32(acc[t][1], w1, x);
      } else {
        add_products(acc[t][0], w0, q[t] + step * 4);
        add_products(acc[t][1], w1, q[t] + step * 4);
      }
    }
  }
}

/// acc + scale * dx * sum, as dot_bytes.h adds a block.
FRESHET_INLINE __m512 add_scaled_sum(__m512 acc, __m512 scale, float dx, __m512 sum) {
  return _mm512_fmadd_ps(_mm512_mul_ps(scale, _mm512_set1_ps(dx)), sum, acc);
}

/// Sums of 32 of one row, from the sums of 16 that come with it.
FRESHET_INLINE void add_pairs(const int16_t* x_sums, int16_t (&out)[8]) {
  const __m256i of_32 = _mm256_madd_epi16(T::load_bytes(x_sums), _mm256_set1_epi16(1));
  _mm_store_si128(reinterpret_cast<__m128i*>(out), _mm256_cvtepi32_epi16(of_32));
}

/// Sum over groups of mins * x_sums of one row: minima, or what the offsets add.
template <class F>
FRESHET_INLINE void multiply_mins(const Panel<F>& panel, const int16_t* x_sums, __m512i (&sum)[2]) {
  alignas(16) int16_t of_32[8];
  if constexpr (kPanelGroup<F> == 32) {
    add_pairs(x_sums, of_32);
    x_sums = of_32;
  }
  sum[0] = sum[1] = _mm512_setzero_si512();
#pragma GCC unroll 8
  for (int g = 0; g < kPanelGroups<F> / 2; ++g) {
    const __m512i pair = broadcast_dword(x_sums + 2 * g);
    sum[0] = _mm512_dpwssd_epi32(sum[0], panel.mins[g][0], pair);
    sum[1] = _mm512_dpwssd_epi32(sum[1], panel.mins[g][1], pair);
  }
}

/// Sum over groups of scale * dot of N rows, offsets not yet taken off, as integers.
template <class F, int N>
FRESHET_INLINE void multiply_integers(const Panel<F>& panel, const int8_t* const (&q)[N],
                                      __m512i (&total)[N][2]) {
#pragma GCC unroll 6
  for (int t = 0; t < N; ++t) total[t][0] = total[t][1] = _mm512_setzero_si512();
#pragma GCC unroll 1
  for (int g = 0; g < kPanelGroups<F>; ++g) {
    __m512i acc[N][2];
    multiply_group<F, N>(panel, g, q, acc);
#pragma GCC unroll 6
    for (int t = 0; t < N; ++t) {
#pragma GCC unroll 2
      for (int h = 0; h < 2; ++h) {
        total[t][h] =
            _mm512_add_epi32(total[t][h], _mm512_mullo_epi32(acc[t][h], panel.scales[g][h]));
      }
    }
  }
}

/// The same for groups first .. end - 1 in float, exactly.
template <class F, int N>
FRESHET_INLINE void multiply_floats(const Panel<F>& panel, int first, int end,
                                    const int8_t* const (&q)[N], __m512 (&total)[N][2]) {
#pragma GCC unroll 6
  for (int t = 0; t < N; ++t) total[t][0] = total[t][1] = _mm512_setzero_ps();
#pragma GCC unroll 1
  for (int g = first; g < end; ++g) {
    __m512i acc[N][2];
    multiply_group<F, N>(panel, g, q, acc);
#pragma GCC unroll 6
    for (int t = 0; t < N; ++t) {
#pragma GCC unroll 2
      for (int h = 0; h < 2; ++h) {
        total[t][h] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(acc[t][h]),
                                      _mm512_castsi512_ps(panel.scales[g][h]), total[t][h]);
      }
    }
  }
}

/// A super-block of the panel with N activation rows, onto out[N][kPanelRows].
template <class F, int N>
FRESHET_INLINE void multiply_super_block(const Panel<F>& panel, const ByteRow (&x)[N], int64_t b,
                                         float* out) {
  const int8_t* q[N];
#pragma GCC unroll 6
  for (int t = 0; t < N; ++t) q[t] = x[t].q + b * kPanelK;
  __m512 products[N][2];
  [[maybe_unused]] __m512i integers[N][2];
  if constexpr (kExactParts<F> == 0) {
    multiply_integers<F, N>(panel, q, integers);
  } else {
    multiply_floats<F, N>(panel, 0, kPanelGroups<F> / kExactParts<F>, q, products);
    if constexpr (kExactParts<F> == 2) {
      __m512 rest[N][2];
      multiply_floats<F, N>(panel, kPanelGroups<F> / 2, kPanelGroups<F>, q, rest);
#pragma GCC unroll 6
      for (int t = 0; t < N; ++t) {  // the one rounding, as from the integer
        products[t][0] = _mm512_add_ps(products[t][0], rest[t][0]);
        products[t][1] = _mm512_add_ps(products[t][1], rest[t][1]);
      }
    }
  }
#pragma GCC unroll 6
  for (int t = 0; t < N; ++t) {
    const float dx = x[t].scales[b];
    [[maybe_unused]] __m512i mins[2];
    if constexpr (F::kHasMin || kPanelOffset<F> != 0) {
      multiply_mins<F>(panel, x[t].sums + b * 16, mins);
    }
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      float* o = out + t * kPanelRows + h * 16;
      __m512 sum = products[t][h];
      if constexpr (kExactParts<F> == 0) {
        if constexpr (kPanelOffset<F> != 0) {
          integers[t][h] = _mm512_add_epi32(integers[t][h], mins[h]);
        }
        sum = _mm512_cvtepi32_ps(integers[t][h]);
      } else if constexpr (kPanelOffset<F> != 0) {
        sum = _mm512_add_ps(sum, _mm512_cvtepi32_ps(mins[h]));
      }
      __m512 acc = add_scaled_sum(T::load(o), panel.d[0][h], dx, sum);
      if constexpr (F::kHasMin) {
        acc = add_scaled_sum(acc, panel.m[0][h], dx, _mm512_cvtepi32_ps(mins[h]));
      }
      T::store(o, acc);
    }
  }
}

/// n_blocks blocks of 32 of the panel with N activation rows, onto out[N][kPanelRows].
template <class F, int N>
FRESHET_INLINE void multiply_blocks(const Panel<F>& panel, const ByteRow (&x)[N], int64_t b,
                                    int n_blocks, float* out) {
  alignas(32) int32_t offsets[N][8];
  alignas(32) float x_sums[N][8];
  const int8_t* q[N];
  __m512 acc[N][2];
#pragma GCC unroll 6
  for (int t = 0; t < N; ++t) {
    q[t] = x[t].q + b * 32;
    acc[t][0] = T::load(out + t * kPanelRows);
    acc[t][1] = T::load(out + t * kPanelRows + 16);
    const auto mask = static_cast<__mmask8>((1u << n_blocks) - 1);
    const __m256i sums = _mm256_cvtepi16_epi32(_mm_maskz_loadu_epi16(mask, x[t].sums + b));
    _mm256_store_si256(reinterpret_cast<__m256i*>(offsets[t]),
                       _mm256_mullo_epi32(sums, _mm256_set1_epi32(-kPanelOffset<F>)));
    if constexpr (F::kHasMin) _mm256_store_ps(x_sums[t], _mm256_cvtepi32_ps(sums));
  }
#pragma GCC unroll 1
  for (int i = 0; i < n_blocks; ++i) {
    __m512i dot[N][2];
#pragma GCC unroll 6
    for (int t = 0; t < N; ++t) {
      dot[t][0] = dot[t][1] =
          kPanelOffset<F> != 0 ? _mm512_set1_epi32(offsets[t][i]) : _mm512_setzero_si512();
    }
    multiply_group<F, N, true>(panel, i, q, dot);
#pragma GCC unroll 6
    for (int t = 0; t < N; ++t) {
      const float dx = x[t].scales[b + i];
#pragma GCC unroll 2
      for (int h = 0; h < 2; ++h) {
        acc[t][h] = add_scaled_sum(acc[t][h], panel.d[i][h], dx, _mm512_cvtepi32_ps(dot[t][h]));
        if constexpr (F::kHasMin) {
          acc[t][h] = add_scaled_sum(acc[t][h], panel.m[i][h], dx, _mm512_set1_ps(x_sums[t][i]));
        }
      }
    }
  }
#pragma GCC unroll 6
  for (int t = 0; t < N; ++t) {
    T::store(out + t * kPanelRows, acc[t][0]);
    T::store(out + t * kPanelRows + 16, acc[t][1]);
  }
}

/// Columns c .. c + n - 1 of the task, n <= N; places past the last repeat it.
template <class F, int N>
FRESHET_INLINE void multiply_panel(const MatrixProduct& p, const Panel<F>& panel, int c, int n,
                                   int64_t b, int n_blocks, float* out) {
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  ByteRow x[N];
#pragma GCC unroll 6
  for (int t = 0; t < N; ++t) {
    x[t] = ByteRow::at(p.activation_row(c + (t < n ? t : n - 1)), layout);
  }
  if constexpr (F::kBlockSize == 256) {
    multiply_super_block<F, N>(panel, x, b, out);
  } else {
    multiply_blocks<F, N>(panel, x, b, n_blocks, out);
  }
}

/// Asks for the activations of columns c .. that meet the panel next.
template <class F>
FRESHET_INLINE void prefetch_columns(const MatrixProduct& p, int c, int end, int64_t b) {
  for (int t = c; t < end && t < c + kWide; ++t) {
    const char* q = p.activation_row(t) + b * F::kBlockSize;
#pragma GCC unroll 4
    for (int line = 0; line < kPanelK; line += 64) _mm_prefetch(q + line, _MM_HINT_T0);
  }
}

/// All rows with columns c0 .. c0 + n - 1, n <= kPanelColumns.
template <class F>
void multiply_panels(const MatrixProduct& p, int c0, int n) noexcept {
  alignas(64) float out[kPanelColumns][kPanelRows];  // up to kSpare rows past n are scratch
  alignas(64) Panel<F> panel;
  const int64_t n_blocks = p.k / F::kBlockSize;
  const int padded = n + kSpare < kPanelColumns ? n + kSpare : kPanelColumns;
  for (int r0 = 0; r0 < p.rows; r0 += kPanelRows) {
    __builtin_memset(out, 0, static_cast<size_t>(padded) * sizeof(out[0]));
    for (int64_t b = 0; b < n_blocks; b += kPanelBlocks<F>) {
      const int64_t left = n_blocks - b;
      const int take = left < kPanelBlocks<F> ? static_cast<int>(left) : kPanelBlocks<F>;
      fill_panel<F>(p, r0, b, take, panel);
      constexpr auto kBlockBytes = static_cast<int64_t>(sizeof(typename F::Block));
      NextPanel next(p, r0, b * kBlockBytes, take * kBlockBytes, (n + kWide - 1) / kWide);
      for (int c = 0; c < n;) {
        const int tile = tile_of(n - c);
        next.step();
        prefetch_columns<F>(p, c0 + c + tile, c0 + n, b);
        if (tile == kWide) {
          multiply_panel<F, kWide>(p, panel, c0 + c, n - c, b, take, out[c]);
        } else {
          multiply_panel<F, kNarrow>(p, panel, c0 + c, n - c, b, take, out[c]);
        }
        c += tile;
      }
    }
    const int rows = p.rows - r0 < kPanelRows ? p.rows - r0 : kPanelRows;
    for (int c = 0; c < n; ++c) {
      __builtin_memcpy(p.out + (c0 + c) * p.out_stride + r0, out[c],
                       static_cast<size_t>(rows) * sizeof(float));
    }
  }
}

/// Columns from which unpacking a panel pays: from cache, one core of a Zen 4.
template <class F>
inline constexpr int kPanelPays =
    F::kId == Format::Q2_K || F::kId == Format::Q3_K || F::kId == Format::IQ4_XS ? 7
    : F::kBlockSize == 32                                                        ? 5
                                                                                 : 4;

template <class F>
void multiply(const MatrixProduct& p) noexcept {
  if (p.columns < kPanelPays<F>) return multiply_rows<F>(p);
  for (int c = 0; c < p.columns; c += kPanelColumns) {
    multiply_panels<F>(p, c, p.columns - c < kPanelColumns ? p.columns - c : kPanelColumns);
  }
}

}  // namespace freshet::kernels::avx512
