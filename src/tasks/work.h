// The work of a forward pass, counted from the tensors: what it must read and multiply.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace freshet {

struct ModelWork {
  uint64_t shared_bytes = 0;    ///< of all weights but the experts': each step reads them once
  uint64_t expert_bytes = 0;    ///< of one expert of one layer: gate, up, down; the mean of all
  uint64_t routed_layers = 0;   ///< layers with experts
  uint64_t row_products = 0;    ///< multiply-adds that take one row through all layers
  uint64_t head_products = 0;   ///< multiply-adds from one row to its logits
  uint64_t float_products = 0;  ///< those of row_products whose weights are floats

  /// Bytes that a step touches whose rows were routed to `experts_touched` experts, summed over
  /// the layers.
  [[nodiscard]] uint64_t step_bytes(uint64_t experts_touched) const noexcept {
    return shared_bytes + experts_touched * expert_bytes;
  }
};

/// Counts by the names that tensors of the family have. `n_experts_used`: per row and layer. Norms
/// and convolution taps are read but multiply no matrix; of an embedding that is not the head too,
/// a step reads rows alone, which do not count.
[[nodiscard]] ModelWork count_work(std::span<const Tensor> tensors, int64_t n_experts_used);

}  // namespace freshet
