// What a matrix product is asked for.
#pragma once

#include <cstdint>

#include "kernels/inline.h"

namespace freshet::kernels {

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
