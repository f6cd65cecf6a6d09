// The tensors of a model in their places, every shape checked.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "backend/backend.h"
#include "model/config.h"

namespace freshet {

struct ShortConvWeights {
  ConvLayer layer;
  Tensor in_proj;   // [hidden, 3 hidden]: rows of B, then C, then x
  Tensor out_proj;  // [hidden, hidden]
};

struct AttentionWeights {
  AttentionLayer layer;
  Tensor q;    // [hidden, n_heads * head_dim]
  Tensor k;    // [hidden, n_kv_heads * head_dim]
  Tensor v;    // [hidden, n_kv_heads * head_dim]
  Tensor out;  // [n_heads * head_dim, hidden]
};

struct DenseWeights {
  Tensor gate;  // [hidden, ffn]
  Tensor up;    // [hidden, ffn]
  Tensor down;  // [ffn, hidden]
};

struct ExpertWeights {
  Router router;
  Tensor router_weight;  // [hidden, n_experts]
  Tensor gate;           // [hidden, ffn, n_experts]
  Tensor up;             // [hidden, ffn, n_experts]
  Tensor down;           // [ffn, hidden, n_experts]
};

struct LayerWeights {
  Norm mixer_norm;
  std::variant<ShortConvWeights, AttentionWeights> mixer;
  Norm ffn_norm;
  std::variant<DenseWeights, ExpertWeights> ffn;
};

struct Weights {
  Tensor embedding;  // [hidden, vocab]
  Tensor head;       // [hidden, vocab]: the embedding again, unless the file has its own
  Norm final_norm;
  std::vector<LayerWeights> layers;
  uint64_t parameters = 0;  // weights in the file
  uint64_t bytes = 0;       // of all tensors

  /// Norms, biases and convolution taps, as floats in the order that kernels read: a few MB at
  /// most.
  std::vector<std::unique_ptr<float[]>> small;
};

/// Throws Error{kBadFile} for a tensor that is missing or has another shape than the configuration
/// or its neighbours demand. `page_offsets[layer]` places the keys and values of attention layers.
[[nodiscard]] Weights bind_weights(const GgufFile& file, const Config& config,
                                   const std::vector<int64_t>& page_offsets);

}  // namespace freshet
