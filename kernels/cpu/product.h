// What a matrix product is asked for.
#pragma once

#include <cstdint>

#include "kernels/inline.h"

namespace freshet::kernels {

/// How kernels for a few columns read weight rows, and ask for them before they need them. What
/// suits best differs between processors (tuned/rows.h); no result depends on it.
struct ReadAhead {
  int streams = 1;  ///< rows read by turns, at least: far apart, each with all that follows it
  int near = 512;   ///< bytes ahead in each stream that are asked for into the first cache
  int far = 0;      ///< of all streams together, into the second cache; 0: not asked for
  bool in_groups = false;    ///< streams are parts of rows_of_group(), not of the whole product
  bool pages_first = false;  ///< all pages of a product are asked for before it begins
};

/// What was measured to suit AVX-512 on Zen 4, AVX2 on Zen 3, and both on Intel.
inline constexpr ReadAhead kFarAhead = {
    .near = 768, .far = 16384, .in_groups = true, .pages_first = true};
inline constexpr ReadAhead kNearAhead = {.near = 512};
inline constexpr ReadAhead kManyStreams = {.streams = 8, .near = 512};

/// out[c][r] = sum over i of weight[r][i] * activation[c][i], for `rows` weight rows and `columns`
/// rows of activations. Every out[c][r] is computed by the same operations in the same order
/// whatever rows and columns stand beside it.
struct MatrixProduct {
  const void* weights;  // row r at weights + r * row_bytes
  int64_t row_bytes;
  int rows;
  int64_t k;                // weights per row
  const void* activations;  // row c at activations + (gather ? gather[c] : c) * activation_stride
  int64_t activation_stride;
  const int32_t* gather;
  int columns;
  float* out;  // out[c * out_stride + r]
  int64_t out_stride;
  const void* next = nullptr;  // where the thread will read weights after these; null: not known
  ReadAhead read_ahead = {};

  [[nodiscard]] const char* weight_row(int r) const {
    return static_cast<const char*>(weights) + r * row_bytes;
  }
  [[nodiscard]] const char* activation_row(int c) const {
    return static_cast<const char*>(activations) + (gather ? gather[c] : c) * activation_stride;
  }
};

/// Rows of so many bytes that kernels for a few columns read as one group (tuned/rows.h): products
/// had best begin and end with whole groups. 48 KiB, but 16 to 512 rows, a multiple of four.
FRESHET_INLINE int rows_of_group(int64_t row_bytes) {
  constexpr int64_t kGroupBytes = int64_t{48} << 10;
  const int64_t rows = kGroupBytes / row_bytes / 4 * 4;
  return static_cast<int>(rows < 16 ? 16 : rows > 512 ? 512 : rows);
}

}  // namespace freshet::kernels
