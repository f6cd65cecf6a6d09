// AVX2 and AVX-VNNI: 16 weight rows, 256 weights at a time, as a panel whose lanes are rows.
#pragma once

#include "kernels/cpu/dot_bytes.h"
#include "kernels/cpu/tuned/avx2_reduce.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels::avx2 {

inline constexpr int kPanelRows = 16;
inline constexpr int kPanelK = 256;

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

/// 256 weights of 16 rows. Vectors are pairs: rows 0..7, rows 8..15.
template <class F>
struct Panel {
  __m256i bytes[kPanelK / 4][2];         // four weights of each row
  __m256i scales[kPanelGroups<F>][2];    // super-blocks only, see T::panel_scale_*
  __m256i mins[kPanelGroups<F> / 2][2];  // words of neighbouring groups; super-blocks only:
                                         // minima, or scales times minus the offset
  __m256 d[kPanelBlocks<F>][2];
  __m256 m[kPanelBlocks<F>][2];
};

/// Where eight rows have the same block.
struct EightRows {
  const char* at[8];

  template <class F>
  FRESHET_INLINE const typename F::Block& block(int r, int i = 0) const {
    return reinterpret_cast<const typename F::Block*>(at[r])[i];
  }
};

/// The bytes of panels: as they are unpacked, but unsigned where the tag has a bias for signed
/// ones.
template <class T, class F>
FRESHET_INLINE __m256i panel_bytes(__m256i w) {
  if constexpr (F::kSigned && T::kSignedBias != 0) {
    return _mm256_xor_si256(w, _mm256_set1_epi8(static_cast<char>(T::kSignedBias)));
  } else {
    return w;
  }
}

/// 32 weights of eight rows, unpack(r) each, to eight steps of the panel.
template <class T, class F, class Unpack>
FRESHET_INLINE void fill_steps(__m256i (*steps)[2], int half, Unpack unpack) {
  __m256i v[8];
#pragma GCC unroll 8
  for (int r = 0; r < 8; ++r) v[r] = panel_bytes<T, F>(unpack(r));
  transpose(v);
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) steps[i][half] = v[i];
}

/// The integer scales of eight super-blocks.
template <class T, class F>
FRESHET_INLINE void fill_scales(const EightRows& rows, int half, Panel<F>& panel) {
  __m256i scales[8], mins[8];  // dword i of a row: words 2i and 2i + 1 of GroupScales
#pragma GCC unroll 8
  for (int r = 0; r < 8; ++r) {
    const GroupScales s = F::template scales<T>(rows.block<F>(r));
    scales[r] = T::load_bytes(s.scale);
    if constexpr (F::kHasMin) mins[r] = T::load_bytes(s.min);
  }
  transpose(scales);
  if constexpr (F::kHasMin) {
    transpose(mins);
  } else if constexpr (kByteBias<F, T> != 0) {
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
      mins[i] = _mm256_mullo_epi16(scales[i], _mm256_set1_epi16(-kByteBias<F, T>));
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    if constexpr (F::kGroup == 16) {
      panel.scales[2 * i][half] = T::even_words(scales[i]);
      panel.scales[2 * i + 1][half] = T::odd_words(scales[i]);
    } else {
      panel.scales[i][half] = T::odd_words(scales[i]);
    }
  }
  if constexpr (F::kHasMin || kByteBias<F, T> != 0) {
#pragma GCC unroll 8
    for (int i = 0; i < kPanelGroups<F> / 2; ++i) {
      panel.mins[i][half] = F::kGroup == 16
                                ? mins[i]
                                : _mm256_blend_epi16(mins[i % 4 * 2], mins[i % 4 * 2 + 1], 0xAA);
    }
  }
}

/// Float scales, and minima, of block i of eight rows, by way of memory.
template <class T, class F>
FRESHET_INLINE void fill_floats(const EightRows& rows, int i, int half, Panel<F>& panel) {
  alignas(32) float d[8], m[8];
#pragma GCC unroll 8
  for (int r = 0; r < 8; ++r) {
    d[r] = F::template scale<T>(rows.block<F>(r, i));
    if constexpr (F::kHasMin) m[r] = F::template min<T>(rows.block<F>(r, i));
  }
  panel.d[i][half] = _mm256_load_ps(d);
  if constexpr (F::kHasMin) panel.m[i][half] = _mm256_load_ps(m);
}

/// 256 weights (or 32 n_blocks) from block b on of rows r0 .. r0 + 15; rows past the last repeat
/// it.
template <class T, class F>
void fill_panel(const MatrixProduct& p, int r0, int64_t b, int n_blocks, Panel<F>& panel) {
  for (int half = 0; half < 2; ++half) {
    EightRows rows;
    for (int i = 0; i < 8; ++i) {
      const int r = r0 + half * 8 + i;
      rows.at[i] = p.weight_row(r < p.rows ? r : p.rows - 1) +
                   b * static_cast<int64_t>(sizeof(typename F::Block));
    }
    if constexpr (F::kBlockSize == 256) {
#pragma GCC unroll 8
      for (int g = 0; g < 8; ++g) {
        fill_steps<T, F>(panel.bytes + 8 * g, half, [&](int r) FRESHET_INLINE_LAMBDA {
          return F::template unpack<T>(rows.block<F>(r), g);
        });
      }
      fill_scales<T, F>(rows, half, panel);
      fill_floats<T, F>(rows, 0, half, panel);
    } else {
      for (int i = 0; i < n_blocks; ++i) {
        fill_steps<T, F>(panel.bytes + 8 * i, half, [&](int r) FRESHET_INLINE_LAMBDA {
          return F::template unpack<T>(rows.block<F>(r, i));
        });
        fill_floats<T, F>(rows, i, half, panel);
      }
    }
  }
}

/// What the next panel is filled from, asked for a few rows at a time while this one is multiplied:
/// all at once would fill the queue of outstanding reads and stop everything behind it.
class NextPanel {
 public:
  /// After block b of rows r0 ..: the next blocks of the same rows, or the first ones of the next
  /// rows, which may lie in the next task.
  FRESHET_INLINE NextPanel(const MatrixProduct& p, int r0, int64_t offset, int64_t bytes, int steps)
      : row_bytes_(p.row_bytes), bytes_(bytes), rows_per_step_((kPanelRows + steps - 1) / steps) {
    const bool same_rows = offset + bytes < p.row_bytes;
    at_ = p.weight_row(same_rows ? r0 : r0 + kPanelRows) + (same_rows ? offset + bytes : 0);
  }
  FRESHET_INLINE void step() {
    for (int i = 0; i < rows_per_step_ && row_ < kPanelRows; ++i, ++row_, at_ += row_bytes_) {
      for (int64_t line = 0; line < bytes_ + 63; line += 64) {
        _mm_prefetch(at_ + line, _MM_HINT_T1);
      }
    }
  }

 private:
  const char* at_;
  int64_t row_bytes_, bytes_;
  int rows_per_step_, row_ = 0;
};

}  // namespace freshet::kernels::avx2
