// Tensor: a typed, shaped, non-owning view of weights that lie somewhere else (in a mapped file).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "tensor/dtype.h"

namespace freshet {

/// A row is dims[0] weights stored back to back in blocks of the format; rows follow one another
/// without gaps. A matrix [n_in, n_out] therefore has n_out rows, one per output.
struct Tensor {
  std::string_view name;
  DType dtype = DType::F32;
  std::array<int64_t, 4> dims = {1, 1, 1, 1};  ///< GGUF's order, fastest first; unused ones are 1
  int n_dims = 0;                              ///< 1 to 4
  const std::byte* data = nullptr;             ///< may be unaligned for the element type
  size_t bytes = 0;                            ///< rows() * row_bytes()

  /// Weights in all.
  [[nodiscard]] int64_t elements() const noexcept { return dims[0] * rows(); }
  /// dims[1] * dims[2] * dims[3].
  [[nodiscard]] int64_t rows() const noexcept { return dims[1] * dims[2] * dims[3]; }
  /// Bytes of one row of dims[0] weights.
  [[nodiscard]] size_t row_bytes() const noexcept {
    const DTypeInfo& format = info(dtype);
    return static_cast<size_t>(dims[0] / format.block_size) * format.block_bytes;
  }
  /// Row r of rows(), in the tensor's own format.
  [[nodiscard]] const std::byte* row(int64_t r) const noexcept {
    FRESHET_CHECK(r >= 0 && r < rows());
    return data + static_cast<size_t>(r) * row_bytes();
  }
  /// Expert e of a stack: [n_in, n_out, n_experts] -> the matrix [n_in, n_out].
  [[nodiscard]] Tensor slab(int64_t e) const noexcept {
    FRESHET_CHECK(dims[3] == 1 && e >= 0 && e < dims[2]);
    Tensor matrix = *this;
    matrix.dims[2] = 1;
    matrix.n_dims = 2;
    matrix.bytes = static_cast<size_t>(dims[1]) * row_bytes();
    matrix.data = data + static_cast<size_t>(e) * matrix.bytes;
    return matrix;
  }
};

}  // namespace freshet
