#include "model/weights.h"

#include <fmt/ranges.h>

#include "base/error.h"
#include "kernels/formats/codec.h"

namespace freshet {
namespace {

class Binder {
 public:
  Binder(const GgufFile& file, const Config& config, Weights& weights)
      : file_(file), config_(config), weights_(weights) {}

  /// The tensor of that name, whose dimensions must be `dims`; -1 stands for any.
  [[nodiscard]] Tensor matrix(const std::string& name, std::vector<int64_t> dims) const {
    const Tensor* tensor = file_.find(name);
    if (tensor == nullptr) {
      fail(ErrorKind::kBadFile, "{}: tensor {} is missing; the file is incomplete, get it again",
           file_.path(), name);
    }
    bool fits = static_cast<size_t>(tensor->n_dims) <= dims.size();
    for (size_t i = 0; i < dims.size(); ++i) {
      fits = fits && (dims[i] < 0 || tensor->dims[i] == dims[i]);
    }
    if (!fits) {
      const std::vector<int64_t> found(tensor->dims.begin(), tensor->dims.begin() + tensor->n_dims);
      fail(ErrorKind::kBadFile, "{}: tensor {} has shape {}; expected {} (-1: any)", file_.path(),
           name, found, dims);
    }
    return *tensor;
  }

  /// n floats, copied out of the mapping.
  [[nodiscard]] float* vector(const std::string& name, std::vector<int64_t> dims) const {
    const Tensor tensor = matrix(name, std::move(dims));
    auto& floats = weights_.small.emplace_back(new float[static_cast<size_t>(tensor.elements())]);
    for (int64_t r = 0; r < tensor.rows(); ++r) {
      kernels::decode_row(tensor.dtype, tensor.row(r), floats.get() + r * tensor.dims[0],
                          tensor.dims[0]);
    }
    return floats.get();
  }

  [[nodiscard]] Norm norm(const std::string& name, int64_t width) const {
    return {vector(name, {width}), config_.norm_epsilon};
  }

  /// The file keeps a channel's taps together, [taps, hidden]; kernels want a tap's channels
  /// together.
  [[nodiscard]] const float* taps(const std::string& name) const {
    const int64_t taps = config_.conv_taps, hidden = config_.hidden;
    const float* stored = vector(name, {taps, hidden});
    auto& turned = weights_.small.emplace_back(new float[static_cast<size_t>(taps * hidden)]);
    for (int64_t c = 0; c < hidden; ++c) {
      for (int64_t j = 0; j < taps; ++j) turned[j * hidden + c] = stored[c * taps + j];
    }
    return turned.get();
  }

 private:
  const GgufFile& file_;
  const Config& config_;
  Weights& weights_;
};

ShortConvWeights bind_short_conv(const Binder& bind, const Config& c, const std::string& layer,
                                 int index) {
  return {.layer = {.index = index,
                    .taps = c.conv_taps,
                    .taps_weight = bind.taps(layer + "shortconv.conv.weight")},
          .in_proj = bind.matrix(layer + "shortconv.in_proj.weight", {c.hidden, 3 * c.hidden}),
          .out_proj = bind.matrix(layer + "shortconv.out_proj.weight", {c.hidden, c.hidden})};
}

AttentionWeights bind_attention(const Binder& bind, const Config& c, const std::string& layer,
                                int n_kv_heads, int64_t page_offset) {
  const int64_t q_width = int64_t{c.n_heads} * c.head_dim;
  const int64_t kv_width = int64_t{n_kv_heads} * c.head_dim;
  return {.layer = {.page_offset = page_offset,
                    .n_heads = c.n_heads,
                    .n_kv_heads = n_kv_heads,
                    .head_dim = c.head_dim,
                    .q_norm = bind.norm(layer + "attn_q_norm.weight", c.head_dim),
                    .k_norm = bind.norm(layer + "attn_k_norm.weight", c.head_dim)},
          .q = bind.matrix(layer + "attn_q.weight", {c.hidden, q_width}),
          .k = bind.matrix(layer + "attn_k.weight", {c.hidden, kv_width}),
          .v = bind.matrix(layer + "attn_v.weight", {c.hidden, kv_width}),
          .out = bind.matrix(layer + "attn_output.weight", {q_width, c.hidden})};
}

DenseWeights bind_dense(const Binder& bind, const Config& c, const std::string& layer) {
  DenseWeights w{
      .gate = bind.matrix(layer + "ffn_gate.weight", {c.hidden, -1}), .up = {}, .down = {}};
  const int64_t ffn = w.gate.dims[1];
  w.up = bind.matrix(layer + "ffn_up.weight", {c.hidden, ffn});
  w.down = bind.matrix(layer + "ffn_down.weight", {ffn, c.hidden});
  return w;
}

ExpertWeights bind_experts(const Binder& bind, const Config& c, const std::string& layer) {
  ExpertWeights w{
      .router = {.weight = nullptr,
                 .bias = bind.vector(layer + "exp_probs_b.bias", {c.n_experts}),
                 .n_experts = c.n_experts,
                 .n_used = c.n_experts_used,
                 .scale = c.expert_scale},
      .router_weight = bind.matrix(layer + "ffn_gate_inp.weight", {c.hidden, c.n_experts}),
      .gate = bind.matrix(layer + "ffn_gate_exps.weight", {c.hidden, -1, c.n_experts}),
      .up = {},
      .down = {}};
  const int64_t ffn = w.gate.dims[1];
  w.up = bind.matrix(layer + "ffn_up_exps.weight", {c.hidden, ffn, c.n_experts});
  w.down = bind.matrix(layer + "ffn_down_exps.weight", {ffn, c.hidden, c.n_experts});
  return w;
}

}  // namespace

Weights bind_weights(const GgufFile& file, const Config& config,
                     const std::vector<int64_t>& page_offsets) {
  Weights weights;
  const Binder bind(file, config, weights);
  weights.embedding = bind.matrix("token_embd.weight", {config.hidden, config.vocab});
  const bool own_head = file.find("output.weight") != nullptr;
  weights.head =
      own_head ? bind.matrix("output.weight", {config.hidden, config.vocab}) : weights.embedding;
  // Older converters, and those of another engine, call the final norm output_norm.
  const bool old_name =
      file.find("token_embd_norm.weight") == nullptr && file.find("output_norm.weight") != nullptr;
  weights.final_norm =
      bind.norm(old_name ? "output_norm.weight" : "token_embd_norm.weight", config.hidden);

  int n_conv = 0;
  for (int i = 0; i < config.n_layers; ++i) {
    const std::string name = formatted("blk.{}.", i);
    LayerWeights& layer = weights.layers.emplace_back();
    layer.mixer_norm = bind.norm(name + "attn_norm.weight", config.hidden);
    if (config.is_attention(i)) {
      layer.mixer = bind_attention(bind, config, name, config.n_kv_heads[static_cast<size_t>(i)],
                                   page_offsets[static_cast<size_t>(i)]);
    } else {
      layer.mixer = bind_short_conv(bind, config, name, n_conv++);
    }
    layer.ffn_norm = bind.norm(name + "ffn_norm.weight", config.hidden);
    if (i < config.n_dense_layers) {
      layer.ffn = bind_dense(bind, config, name);
    } else {
      layer.ffn = bind_experts(bind, config, name);
    }
  }
  // Only now do the layers stay where they are.
  for (LayerWeights& layer : weights.layers) {
    if (auto* experts = std::get_if<ExpertWeights>(&layer.ffn)) {
      experts->router.weight = &experts->router_weight;
    }
  }
  for (const Tensor& tensor : file.tensors()) {
    weights.parameters += static_cast<uint64_t>(tensor.elements());
    weights.bytes += tensor.bytes;
  }
  return weights;
}

}  // namespace freshet
