// A plan to a GGUF file: metadata, vocabulary, random tensors.
#include <freshet/synth.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "base/check.h"
#include "gguf/writer.h"
#include "tasks/mix.h"
#include "tasks/synth_blocks.h"
#include "tasks/synth_vocabulary.h"

namespace freshet {
namespace {

void add_model_keys(GgufWriter& out, const SynthPlan& plan) {
  const SynthShape& s = plan.shape;
  const std::string arch = s.n_experts > 0 ? "lfm2moe" : "lfm2";
  const auto number = [&](const char* key, int64_t value) {
    out.add(arch + key, static_cast<uint32_t>(value));
  };
  out.add("general.architecture", arch);
  out.add("general.name", "synthetic " + s.name);
  if (!s.size_label.empty()) out.add("general.size_label", s.size_label);
  out.add("general.file_type", mix_from_name(plan.type).file_type);
  out.add("general.quantization_version", uint32_t{2});
  number(".block_count", s.n_layers);
  number(".context_length", s.context);
  number(".embedding_length", s.hidden);
  number(".feed_forward_length", s.ffn);
  number(".attention.head_count", s.n_heads);
  std::vector<int32_t> kv_heads(static_cast<size_t>(s.n_layers), 0);
  for (const int64_t layer : s.attention_layers) {
    kv_heads[static_cast<size_t>(layer)] = static_cast<int32_t>(s.n_kv_heads);
  }
  out.add_array(arch + ".attention.head_count_kv", kv_heads);
  out.add(arch + ".rope.freq_base", s.rope_theta);
  out.add(arch + ".attention.layer_norm_rms_epsilon", s.rms_eps);
  number(".vocab_size", s.vocab);
  number(".shortconv.l_cache", s.conv_taps);
  if (s.n_experts == 0) return;
  number(".expert_count", s.n_experts);
  number(".expert_used_count", s.n_experts_used);
  number(".expert_feed_forward_length", s.expert_ffn);
  number(".leading_dense_block_count", s.n_dense);
  number(".expert_gating_func", 2);  // sigmoid
}

void add_tokenizer_keys(GgufWriter& out, int64_t n_tokens) {
  const SynthVocabulary vocabulary = synth_vocabulary(n_tokens);
  out.add("tokenizer.ggml.model", "gpt2");
  out.add("tokenizer.ggml.pre", "lfm2");
  out.add_array("tokenizer.ggml.tokens", vocabulary.tokens);
  out.add_array("tokenizer.ggml.token_type", vocabulary.types);
  out.add_array("tokenizer.ggml.merges", vocabulary.merges);
  out.add("tokenizer.ggml.bos_token_id", uint32_t{1});
  out.add("tokenizer.ggml.eos_token_id", uint32_t{7});
  out.add("tokenizer.ggml.padding_token_id", uint32_t{0});
  out.add("tokenizer.ggml.add_bos_token", true);
  out.add("tokenizer.ggml.add_sep_token", false);
  out.add("tokenizer.ggml.add_eos_token", false);
  out.add("tokenizer.chat_template", synth_chat_template());
}

/// Makes the bytes of tensors. Large ones are runs of one pool per format and deviation, each run
/// from a random block on: generating 14 GB afresh would take longer than writing them.
class WeightSource {
 public:
  WeightSource(uint64_t seed, uint64_t total, SynthProgress progress)
      : seed_(seed), total_(total), progress_(std::move(progress)) {}

  void produce(const SynthTensor& tensor, uint64_t index, ByteSink& sink) {
    const DType dtype = *dtype_from_name(tensor.format);
    Random random(seed_, index + 1);
    if (tensor.bytes > kPoolBytes) {
      copy_from_pool(tensor, dtype, random, sink);
      return;
    }
    std::vector<std::byte> bytes(tensor.bytes);
    if (tensor.deviation == 0) {
      fill_norm_weights(random, bytes);
    } else {
      fill_random_blocks(dtype, tensor.deviation, random, bytes);
    }
    put(sink, bytes);
  }

 private:
  static constexpr uint64_t kPoolBytes = uint64_t{32} << 20;

  void copy_from_pool(const SynthTensor& tensor, DType dtype, Random& random, ByteSink& sink) {
    const std::vector<std::byte>& pool = pool_of(dtype, tensor.deviation);
    const auto block = static_cast<uint64_t>(info(dtype).block_bytes);
    for (uint64_t left = tensor.bytes; left > 0;) {
      const uint64_t begin = random.below(pool.size() / block) * block;
      const uint64_t n = std::min<uint64_t>(left, pool.size() - begin);
      put(sink, std::span(pool).subspan(begin, n));
      left -= n;
    }
  }

  const std::vector<std::byte>& pool_of(DType dtype, float deviation) {
    std::vector<std::byte>& pool = pools_[{dtype, deviation}];
    if (pool.empty()) {
      const auto block = static_cast<uint64_t>(info(dtype).block_bytes);
      pool.resize(kPoolBytes / block * block);
      const uint64_t stream =
          mix64(static_cast<uint64_t>(dtype) << 32 | std::bit_cast<uint32_t>(deviation));
      Random random(seed_, stream);
      fill_random_blocks(dtype, deviation, random, pool);
    }
    return pool;
  }

  void put(ByteSink& sink, std::span<const std::byte> bytes) {
    sink.write(bytes);
    done_ += bytes.size();
    if (progress_) progress_(done_, total_);
  }

  uint64_t seed_;
  uint64_t total_;
  uint64_t done_ = 0;
  SynthProgress progress_;
  std::map<std::pair<DType, float>, std::vector<std::byte>> pools_;
};

/// The writer refers to `source` and `plan`, which must outlive it.
GgufWriter make_writer(const SynthPlan& plan, WeightSource& source) {
  GgufWriter out;
  add_model_keys(out, plan);
  add_tokenizer_keys(out, plan.shape.vocab);
  for (size_t i = 0; i < plan.tensors.size(); ++i) {
    const SynthTensor& tensor = plan.tensors[i];
    out.add_tensor(tensor.name, *dtype_from_name(tensor.format), tensor.dims,
                   [&tensor, &source, i](ByteSink& sink) { source.produce(tensor, i, sink); });
  }
  return out;
}

}  // namespace

void write_synth(const SynthPlan& plan, const std::string& path, uint64_t seed,
                 const SynthProgress& progress) {
  WeightSource source(seed, plan.tensor_bytes, progress);
  make_writer(plan, source).write(path);
}

std::vector<std::byte> synth_to_bytes(const SynthPlan& plan, uint64_t seed) {
  WeightSource source(seed, plan.tensor_bytes, {});
  return make_writer(plan, source).to_bytes();
}

}  // namespace freshet
