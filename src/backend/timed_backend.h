// A backend that counts what each sentence takes and costs, and lets another compute.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "backend/forwarding_backend.h"
#include "kernels/cpu/layouts.h"

namespace freshet {

/// The sentences that compute, in the order of a pass.
enum class Operation {
  kEmbed,
  kProject,
  kShortConv,
  kAttend,
  kProjectAdd,
  kGateUp,
  kRoute,
  kExpertGateUp,
  kExpertDownAdd,
  kHead,
};
inline constexpr size_t kOperations = 10;
/// "expert_gate_up"
[[nodiscard]] const char* operation_name(Operation operation) noexcept;

/// What must be read and multiplied, whatever way it is done. Bytes are those of weights, norms and
/// taps, of experts that had rows, and of keys, values and convolution state; activations are not
/// counted, they come from caches. Multiply-adds are those of the rows given or routed.
struct OperationCost {
  uint64_t calls = 0;
  uint64_t bytes = 0;
  uint64_t byte_products = 0;   ///< with weights that bytes are multiplied with
  uint64_t float_products = 0;  ///< with float weights, keys, values and taps
  double seconds = 0;
};
using OperationCosts = std::array<OperationCost, kOperations>;

class TimedBackend final : public ForwardingBackend {
 public:
  /// `key` and `value`: how the other one keeps them.
  TimedBackend(std::unique_ptr<Backend> computes, kernels::CacheType key, kernels::CacheType value)
      : ForwardingBackend(std::move(computes)), key_(key), value_(value) {}

  /// Of all passes since the last call, by Operation.
  [[nodiscard]] OperationCosts take() { return std::exchange(costs_, {}); }

  void embed(const Tensor& table, std::span<const TokenId> tokens, Rows h) override;
  void project(Rows x, const Norm& norm, std::span<const Projection> projections) override;
  void project_add(Rows x, const Tensor& weight, Rows residual) override;
  void short_conv(Rows bcx, const ConvLayer& layer, const Step& step, Rows out) override;
  void attend(Rows q, Rows k, Rows v, const AttentionLayer& layer, const Step& step,
              Rows out) override;
  void gate_up(Rows x, const Norm& norm, const Tensor& gate, const Tensor& up, Rows out) override;
  void route(Rows x, const Norm& norm, const Router& router, Rows normed,
             Routing& routing) override;
  void expert_gate_up(Rows normed, const Routing& routing, const Tensor& gate, const Tensor& up,
                      Rows out) override;
  void expert_down_add(Rows a, const Routing& routing, const Tensor& down, Rows residual) override;
  void head(Rows h, std::span<const int32_t> wanted, const Norm& norm, const Tensor& table,
            float* logits) override;

 private:
  /// Times a sentence; returns where the rest of its cost goes.
  template <class F>
  OperationCost& time(Operation operation, F&& sentence);

  kernels::CacheType key_, value_;
  OperationCosts costs_{};
};

}  // namespace freshet
