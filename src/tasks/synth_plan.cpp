// Which tensors a model of a shape has, and the format of each.
#include <freshet/synth.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/error.h"
#include "base/format.h"
#include "tasks/mix.h"

namespace freshet {
namespace {

void require(bool good, const SynthShape& shape, std::string_view rule) {
  if (!good) fail(ErrorKind::kBadRequest, "shape '{}' is no model: {}", shape.name, rule);
}

void check_shape(const SynthShape& s) {
  constexpr int64_t kMost = 1 << 20;  // keeps every product of three sizes within 64 bits
  const auto sane = [](int64_t n) { return n >= 1 && n <= kMost; };
  require(sane(s.hidden) && sane(s.n_layers) && sane(s.n_heads) && sane(s.n_kv_heads) &&
              sane(s.ffn) && sane(s.vocab) && sane(s.context) && s.conv_taps >= 2 &&
              s.conv_taps <= 16,
          s, "every size is within 1 .. 1048576, and there are 2 to 16 taps");
  require(s.hidden % s.n_heads == 0 && s.hidden / s.n_heads % 2 == 0, s,
          "hidden must be an even multiple of n_heads");
  require(s.n_heads % s.n_kv_heads == 0, s, "n_heads must be a multiple of n_kv_heads");
  require(s.vocab >= 270, s, "vocab must be at least 270");
  for (const int64_t layer : s.attention_layers) {
    require(layer >= 0 && layer < s.n_layers, s, "attention_layers must be within n_layers");
  }
  require(std::ranges::adjacent_find(s.attention_layers, std::ranges::greater_equal{}) ==
              s.attention_layers.end(),
          s, "attention_layers must ascend");
  if (s.n_experts == 0) return;
  require(sane(s.n_experts) && sane(s.expert_ffn) && s.n_experts_used >= 1 &&
              s.n_experts_used <= s.n_experts && s.n_dense >= 0 && s.n_dense <= s.n_layers,
          s, "1 <= n_experts_used <= n_experts and 0 <= n_dense <= n_layers");
}

/// Lists the tensors of a shape; formats come last, since they depend on all of them.
class Planner {
 public:
  explicit Planner(SynthPlan& plan) : plan_(plan), s_(plan.shape) {}

  void add_all() {
    // The tied head sees the embedding again: at this size logits have a standard deviation of 2.
    const auto spread = 2.0f / std::sqrt(static_cast<float>(s_.hidden));
    add("token_embd.weight", {s_.hidden, s_.vocab}, spread);
    add_norm("token_embd_norm.weight", s_.hidden);
    if (!s_.tied) add("output.weight", {s_.hidden, s_.vocab}, spread);
    for (int64_t layer = 0; layer < s_.n_layers; ++layer) {
      const std::string prefix = formatted("blk.{}.", layer);
      add_norm(prefix + "attn_norm.weight", s_.hidden);
      add_norm(prefix + "ffn_norm.weight", s_.hidden);
      if (std::ranges::binary_search(s_.attention_layers, layer)) {
        add_attention(prefix);
      } else {
        add_convolution(prefix);
      }
      add_feed_forward(prefix, layer);
    }
  }

  void choose_formats(const Mix& mix) {
    std::vector<NamedShape> shapes;
    for (const SynthTensor& tensor : plan_.tensors) shapes.push_back({tensor.name, tensor.dims});
    const MixRules rules(mix, shapes);
    for (size_t i = 0; i < shapes.size(); ++i) {
      SynthTensor& tensor = plan_.tensors[i];
      const DTypeInfo& format = info(dividing_format(rules.format_of(shapes[i]), tensor.dims[0]));
      uint64_t n = 1;
      for (const int64_t dim : tensor.dims) n *= static_cast<uint64_t>(dim);
      tensor.format = format.name;
      tensor.bytes = n / format.block_size * format.block_bytes;
      plan_.tensor_bytes += tensor.bytes;
      plan_.parameters += n;
    }
  }

 private:
  void add(const std::string& name, std::vector<int64_t> dims, float deviation) {
    plan_.tensors.push_back({name, {}, std::move(dims), 0, deviation});
  }
  void add_norm(const std::string& name, int64_t n) { add(name, {n}, 0); }
  void add_matrix(const std::string& name, std::vector<int64_t> dims) {
    const float deviation = 1.0f / std::sqrt(static_cast<float>(dims[0]));
    add(name, std::move(dims), deviation);
  }

  void add_attention(const std::string& prefix) {
    const int64_t head_dim = s_.hidden / s_.n_heads, kv = head_dim * s_.n_kv_heads;
    add_matrix(prefix + "attn_q.weight", {s_.hidden, s_.hidden});
    add_matrix(prefix + "attn_k.weight", {s_.hidden, kv});
    add_matrix(prefix + "attn_v.weight", {s_.hidden, kv});
    add_matrix(prefix + "attn_output.weight", {s_.hidden, s_.hidden});
    add_norm(prefix + "attn_q_norm.weight", head_dim);
    add_norm(prefix + "attn_k_norm.weight", head_dim);
  }

  void add_convolution(const std::string& prefix) {
    const float tap = 1.0f / std::sqrt(static_cast<float>(s_.conv_taps));
    add(prefix + "shortconv.conv.weight", {s_.conv_taps, s_.hidden}, tap);
    add_matrix(prefix + "shortconv.in_proj.weight", {s_.hidden, 3 * s_.hidden});
    add_matrix(prefix + "shortconv.out_proj.weight", {s_.hidden, s_.hidden});
  }

  void add_feed_forward(const std::string& prefix, int64_t layer) {
    if (s_.n_experts == 0 || layer < s_.n_dense) {
      add_matrix(prefix + "ffn_gate.weight", {s_.hidden, s_.ffn});
      add_matrix(prefix + "ffn_up.weight", {s_.hidden, s_.ffn});
      add_matrix(prefix + "ffn_down.weight", {s_.ffn, s_.hidden});
      return;
    }
    const int64_t e = s_.expert_ffn, n = s_.n_experts;
    add_matrix(prefix + "ffn_gate_inp.weight", {s_.hidden, n});
    add(prefix + "exp_probs_b.bias", {n}, 0.05f);
    add_matrix(prefix + "ffn_gate_exps.weight", {s_.hidden, e, n});
    add_matrix(prefix + "ffn_up_exps.weight", {s_.hidden, e, n});
    add_matrix(prefix + "ffn_down_exps.weight", {e, s_.hidden, n});
  }

  SynthPlan& plan_;
  const SynthShape& s_;
};

}  // namespace

std::vector<std::string> synth_types() { return mix_names(); }

SynthPlan plan_synth(const SynthShape& shape, std::string_view type, bool pure) {
  SynthPlan plan{.shape = shape};
  plan.type = type;
  std::ranges::transform(plan.type, plan.type.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  Mix mix = mix_from_name(plan.type);
  mix.pure = pure;
  check_shape(shape);
  Planner planner(plan);
  planner.add_all();
  planner.choose_formats(mix);
  return plan;
}

}  // namespace freshet
