// A backend around a backend: every sentence is passed on. Those who watch a pass override what
// they want to see.
#pragma once

#include <memory>
#include <utility>

#include "backend/backend.h"

namespace freshet {

class ForwardingBackend : public Backend {
 public:
  explicit ForwardingBackend(std::unique_ptr<Backend> computes) : computes_(std::move(computes)) {}

  Rows begin(int n, int64_t width) override { return computes_->begin(n, width); }
  Rows rows(int n, int64_t width) override { return computes_->rows(n, width); }
  Routing routing(int n_rows, int n_experts, int n_used) override {
    return computes_->routing(n_rows, n_experts, n_used);
  }
  void release() override { computes_->release(); }

  void embed(const Tensor& table, std::span<const TokenId> tokens, Rows h) override {
    computes_->embed(table, tokens, h);
  }
  void project(Rows x, const Norm& norm, std::span<const Projection> projections) override {
    computes_->project(x, norm, projections);
  }
  void project_add(Rows x, const Tensor& weight, Rows residual) override {
    computes_->project_add(x, weight, residual);
  }
  void short_conv(Rows bcx, const ConvLayer& layer, const Step& step, Rows out) override {
    computes_->short_conv(bcx, layer, step, out);
  }
  void attend(Rows q, Rows k, Rows v, const AttentionLayer& layer, const Step& step,
              Rows out) override {
    computes_->attend(q, k, v, layer, step, out);
  }
  void gate_up(Rows x, const Norm& norm, const Tensor& gate, const Tensor& up, Rows out) override {
    computes_->gate_up(x, norm, gate, up, out);
  }
  void route(Rows x, const Norm& norm, const Router& router, Rows normed,
             Routing& routing) override {
    computes_->route(x, norm, router, normed, routing);
    experts_touched_ = computes_->experts_touched();
  }
  void expert_gate_up(Rows normed, const Routing& routing, const Tensor& gate, const Tensor& up,
                      Rows out) override {
    computes_->expert_gate_up(normed, routing, gate, up, out);
  }
  void expert_down_add(Rows a, const Routing& routing, const Tensor& down, Rows residual) override {
    computes_->expert_down_add(a, routing, down, residual);
  }
  void head(Rows h, std::span<const int32_t> wanted, const Norm& norm, const Tensor& table,
            float* logits) override {
    computes_->head(h, wanted, norm, table, logits);
  }

 private:
  std::unique_ptr<Backend> computes_;
};

}  // namespace freshet
