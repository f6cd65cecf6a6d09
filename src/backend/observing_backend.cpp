#include "backend/observing_backend.h"

#include <cmath>

namespace freshet {
namespace {

/// x * weight over the root of its mean square.
void rms_norm(const float* x, const Norm& norm, int64_t width, float* out) {
  double squares = 0;
  for (int64_t i = 0; i < width; ++i) squares += double{x[i]} * x[i];
  const double mean = squares / static_cast<double>(width);
  const auto scale = static_cast<float>(1.0 / std::sqrt(mean + norm.epsilon));
  for (int64_t i = 0; i < width; ++i) out[i] = x[i] * scale * norm.weight[i];
}

}  // namespace

void ObservingBackend::observe_rows(std::span<const Tensor* const> weights, Rows x) {
  rows_.clear();
  for (int r = 0; r < x.n; ++r) rows_.push_back(x.row(r));
  observe_(weights, 0, rows_);
}

/// All rows of x, or those that are wanted.
void ObservingBackend::observe_normed(std::span<const Tensor* const> weights, Rows x,
                                      const Norm& norm, std::span<const int32_t> wanted) {
  const int n = wanted.empty() ? x.n : static_cast<int>(wanted.size());
  normed_.resize(static_cast<size_t>(n * x.width));
  const Rows normed{normed_.data(), n, x.width};
  for (int i = 0; i < n; ++i) {
    rms_norm(x.row(wanted.empty() ? i : wanted[static_cast<size_t>(i)]), norm, x.width,
             normed.row(i));
  }
  observe_rows(weights, normed);
}

void ObservingBackend::project(Rows x, const Norm& norm, std::span<const Projection> projections) {
  std::vector<const Tensor*> weights;
  for (const Projection& p : projections) weights.push_back(p.weight);
  observe_normed(weights, x, norm);
  ForwardingBackend::project(x, norm, projections);
}

void ObservingBackend::project_add(Rows x, const Tensor& weight, Rows residual) {
  observe_rows({{&weight}}, x);
  ForwardingBackend::project_add(x, weight, residual);
}

void ObservingBackend::gate_up(Rows x, const Norm& norm, const Tensor& gate, const Tensor& up,
                               Rows out) {
  observe_normed({{&gate, &up}}, x, norm);
  ForwardingBackend::gate_up(x, norm, gate, up, out);
}

void ObservingBackend::expert_gate_up(Rows normed, const Routing& routing, const Tensor& gate,
                                      const Tensor& up, Rows out) {
  for (int e = 0; e < routing.n_experts; ++e) {
    rows_.clear();
    for (int s = routing.first_slot[e]; s < routing.first_slot[e + 1]; ++s) {
      rows_.push_back(normed.row(routing.slot_rows[s]));
    }
    if (!rows_.empty()) observe_({{&gate, &up}}, e, rows_);
  }
  ForwardingBackend::expert_gate_up(normed, routing, gate, up, out);
}

void ObservingBackend::expert_down_add(Rows a, const Routing& routing, const Tensor& down,
                                       Rows residual) {
  for (int e = 0; e < routing.n_experts; ++e) {
    rows_.clear();
    for (int s = routing.first_slot[e]; s < routing.first_slot[e + 1]; ++s) {
      rows_.push_back(a.row(s));
    }
    if (!rows_.empty()) observe_({{&down}}, e, rows_);
  }
  ForwardingBackend::expert_down_add(a, routing, down, residual);
}

void ObservingBackend::head(Rows h, std::span<const int32_t> wanted, const Norm& norm,
                            const Tensor& table, float* logits) {
  if (!wanted.empty()) observe_normed({{&table}}, h, norm, wanted);
  ForwardingBackend::head(h, wanted, norm, table, logits);
}

}  // namespace freshet
