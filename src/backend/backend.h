// A device: it holds activations and performs the sentences of the family's forward pass.
//
// Every operation is defined row by row: a row's result never depends on the rows beside it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "backend/step.h"
#include "tensor/tensor.h"

namespace freshet {

/// Activations on the device: float [n, width], rows back to back.
struct Rows {
  float* data = nullptr;
  int n = 0;
  int64_t width = 0;

  [[nodiscard]] float* row(int i) const noexcept { return data + i * width; }
};

/// A root-mean-square norm: float[width] and its epsilon.
struct Norm {
  const float* weight = nullptr;
  float epsilon = 0;
};

/// out = x . weight^T
struct Projection {
  const Tensor* weight;  ///< [n_in, n_out]
  Rows out;              ///< [rows, n_out]
};

struct ConvLayer {
  int index;  ///< among the convolution layers
  int taps;
  const float* taps_weight;  ///< [taps, hidden], the last tap for the current position
};

struct AttentionLayer {
  int64_t page_offset;  ///< of this layer's first key/value head in a page
  int n_heads;
  int n_kv_heads;
  int head_dim;
  Norm q_norm, k_norm;  ///< over head_dim
};

struct Router {
  const Tensor* weight;  ///< [hidden, n_experts]
  const float* bias;     ///< [n_experts], for the choice alone
  int n_experts;
  int n_used;
  float scale;  ///< of the normalised weights
};

/// Which experts a row goes to, best first, and with what weights. Rows of one expert lie together:
/// slot s of [rows * n_used] is row slot_rows[s] at expert e for first_slot[e] <= s < first_slot[e
/// + 1].
struct Routing {
  int n_used = 0;
  int n_experts = 0;
  int32_t* experts = nullptr;     ///< [rows, n_used]
  float* weights = nullptr;       ///< [rows, n_used]
  int32_t* slots = nullptr;       ///< [rows, n_used]: the slot of each choice
  int32_t* slot_rows = nullptr;   ///< [rows * n_used]
  int32_t* first_slot = nullptr;  ///< [n_experts + 1]
};

class Backend {
 public:
  virtual ~Backend() = default;

  /// Starts a step: the residual stream of `n` rows, which lasts until the next begin().
  [[nodiscard]] virtual Rows begin(int n, int64_t width) = 0;
  /// Scratch, which lasts until release() or begin().
  [[nodiscard]] virtual Rows rows(int n, int64_t width) = 0;
  [[nodiscard]] virtual Routing routing(int n_rows, int n_experts, int n_used) = 0;
  virtual void release() = 0;

  /// h[r] = table row tokens[r]                                                  [rows, hidden]
  virtual void embed(const Tensor& table, std::span<const TokenId> tokens, Rows h) = 0;
  /// Every out = norm(x) . weight^T; all weights read the same input.
  virtual void project(Rows x, const Norm& norm, std::span<const Projection> projections) = 0;
  /// residual += x . weight^T
  virtual void project_add(Rows x, const Tensor& weight, Rows residual) = 0;
  /// bcx [rows, 3 hidden] -> out [rows, hidden]; reads and advances each sequence's convolution
  /// state.
  virtual void short_conv(Rows bcx, const ConvLayer& layer, const Step& step, Rows out) = 0;
  /// q [rows, n_heads * head_dim], k, v [rows, n_kv_heads * head_dim] before norm and rotation
  /// -> out like q; appends keys and values to each sequence's pages.
  virtual void attend(Rows q, Rows k, Rows v, const AttentionLayer& layer, const Step& step,
                      Rows out) = 0;
  /// out = silu(norm(x) . gate^T) * (norm(x) . up^T)                              [rows, ffn]
  virtual void gate_up(Rows x, const Norm& norm, const Tensor& gate, const Tensor& up,
                       Rows out) = 0;
  /// normed = norm(x) and where its rows go.
  virtual void route(Rows x, const Norm& norm, const Router& router, Rows normed,
                     Routing& routing) = 0;
  /// As gate_up with each slot's expert: gate, up [hidden, ffn, n_experts]; out [rows * n_used,
  /// ffn].
  virtual void expert_gate_up(Rows normed, const Routing& routing, const Tensor& gate,
                              const Tensor& up, Rows out) = 0;
  /// residual[r] += sum over r's choices, best first, of weight * (a[slot] . down[expert]^T).
  virtual void expert_down_add(Rows a, const Routing& routing, const Tensor& down,
                               Rows residual) = 0;
  /// logits[i] = norm(h[wanted[i]]) . table^T, read back to the caller's memory   [wanted, vocab]
  virtual void head(Rows h, std::span<const int32_t> wanted, const Norm& norm, const Tensor& table,
                    float* logits) = 0;

  /// Experts that had rows, summed over every route() so far: what a step read of them.
  [[nodiscard]] uint64_t experts_touched() const noexcept { return experts_touched_; }

 protected:
  uint64_t experts_touched_ = 0;
};

}  // namespace freshet
