// A backend that shows somebody what every weight is multiplied with, and lets another compute.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "backend/forwarding_backend.h"

namespace freshet {

/// Rows of float[n_in] that each of `weights` is about to be multiplied with. Of a stack of experts
/// it is `matrix`, otherwise 0. The rows are gone when the call returns.
using InputObserver = std::function<void(std::span<const Tensor* const> weights, int64_t matrix,
                                         std::span<const float* const> rows)>;

/// Routers are not shown: nobody quantises them.
class ObservingBackend final : public ForwardingBackend {
 public:
  ObservingBackend(std::unique_ptr<Backend> computes, InputObserver observe)
      : ForwardingBackend(std::move(computes)), observe_(std::move(observe)) {}

  void project(Rows x, const Norm& norm, std::span<const Projection> projections) override;
  void project_add(Rows x, const Tensor& weight, Rows residual) override;
  void gate_up(Rows x, const Norm& norm, const Tensor& gate, const Tensor& up, Rows out) override;
  void expert_gate_up(Rows normed, const Routing& routing, const Tensor& gate, const Tensor& up,
                      Rows out) override;
  void expert_down_add(Rows a, const Routing& routing, const Tensor& down, Rows residual) override;
  void head(Rows h, std::span<const int32_t> wanted, const Norm& norm, const Tensor& table,
            float* logits) override;

 private:
  void observe_rows(std::span<const Tensor* const> weights, Rows x);
  void observe_normed(std::span<const Tensor* const> weights, Rows x, const Norm& norm,
                      std::span<const int32_t> wanted = {});

  InputObserver observe_;
  std::vector<float> normed_;
  std::vector<const float*> rows_;
};

}  // namespace freshet
