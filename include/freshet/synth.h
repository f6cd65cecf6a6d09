// Models with random weights: the family's real shapes without their weights, for measuring, and
// small ones for tests.
//
//   freshet::SynthPlan plan = freshet::plan_synth(freshet::synth_shape("24b"), "q4_k_m");
//   plan.tensor_bytes;                                  // 14,413,068,800
//   freshet::write_synth(plan, "24b.gguf", /*seed=*/1);
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// A model of the family, dense or with experts. The layers that are not in `attention_layers` are
/// short convolutions. Heads have hidden / n_heads dimensions.
struct SynthShape {
  std::string name = {};        ///< goes into general.name
  std::string size_label = {};  ///< general.size_label ("24B-A2B"); empty: the key is left out
  int64_t hidden = 256;
  int64_t n_layers = 4;
  std::vector<int64_t> attention_layers = {1};
  int64_t n_heads = 4;
  int64_t n_kv_heads = 2;
  int64_t ffn = 512;      ///< width of the dense feed-forwards
  int64_t n_experts = 0;  ///< 0: architecture lfm2, every feed-forward dense; else lfm2moe
  int64_t n_dense = 0;    ///< leading layers with a dense feed-forward, of a model with experts
  int64_t n_experts_used = 0;  ///< experts per token
  int64_t expert_ffn = 0;      ///< width of one expert
  int64_t vocab = 512;         ///< at least 270: the family's control tokens and every byte
  int64_t context = 4096;
  int64_t conv_taps = 3;
  float rope_theta = 1e6f;
  float rms_eps = 1e-5f;
  bool tied = true;  ///< false: a matrix output.weight of its own
};

/// Every named shape: those of the published models (24b, 8b, 2.6b, 1.2b, 700m, 350m) and small
/// ones for tests (tiny-moe, nano-moe, tiny, nano, demo).
[[nodiscard]] const std::vector<SynthShape>& synth_shapes();
/// The shape of that name. Throws Error{kUsage} with the names there are.
[[nodiscard]] SynthShape synth_shape(std::string_view name);
/// What plan_synth takes as a type: "q4_k_m", "q4_k_s", "q5_k_m", and each weight format's
/// name.
[[nodiscard]] std::vector<std::string> synth_types();

struct SynthTensor {
  std::string name;
  std::string_view format;    ///< "Q4_K"
  std::vector<int64_t> dims;  ///< GGUF's order, fastest first
  uint64_t bytes;
  float deviation;  ///< standard deviation of its weights; 0: a norm's weights, 0.8 to 1.2
};

/// What would be written; nothing of it has been.
struct SynthPlan {
  SynthShape shape = {};
  std::string type = {};  ///< as asked for, in lower case
  std::vector<SynthTensor> tensors = {};
  uint64_t tensor_bytes = 0;
  uint64_t parameters = 0;
};

/// Decides every tensor's format as the usual quantiser does: matrices in `type` (in any case), the
/// embedding in Q6_K (Q8_0 in a Q8_0 or MXFP4 file), Q6_K for some of the down and value
/// projections of q4_k_m and q5_k_m; norms, convolution taps and routers stay F32. A matrix whose
/// rows the blocks do not divide gets the nearest format of smaller blocks. `pure`: every matrix,
/// the embedding included, in `type`.
/// Throws Error{kUsage} for an unknown type and Error{kBadRequest} for a shape that is no model.
[[nodiscard]] SynthPlan plan_synth(const SynthShape& shape, std::string_view type,
                                   bool pure = false);

/// Bytes written so far and in all.
using SynthProgress = std::function<void(uint64_t done, uint64_t total)>;

/// Writes the model; the same plan and seed give the same bytes on every machine. Weights have a
/// standard deviation of about 1 / sqrt(fan in), so that activations stay in a sane range. Tensors
/// of more than 32 MiB repeat pieces of one random pool. Throws Error{kResources} if the disk is
/// full, Error{kUsage} if there can be no such file.
void write_synth(const SynthPlan& plan, const std::string& path, uint64_t seed,
                 const SynthProgress& progress = {});
/// The same file in memory.
[[nodiscard]] std::vector<std::byte> synth_to_bytes(const SynthPlan& plan, uint64_t seed);

}  // namespace freshet
