// AVX2 and AVX-VNNI: many rows of byte activations, for prefill. 16 weight rows are unpacked once,
// 256 weights at a time, into a panel whose lanes are rows; then every activation row meets it.
//
// The exact sums of dot_bytes.h by another route: a lane is a weight row, so nothing is reduced
// across lanes, and the floats of a row are added block by block in ascending order, as there. With
// four activation rows at a time every loaded panel vector serves four products, every broadcast
// two. Without VNNI, sums of vpmaddubsw are added as words as long as they fit (eight times where
// weights are nibbles), so that a vpmaddwd, which multiplies by the scale too, is rare: 17
// instructions where the plain byte product takes 24. A core whose plain byte product does 105
// GMAC/s does with 512 columns: Q4_K 114, Q5_K 101, Q4_0 101, Q6_K 78, Q8_0 54 (signed weights need
// vpsignb and their sums fit no word twice); by VNNI, at 229 GMAC/s: Q4_K 126, Q6_K 103, Q8_0 129.
#pragma once

#include "kernels/cpu/tuned/avx2_panel_fill.h"
#include "kernels/cpu/tuned/avx2_row.h"
#include "kernels/cpu/tuned/avx2_words.h"

namespace freshet::kernels::avx2 {

/// Activation rows that meet a panel before it is unpacked anew for the next ones.
inline constexpr int kPanelColumns = 512;
inline constexpr int kTokens = 4;

FRESHET_INLINE __m256i broadcast_dword(const void* p) {
  int32_t four = 0;
  __builtin_memcpy(&four, p, 4);
  return _mm256_set1_epi32(four);
}

/// Steps whose sums of two products, added, fit a word; a divisor of the steps of a group.
template <class F>
constexpr int steps_in_words() {
  int steps = kPanelGroup<F> / 4;
  while (!fits_word<F>(2 * steps)) steps /= 2;
  return steps;
}

/// Sums of two products of weights and activations; magnitude = |w| where weights are signed.
template <class F>
FRESHET_INLINE __m256i step_words(__m256i w, __m256i magnitude, __m256i x) {
  if constexpr (F::kSigned) {
    return _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(x, w));
  } else {
    return _mm256_maddubs_epi16(w, x);
  }
}

/// Adds scale * products of group g of the panel with N activation rows; scales are pairs of words.
template <class F, int N>
FRESHET_INLINE void add_group_by_words(const Panel<F>& panel, int g, const int8_t* const (&q)[N],
                                       const __m256i (&scale)[2], __m256i (&total)[N][2]) {
  constexpr int kSteps = kPanelGroup<F> / 4, kTogether = steps_in_words<F>();
#pragma GCC unroll 8
  for (int first = 0; first < kSteps; first += kTogether) {
    __m256i sum[N][2];
#pragma GCC unroll 8
    for (int s = 0; s < kTogether; ++s) {
      const int step = g * kSteps + first + s;
      const __m256i w0 = panel.bytes[step][0], w1 = panel.bytes[step][1];
      __m256i m0 = w0, m1 = w1;
      if constexpr (F::kSigned) {
        m0 = _mm256_abs_epi8(w0);
        m1 = _mm256_abs_epi8(w1);
      }
#pragma GCC unroll 4
      for (int t = 0; t < N; ++t) {
        const __m256i x = broadcast_dword(q[t] + step * 4);
        const __m256i p0 = step_words<F>(w0, m0, x), p1 = step_words<F>(w1, m1, x);
        sum[t][0] = s == 0 ? p0 : in_order(_mm256_add_epi16(sum[t][0], p0));
        sum[t][1] = s == 0 ? p1 : in_order(_mm256_add_epi16(sum[t][1], p1));
      }
    }
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) {
      total[t][0] = _mm256_add_epi32(total[t][0], _mm256_madd_epi16(sum[t][0], scale[0]));
      total[t][1] = _mm256_add_epi32(total[t][1], _mm256_madd_epi16(sum[t][1], scale[1]));
    }
  }
}

/// The products of group g onto sum, by VNNI.
template <class T, class F, int N>
FRESHET_INLINE void dot_group_onto(const Panel<F>& panel, int g, const int8_t* const (&q)[N],
                                   __m256i (&sum)[N][2]) {
  constexpr int kSteps = kPanelGroup<F> / 4;
#pragma GCC unroll 8
  for (int s = 0; s < kSteps; ++s) {
    const int step = g * kSteps + s;
    const __m256i w0 = panel.bytes[step][0], w1 = panel.bytes[step][1];
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) {
      const __m256i x = broadcast_dword(q[t] + step * 4);
      sum[t][0] = T::dot(sum[t][0], w0, x);
      sum[t][1] = T::dot(sum[t][1], w1, x);
    }
  }
}

/// Adds scale * products of a group of a super-block to N totals.
template <class T, class F, int N>
FRESHET_INLINE void add_scaled_group(const Panel<F>& panel, int g, const int8_t* const (&q)[N],
                                     __m256i (&total)[N][2]) {
  if constexpr (T::kSignedBias == 0) {
    add_group_by_words<F, N>(panel, g, q, panel.scales[g], total);
  } else {
    __m256i sum[N][2];
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) sum[t][0] = sum[t][1] = _mm256_setzero_si256();
    dot_group_onto<T, F, N>(panel, g, q, sum);
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) {
#pragma GCC unroll 2
      for (int h = 0; h < 2; ++h) {
        total[t][h] =
            _mm256_add_epi32(total[t][h], _mm256_mullo_epi32(sum[t][h], panel.scales[g][h]));
      }
    }
  }
}

/// acc + scale * dx * sum, as dot_bytes.h adds a block.
FRESHET_INLINE __m256 add_scaled_sum(__m256 acc, __m256 scale, float dx, __m256 sum) {
  return _mm256_fmadd_ps(_mm256_mul_ps(scale, _mm256_set1_ps(dx)), sum, acc);
}

/// Sum over groups of mins * x_sums of one row: minima, or what the offsets add.
template <class F>
FRESHET_INLINE void multiply_mins(const Panel<F>& panel, const int16_t* x_sums, __m256i (&sum)[2]) {
  alignas(16) int16_t of_32[8];
  if constexpr (kPanelGroup<F> == 32) {
    const __m256i pairs = _mm256_madd_epi16(Avx2::load_bytes(x_sums), _mm256_set1_epi16(1));
    _mm_store_si128(
        reinterpret_cast<__m128i*>(of_32),
        _mm_packs_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1)));
    x_sums = of_32;
  }
  sum[0] = sum[1] = _mm256_setzero_si256();
#pragma GCC unroll 8
  for (int g = 0; g < kPanelGroups<F> / 2; ++g) {
    const __m256i pair = broadcast_dword(x_sums + 2 * g);
    sum[0] = _mm256_add_epi32(sum[0], _mm256_madd_epi16(panel.mins[g][0], pair));
    sum[1] = _mm256_add_epi32(sum[1], _mm256_madd_epi16(panel.mins[g][1], pair));
  }
}

/// A super-block of the panel with N activation rows, onto out[N][kPanelRows].
template <class T, class F, int N>
FRESHET_INLINE void multiply_super_block(const Panel<F>& panel, const ByteRow (&x)[N], int64_t b,
                                         float* out) {
  const int8_t* q[N];
  __m256i total[N][2];
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) {
    q[t] = x[t].q + b * kPanelK;
    total[t][0] = total[t][1] = _mm256_setzero_si256();
  }
#pragma GCC unroll 1
  for (int g = 0; g < kPanelGroups<F>; ++g) add_scaled_group<T, F, N>(panel, g, q, total);
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) {
    const float dx = x[t].scales[b];
    [[maybe_unused]] __m256i mins[2];
    if constexpr (F::kHasMin || kByteBias<F, T> != 0) {
      multiply_mins<F>(panel, x[t].sums + b * 16, mins);
    }
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      float* o = out + t * kPanelRows + h * 8;
      if constexpr (kByteBias<F, T> != 0) total[t][h] = _mm256_add_epi32(total[t][h], mins[h]);
      __m256 acc =
          add_scaled_sum(_mm256_load_ps(o), panel.d[0][h], dx, _mm256_cvtepi32_ps(total[t][h]));
      if constexpr (F::kHasMin) {
        acc = add_scaled_sum(acc, panel.m[0][h], dx, _mm256_cvtepi32_ps(mins[h]));
      }
      _mm256_store_ps(o, acc);
    }
  }
}

/// n_blocks blocks of 32 of the panel with N activation rows, onto out[N][kPanelRows].
template <class T, class F, int N>
FRESHET_INLINE void multiply_blocks(const Panel<F>& panel, const ByteRow (&x)[N], int64_t b,
                                    int n_blocks, float* out) {
  const int8_t* q[N];
  __m256 acc[N][2];
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) {
    q[t] = x[t].q + b * 32;
    acc[t][0] = _mm256_load_ps(out + t * kPanelRows);
    acc[t][1] = _mm256_load_ps(out + t * kPanelRows + 8);
  }
#pragma GCC unroll 1
  for (int i = 0; i < n_blocks; ++i) {
    __m256i dot[N][2];
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) {
      dot[t][0] = dot[t][1] = _mm256_set1_epi32(-kByteBias<F, T> * x[t].sums[b + i]);
    }
    if constexpr (T::kSignedBias == 0) {
      const __m256i ones[2] = {_mm256_set1_epi16(1), _mm256_set1_epi16(1)};
      add_group_by_words<F, N>(panel, i, q, ones, dot);
    } else {
      dot_group_onto<T, F, N>(panel, i, q, dot);
    }
#pragma GCC unroll 4
    for (int t = 0; t < N; ++t) {
      const float dx = x[t].scales[b + i];
      [[maybe_unused]] const auto x_sum = static_cast<float>(x[t].sums[b + i]);
#pragma GCC unroll 2
      for (int h = 0; h < 2; ++h) {
        acc[t][h] = add_scaled_sum(acc[t][h], panel.d[i][h], dx, _mm256_cvtepi32_ps(dot[t][h]));
        if constexpr (F::kHasMin) {
          acc[t][h] = add_scaled_sum(acc[t][h], panel.m[i][h], dx, _mm256_set1_ps(x_sum));
        }
      }
    }
  }
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) {
    _mm256_store_ps(out + t * kPanelRows, acc[t][0]);
    _mm256_store_ps(out + t * kPanelRows + 8, acc[t][1]);
  }
}

/// Columns c .. c + n - 1 of the task, n <= N; places past the last repeat it.
template <class T, class F, int N>
FRESHET_INLINE void multiply_panel(const MatrixProduct& p, const Panel<F>& panel, int c, int n,
                                   int64_t b, int n_blocks, float* out) {
  const ActivationLayout layout = activation_layout(F::kActivation, p.k);
  ByteRow x[N];
#pragma GCC unroll 4
  for (int t = 0; t < N; ++t) {
    x[t] = ByteRow::at(p.activation_row(c + (t < n ? t : n - 1)), layout);
  }
  if constexpr (F::kBlockSize == 256) {
    multiply_super_block<T, F, N>(panel, x, b, out);
  } else {
    multiply_blocks<T, F, N>(panel, x, b, n_blocks, out);
  }
}

/// Asks for the activations of columns c .. that meet the panel next.
template <class F>
FRESHET_INLINE void prefetch_columns(const MatrixProduct& p, int c, int end, int64_t b) {
  for (int t = c; t < end && t < c + kTokens; ++t) {
    const char* q = p.activation_row(t) + b * F::kBlockSize;
#pragma GCC unroll 4
    for (int line = 0; line < kPanelK; line += 64) _mm_prefetch(q + line, _MM_HINT_T0);
  }
}

/// All rows with columns c0 .. c0 + n - 1, n <= kPanelColumns.
template <class T, class F>
void multiply_panels(const MatrixProduct& p, int c0, int n) noexcept {
  alignas(64) float out[kPanelColumns][kPanelRows];  // up to kTokens - 1 rows past n are scratch
  alignas(64) Panel<F> panel;
  const int64_t n_blocks = p.k / F::kBlockSize;
  const int padded = (n + kTokens - 1) / kTokens * kTokens;
  for (int r0 = 0; r0 < p.rows; r0 += kPanelRows) {
    __builtin_memset(out, 0, static_cast<size_t>(padded) * sizeof(out[0]));
    for (int64_t b = 0; b < n_blocks; b += kPanelBlocks<F>) {
      const int64_t left = n_blocks - b;
      const int take = left < kPanelBlocks<F> ? static_cast<int>(left) : kPanelBlocks<F>;
      fill_panel<T, F>(p, r0, b, take, panel);
      constexpr auto kBlockBytes = static_cast<int64_t>(sizeof(typename F::Block));
      NextPanel next(p, r0, b * kBlockBytes, take * kBlockBytes, padded / kTokens);
      for (int c = 0; c < n; c += kTokens) {
        next.step();
        prefetch_columns<F>(p, c0 + c + kTokens, c0 + n, b);
        if (c + 1 == n) {
          multiply_panel<T, F, 1>(p, panel, c0 + c, 1, b, take, out[c]);
        } else {
          multiply_panel<T, F, kTokens>(p, panel, c0 + c, n - c, b, take, out[c]);
        }
      }
    }
    const int rows = p.rows - r0 < kPanelRows ? p.rows - r0 : kPanelRows;
    for (int c = 0; c < n; ++c) {
      __builtin_memcpy(p.out + (c0 + c) * p.out_stride + r0, out[c],
                       static_cast<size_t>(rows) * sizeof(float));
    }
  }
}

/// Columns from which unpacking a panel pays.
inline constexpr int kPanelPays = 8;

template <class T, class F>
void multiply(const MatrixProduct& p) noexcept {
  if (p.columns < kPanelPays) return multiply_rows<T, F>(p);
  for (int c = 0; c < p.columns; c += kPanelColumns) {
    multiply_panels<T, F>(p, c, p.columns - c < kPanelColumns ? p.columns - c : kPanelColumns);
  }
}

}  // namespace freshet::kernels::avx2
