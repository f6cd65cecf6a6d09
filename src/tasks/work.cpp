#include "tasks/work.h"

#include <algorithm>

namespace freshet {
namespace {

bool is_matrix(const Tensor& tensor) {
  return tensor.n_dims >= 2 && !tensor.name.ends_with("shortconv.conv.weight");
}

}  // namespace

ModelWork count_work(std::span<const Tensor> tensors, int64_t n_experts_used) {
  const bool tied = std::ranges::find(tensors, "output.weight", &Tensor::name) == tensors.end();
  ModelWork work;
  uint64_t all_expert_bytes = 0, n_experts = 0;
  for (const Tensor& tensor : tensors) {
    const auto products = static_cast<uint64_t>(tensor.elements());
    if (tensor.name == "token_embd.weight" || tensor.name == "output.weight") {
      if (tensor.name == "token_embd.weight" && !tied) continue;
      work.shared_bytes += tensor.bytes;
      work.head_products += products;
      continue;
    }
    uint64_t per_row = is_matrix(tensor) ? products : 0;
    if (tensor.n_dims == 3) {  // [in, out, experts]
      const auto experts = static_cast<uint64_t>(tensor.dims[2]);
      per_row = products / experts * static_cast<uint64_t>(n_experts_used);
      all_expert_bytes += tensor.bytes;
      if (tensor.name.ends_with("ffn_down_exps.weight")) {
        n_experts += experts;
        ++work.routed_layers;
      }
    } else {
      work.shared_bytes += tensor.bytes;
    }
    work.row_products += per_row;
    if (is_float_format(tensor.dtype)) work.float_products += per_row;
  }
  if (n_experts > 0) work.expert_bytes = all_expert_bytes / n_experts;
  return work;
}

}  // namespace freshet
