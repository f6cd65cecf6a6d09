// The shapes of the family's published models, and small ones.
#include <fmt/ranges.h>
#include <freshet/synth.h>

#include <algorithm>

#include "base/error.h"

namespace freshet {
namespace {

std::vector<SynthShape> all_shapes() {
  const std::vector<int64_t> every_fourth = {2, 6, 10, 14, 18, 22, 26, 30, 34, 38};
  const std::vector<int64_t> of_24 = {2, 6, 10, 14, 18, 21};
  const std::vector<int64_t> of_30 = {2, 5, 9, 13, 17, 21, 24, 27};
  const std::vector<int64_t> of_16 = {2, 5, 8, 10, 12, 14};

  const SynthShape published = {
      .hidden = 2048, .n_heads = 32, .n_kv_heads = 8, .vocab = 65536, .context = 128000};
  const auto dense = [&](const char* name, const char* label, int64_t hidden, int64_t n_layers,
                         const std::vector<int64_t>& attention, int64_t ffn) {
    SynthShape s = published;
    s.name = name;
    s.size_label = label;
    s.hidden = hidden;
    s.n_layers = n_layers;
    s.attention_layers = attention;
    s.n_heads = hidden / 64;
    s.ffn = ffn;
    return s;
  };
  const auto mixture = [](SynthShape s, int64_t n_dense, int64_t n_experts, int64_t expert_ffn) {
    s.n_dense = n_dense;
    s.n_experts = n_experts;
    s.n_experts_used = 4;
    s.expert_ffn = expert_ffn;
    return s;
  };
  const auto small = [](const char* name, int64_t n_layers, std::vector<int64_t> attention,
                        int64_t n_kv_heads, int64_t ffn, int64_t vocab) {
    return SynthShape{.name = name,
                      .hidden = 256,
                      .n_layers = n_layers,
                      .attention_layers = std::move(attention),
                      .n_heads = 4,
                      .n_kv_heads = n_kv_heads,
                      .ffn = ffn,
                      .vocab = vocab};
  };
  return {
      mixture(dense("24b", "24B-A2B", 2048, 40, every_fourth, 11776), 2, 64, 1536),
      mixture(dense("8b", "8B-A1B", 2048, 24, of_24, 7168), 2, 32, 1792),
      dense("2.6b", "2.6B", 2048, 30, of_30, 10752),
      dense("1.2b", "1.2B", 2048, 16, of_16, 8192),
      dense("700m", "700M", 1536, 16, of_16, 6912),
      dense("350m", "350M", 1024, 16, of_16, 4608),
      mixture(small("tiny-moe", 8, {2, 5}, 2, 768, 1024), 2, 8, 256),
      mixture(small("nano-moe", 7, {2, 5}, 2, 512, 512), 2, 16, 256),
      small("tiny", 6, {2, 4}, 2, 768, 1024),
      small("nano", 5, {1, 3}, 1, 768, 512),
      // For tests: every part of the architecture in some 200 KB of Q8_0.
      {.name = "micro",
       .hidden = 64,
       .n_layers = 4,
       .attention_layers = {1, 3},
       .n_heads = 2,
       .n_kv_heads = 1,
       .ffn = 128,
       .n_experts = 4,
       .n_dense = 1,
       .n_experts_used = 2,
       .expert_ffn = 32,
       .vocab = 512,
       .context = 4096},
  };
}

}  // namespace

const std::vector<SynthShape>& synth_shapes() {
  static const std::vector<SynthShape> shapes = all_shapes();
  return shapes;
}

SynthShape synth_shape(std::string_view name) {
  const auto found = std::ranges::find(synth_shapes(), name, &SynthShape::name);
  if (found != synth_shapes().end()) return *found;
  std::vector<std::string_view> names;
  for (const SynthShape& shape : synth_shapes()) names.push_back(shape.name);
  fail(ErrorKind::kUsage, "there is no shape '{}'; choose one of {}", name, fmt::join(names, ", "));
}

}  // namespace freshet
