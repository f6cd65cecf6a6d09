#include "backend/timed_backend.h"

#include <chrono>

namespace freshet {
namespace {

constexpr std::array<const char*, kOperations> kNames = {
    "embed",   "project", "short_conv",     "attend",          "project_add",
    "gate_up", "route",   "expert_gate_up", "expert_down_add", "head"};

uint64_t floats(int64_t n) { return static_cast<uint64_t>(n) * sizeof(float); }

/// A matrix read once and multiplied with n rows.
void add_product(OperationCost& cost, const Tensor& weight, int64_t n) {
  cost.bytes += weight.bytes;
  (is_float_format(weight.dtype) ? cost.float_products : cost.byte_products) +=
      static_cast<uint64_t>(weight.elements() * n);
}

/// Those of a stack of experts that have rows.
void add_expert_products(OperationCost& cost, const Routing& routing, const Tensor& stack) {
  for (int e = 0; e < routing.n_experts; ++e) {
    const int32_t n = routing.first_slot[e + 1] - routing.first_slot[e];
    if (n > 0) add_product(cost, stack.slab(e), n);
  }
}

}  // namespace

const char* operation_name(Operation operation) noexcept {
  return kNames[static_cast<size_t>(operation)];
}

template <class F>
OperationCost& TimedBackend::time(Operation operation, F&& sentence) {
  using Clock = std::chrono::steady_clock;
  OperationCost& cost = costs_[static_cast<size_t>(operation)];
  const Clock::time_point start = Clock::now();
  sentence();
  cost.seconds += std::chrono::duration<double>(Clock::now() - start).count();
  ++cost.calls;
  return cost;
}

void TimedBackend::embed(const Tensor& table, std::span<const TokenId> tokens, Rows h) {
  OperationCost& cost =
      time(Operation::kEmbed, [&] { ForwardingBackend::embed(table, tokens, h); });
  cost.bytes += tokens.size() * table.row_bytes();
}

void TimedBackend::project(Rows x, const Norm& norm, std::span<const Projection> projections) {
  OperationCost& cost =
      time(Operation::kProject, [&] { ForwardingBackend::project(x, norm, projections); });
  cost.bytes += floats(x.width);
  for (const Projection& p : projections) add_product(cost, *p.weight, x.n);
}

void TimedBackend::project_add(Rows x, const Tensor& weight, Rows residual) {
  OperationCost& cost =
      time(Operation::kProjectAdd, [&] { ForwardingBackend::project_add(x, weight, residual); });
  add_product(cost, weight, x.n);
}

void TimedBackend::short_conv(Rows bcx, const ConvLayer& layer, const Step& step, Rows out) {
  OperationCost& cost =
      time(Operation::kShortConv, [&] { ForwardingBackend::short_conv(bcx, layer, step, out); });
  const int64_t tap_weights = layer.taps * out.width;
  const auto n_sequences = static_cast<int64_t>(step.sequences.size());
  cost.bytes += floats(tap_weights + n_sequences * (layer.taps - 1) * out.width);
  cost.float_products += static_cast<uint64_t>(tap_weights * out.n);
}

void TimedBackend::attend(Rows q, Rows k, Rows v, const AttentionLayer& layer, const Step& step,
                          Rows out) {
  OperationCost& cost =
      time(Operation::kAttend, [&] { ForwardingBackend::attend(q, k, v, layer, step, out); });
  const int64_t page_bytes =
      layer.n_kv_heads * kernels::cache_layout(key_, value_, layer.head_dim).bytes;
  int64_t positions = 0, meetings = 0;  // read once per sequence; of a row and an earlier one
  for (const StepSequence& s : step.sequences) {
    positions += s.first_position + s.n_rows;
    meetings += s.n_rows * s.first_position + int64_t{s.n_rows} * (s.n_rows + 1) / 2;
  }
  cost.bytes += floats(2 * layer.head_dim) +
                static_cast<uint64_t>(positions * page_bytes / kernels::kPageSize);
  cost.float_products += static_cast<uint64_t>(meetings * 2 * layer.n_heads * layer.head_dim);
}

void TimedBackend::gate_up(Rows x, const Norm& norm, const Tensor& gate, const Tensor& up,
                           Rows out) {
  OperationCost& cost =
      time(Operation::kGateUp, [&] { ForwardingBackend::gate_up(x, norm, gate, up, out); });
  cost.bytes += floats(x.width);
  add_product(cost, gate, x.n);
  add_product(cost, up, x.n);
}

void TimedBackend::route(Rows x, const Norm& norm, const Router& router, Rows normed,
                         Routing& routing) {
  OperationCost& cost =
      time(Operation::kRoute, [&] { ForwardingBackend::route(x, norm, router, normed, routing); });
  cost.bytes += floats(x.width) + floats(router.n_experts);
  add_product(cost, *router.weight, x.n);
}

void TimedBackend::expert_gate_up(Rows normed, const Routing& routing, const Tensor& gate,
                                  const Tensor& up, Rows out) {
  OperationCost& cost = time(Operation::kExpertGateUp, [&] {
    ForwardingBackend::expert_gate_up(normed, routing, gate, up, out);
  });
  add_expert_products(cost, routing, gate);
  add_expert_products(cost, routing, up);
}

void TimedBackend::expert_down_add(Rows a, const Routing& routing, const Tensor& down,
                                   Rows residual) {
  OperationCost& cost = time(Operation::kExpertDownAdd, [&] {
    ForwardingBackend::expert_down_add(a, routing, down, residual);
  });
  add_expert_products(cost, routing, down);
}

void TimedBackend::head(Rows h, std::span<const int32_t> wanted, const Norm& norm,
                        const Tensor& table, float* logits) {
  OperationCost& cost =
      time(Operation::kHead, [&] { ForwardingBackend::head(h, wanted, norm, table, logits); });
  if (wanted.empty()) return;
  cost.bytes += floats(h.width);
  add_product(cost, table, static_cast<int64_t>(wanted.size()));
}

}  // namespace freshet
