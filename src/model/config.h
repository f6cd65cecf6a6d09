// The shape of a model, as its file states it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gguf/reader.h"

namespace freshet {

/// Architectures "lfm2" (dense) and "lfm2moe" (mixture of experts).
struct Config {
  std::string architecture;
  int n_layers = 0;
  int64_t hidden = 0;
  int64_t vocab = 0;
  int64_t context_length = 0;  // positions the model was made for
  float norm_epsilon = 0;
  float rope_base = 0;

  int n_heads = 0;
  int head_dim = 0;
  std::vector<int> n_kv_heads;  // [n_layers]; 0: the layer is a short convolution
  int conv_taps = 0;

  int n_dense_layers = 0;  // leading layers with one feed-forward network; the others are routed
  int n_experts = 0;
  int n_experts_used = 0;
  float expert_scale = 1;

  [[nodiscard]] bool is_attention(int layer) const {
    return n_kv_heads[static_cast<size_t>(layer)] > 0;
  }
};

/// Reads and checks the metadata. Throws Error{kBadFile} or {kUnsupported}; the widths of
/// feed-forward networks are not read here, tensors say them (some converters write another
/// number).
[[nodiscard]] Config read_config(const GgufFile& file);

}  // namespace freshet
