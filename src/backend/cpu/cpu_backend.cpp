#include "backend/cpu/cpu_backend.h"

#include <utility>

#include "kernels/cpu/dispatch.h"
#include "kernels/formats/codec.h"

namespace freshet {

CpuBackend::CpuBackend(const kernels::Kernels& kernels, int n_threads, kernels::CacheType key,
                       kernels::CacheType value, std::function<bool()> idle_work)
    : kernels_(kernels),
      read_ahead_(kernels::read_ahead_here(kernels)),
      cache_(kernels.caches[static_cast<int>(key)][static_cast<int>(value)]),
      key_type_(key),
      value_type_(value),
      team_(n_threads, std::move(idle_work)) {}

Rows CpuBackend::begin(int n, int64_t width) {
  scratch_.reset();
  const size_t bytes = static_cast<size_t>(n * width) * sizeof(float);
  if (residual_.bytes() < bytes) residual_ = Buffer(bytes);
  return {residual_.as<float>().data(), n, width};
}

Rows CpuBackend::rows(int n, int64_t width) {
  return {scratch_.take<float>(static_cast<size_t>(n * width)), n, width};
}

Routing CpuBackend::routing(int n_rows, int n_experts, int n_used) {
  const auto n_choices = static_cast<size_t>(n_rows) * n_used;
  return {.n_used = n_used,
          .n_experts = n_experts,
          .experts = scratch_.take<int32_t>(n_choices),
          .weights = scratch_.take<float>(n_choices),
          .slots = scratch_.take<int32_t>(n_choices),
          .slot_rows = scratch_.take<int32_t>(n_choices),
          .first_slot = scratch_.take<int32_t>(static_cast<size_t>(n_experts) + 1)};
}

void CpuBackend::embed(const Tensor& table, std::span<const TokenId> tokens, Rows h) {
  team_.run([&](Worker& worker) {
    worker.for_each_chunk(tokens.size(), 16, [&](size_t begin, size_t end) {
      for (size_t r = begin; r < end; ++r) {
        kernels::decode_row(table.dtype, table.row(tokens[r]), h.row(static_cast<int>(r)), h.width);
      }
    });
  });
}

}  // namespace freshet
