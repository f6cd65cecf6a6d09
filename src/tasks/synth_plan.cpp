// Which tensors a model of a shape has, and the format of each.
#include <fmt/ranges.h>
#include <freshet/synth.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/error.h"
#include "tensor/dtype.h"

namespace freshet {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

struct Mix {
  DType base;
  bool more_bits = false;  ///< Q6_K where errors hurt most
  bool pure = false;
};

Mix parse_mix(const std::string& type, bool pure) {
  if (type == "q4_k_m") return {DType::Q4_K, true, pure};
  if (type == "q5_k_m") return {DType::Q5_K, true, pure};
  if (const auto dtype = dtype_from_name(type)) return {*dtype, false, pure};
  fail(ErrorKind::kUsage, "there is no type '{}'; choose one of {}", type,
       fmt::join(synth_types(), ", "));
}

/// Whether ordinal i of n gets more bits in the _M mixes: the first and the last eighth, and every
/// third in between.
bool gets_more_bits(int64_t i, int64_t n) {
  const int64_t eighth = n / 8;
  return i < eighth || i >= 7 * n / 8 || (i - eighth) % 3 == 2;
}

DType embedding_format(const Mix& mix) {
  if (mix.pure) return mix.base;
  switch (mix.base) {
    case DType::F32:
    case DType::F16:
    case DType::BF16:
    case DType::Q8_0:
      return mix.base;
    case DType::MXFP4:
      return DType::Q8_0;
    default:
      return DType::Q6_K;
  }
}

/// The format with blocks that divide rows of n weights, as near to `wanted` as there is.
DType dividing_format(DType wanted, int64_t n) {
  if (n % info(wanted).block_size == 0) return wanted;
  if (n % 32 != 0) return DType::F16;
  switch (wanted) {
    case DType::Q4_K:
      return DType::Q5_0;
    case DType::Q5_K:
      return DType::Q5_1;
    case DType::Q6_K:
      return DType::Q8_0;
    default:
      return DType::IQ4_NL;
  }
}

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

class Planner {
 public:
  Planner(SynthPlan& plan, Mix mix) : plan_(plan), s_(plan.shape), mix_(mix) {}

  void add_all() {
    // The tied head sees the embedding again: at this size logits have a standard deviation of 2.
    const auto spread = 2.0f / std::sqrt(static_cast<float>(s_.hidden));
    add("token_embd.weight", {s_.hidden, s_.vocab}, s_.tied ? embedding_format(mix_) : mix_.base,
        spread);
    add_norm("token_embd_norm.weight", s_.hidden);
    if (!s_.tied) add("output.weight", {s_.hidden, s_.vocab}, embedding_format(mix_), spread);
    int64_t n_attention = 0;
    for (int64_t layer = 0; layer < s_.n_layers; ++layer) {
      const std::string prefix = fmt::format("blk.{}.", layer);
      add_norm(prefix + "attn_norm.weight", s_.hidden);
      add_norm(prefix + "ffn_norm.weight", s_.hidden);
      if (std::ranges::binary_search(s_.attention_layers, layer)) {
        add_attention(prefix, n_attention++);
      } else {
        add_convolution(prefix);
      }
      add_feed_forward(prefix, layer);
    }
  }

 private:
  void add(const std::string& name, std::vector<int64_t> dims, DType wanted, float deviation) {
    const DTypeInfo& format = info(dividing_format(wanted, dims[0]));
    uint64_t n = 1;
    for (const int64_t dim : dims) n *= static_cast<uint64_t>(dim);
    const uint64_t bytes = n / format.block_size * format.block_bytes;
    plan_.tensors.push_back({name, format.name, std::move(dims), bytes, deviation});
    plan_.tensor_bytes += bytes;
    plan_.parameters += n;
  }
  void add_norm(const std::string& name, int64_t n) { add(name, {n}, DType::F32, 0); }
  void add_matrix(const std::string& name, std::vector<int64_t> dims, DType wanted) {
    const float deviation = 1.0f / std::sqrt(static_cast<float>(dims[0]));
    add(name, std::move(dims), wanted, deviation);
  }
  [[nodiscard]] DType more_bits(int64_t i, int64_t n) const {
    return mix_.more_bits && gets_more_bits(i, n) ? DType::Q6_K : mix_.base;
  }

  void add_attention(const std::string& prefix, int64_t ordinal) {
    const int64_t head_dim = s_.hidden / s_.n_heads, kv = head_dim * s_.n_kv_heads;
    const auto n_attention = static_cast<int64_t>(s_.attention_layers.size());
    add_matrix(prefix + "attn_q.weight", {s_.hidden, s_.hidden}, mix_.base);
    add_matrix(prefix + "attn_k.weight", {s_.hidden, kv}, mix_.base);
    add_matrix(prefix + "attn_v.weight", {s_.hidden, kv}, more_bits(ordinal, n_attention));
    add_matrix(prefix + "attn_output.weight", {s_.hidden, s_.hidden}, mix_.base);
    add_norm(prefix + "attn_q_norm.weight", head_dim);
    add_norm(prefix + "attn_k_norm.weight", head_dim);
  }

  void add_convolution(const std::string& prefix) {
    const float tap = 1.0f / std::sqrt(static_cast<float>(s_.conv_taps));
    add(prefix + "shortconv.conv.weight", {s_.conv_taps, s_.hidden}, DType::F32, tap);
    add_matrix(prefix + "shortconv.in_proj.weight", {s_.hidden, 3 * s_.hidden}, mix_.base);
    add_matrix(prefix + "shortconv.out_proj.weight", {s_.hidden, s_.hidden}, mix_.base);
  }

  void add_feed_forward(const std::string& prefix, int64_t layer) {
    const DType down = more_bits(layer, s_.n_layers);
    if (s_.n_experts == 0 || layer < s_.n_dense) {
      add_matrix(prefix + "ffn_gate.weight", {s_.hidden, s_.ffn}, mix_.base);
      add_matrix(prefix + "ffn_up.weight", {s_.hidden, s_.ffn}, mix_.base);
      add_matrix(prefix + "ffn_down.weight", {s_.ffn, s_.hidden}, down);
      return;
    }
    const int64_t e = s_.expert_ffn, n = s_.n_experts;
    add_matrix(prefix + "ffn_gate_inp.weight", {s_.hidden, n}, DType::F32);
    add(prefix + "exp_probs_b.bias", {n}, DType::F32, 0.05f);
    add_matrix(prefix + "ffn_gate_exps.weight", {s_.hidden, e, n}, mix_.base);
    add_matrix(prefix + "ffn_up_exps.weight", {s_.hidden, e, n}, mix_.base);
    add_matrix(prefix + "ffn_down_exps.weight", {e, s_.hidden, n}, down);
  }

  SynthPlan& plan_;
  const SynthShape& s_;
  Mix mix_;
};

}  // namespace

std::vector<std::string> synth_types() {
  std::vector<std::string> types = {"q4_k_m", "q5_k_m"};
  for (const DTypeInfo& format : all_dtypes()) types.push_back(lower(format.name));
  return types;
}

SynthPlan plan_synth(const SynthShape& shape, std::string_view type, bool pure) {
  SynthPlan plan{.shape = shape, .type = lower(type)};
  const Mix mix = parse_mix(plan.type, pure);
  check_shape(shape);
  Planner(plan, mix).add_all();
  return plan;
}

}  // namespace freshet
