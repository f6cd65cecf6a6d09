#include "model/config.h"

#include <cmath>

#include "base/error.h"

namespace freshet {
namespace {

constexpr int64_t kMaxLayers = 1024;
constexpr int64_t kMaxHidden = 16384;
constexpr int64_t kMaxVocab = int64_t{1} << 24;
constexpr int64_t kMaxContext = int64_t{1} << 31;
constexpr int64_t kMaxExperts = 4096;
constexpr int kMaxHeadDim = 256;
constexpr int kMaxHeadsPerKey = 16;     // what attention keeps partial sums for
constexpr uint32_t kSigmoidGating = 2;  // llama.cpp's numbering of expert_gating_func

/// Reads "<architecture>.<name>" within bounds.
class Reader {
 public:
  Reader(const GgufFile& file, std::string architecture)
      : file_(file), prefix_(std::move(architecture) + ".") {}

  [[nodiscard]] std::string key(const char* name) const { return prefix_ + name; }

  [[nodiscard]] int64_t integer(const char* name, int64_t low, int64_t high) const {
    return checked(name, file_.metadata().require<int64_t>(key(name)), low, high);
  }
  [[nodiscard]] int64_t integer_or(const char* name, int64_t fallback, int64_t low,
                                   int64_t high) const {
    const auto value = file_.metadata().get<int64_t>(key(name));
    return value ? checked(name, *value, low, high) : fallback;
  }
  [[nodiscard]] float positive(const char* name) const {
    const auto value = file_.metadata().require<float>(key(name));
    if (!std::isfinite(value) || value <= 0) {
      fail(ErrorKind::kBadFile, "{}: {} is {}; expected a positive number", file_.path(), key(name),
           value);
    }
    return value;
  }

 private:
  [[nodiscard]] int64_t checked(const char* name, int64_t value, int64_t low, int64_t high) const {
    if (value < low || value > high) {
      fail(ErrorKind::kBadFile, "{}: {} is {}; expected {} to {}", file_.path(), key(name), value,
           low, high);
    }
    return value;
  }

  const GgufFile& file_;
  std::string prefix_;
};

std::vector<int> read_kv_heads(const GgufFile& file, const Reader& read, int n_layers,
                               int n_heads) {
  const std::string key = read.key("attention.head_count_kv");
  const Value* value = file.metadata().find(key);
  if (value != nullptr && value->array() == nullptr) {
    fail(ErrorKind::kBadFile,
         "{}: {} is a single number; expected an array of one per layer (0 marks a convolution "
         "layer): the file was written by a converter that does not know this family, get another",
         file.path(), key);
  }
  const auto counts = file.metadata().get_array<int64_t>(key);
  if (!counts || counts->size() != static_cast<size_t>(n_layers)) {
    fail(ErrorKind::kBadFile, "{}: {} has {} entries; expected one for each of the {} layers",
         file.path(), key, counts ? counts->size() : 0, n_layers);
  }
  std::vector<int> heads;
  for (const int64_t n : *counts) {
    if (n < 0 || n > n_heads || (n > 0 && n_heads % n != 0)) {
      fail(ErrorKind::kBadFile, "{}: {} holds {}; expected 0 or a divisor of the {} query heads",
           file.path(), key, n, n_heads);
    }
    if (n > 0 && n_heads / n > kMaxHeadsPerKey) {
      fail(ErrorKind::kUnsupported, "{}: {} query heads share {} of {}; at most {} may share one",
           file.path(), n_heads, n, key, kMaxHeadsPerKey);
    }
    heads.push_back(static_cast<int>(n));
  }
  return heads;
}

void read_experts(const GgufFile& file, const Reader& read, Config& config) {
  config.n_dense_layers =
      static_cast<int>(read.integer_or("leading_dense_block_count", 0, 0, config.n_layers));
  config.n_experts = static_cast<int>(read.integer("expert_count", 1, kMaxExperts));
  config.n_experts_used = static_cast<int>(read.integer("expert_used_count", 1, config.n_experts));
  const int64_t gating = read.integer_or("expert_gating_func", kSigmoidGating, 0, 1 << 16);
  if (gating != kSigmoidGating) {
    fail(ErrorKind::kUnsupported,
         "{}: {} is {}; only sigmoid gating (2) belongs to this architecture", file.path(),
         read.key("expert_gating_func"), gating);
  }
  const auto scale = file.metadata().get<float>(read.key("expert_weights_scale"));
  if (scale && *scale != 0) config.expert_scale = read.positive("expert_weights_scale");
}

std::string read_architecture(const GgufFile& file) {
  const auto name = file.metadata().require<std::string_view>("general.architecture");
  if (name != "lfm2" && name != "lfm2moe") {
    fail(ErrorKind::kUnsupported,
         "{}: the model's architecture is \"{}\"; this engine runs lfm2 and lfm2moe (Liquid AI's "
         "LFM2 family)",
         file.path(), name);
  }
  return std::string(name);
}

}  // namespace

Config read_config(const GgufFile& file) {
  Config config;
  config.architecture = read_architecture(file);
  const Reader read(file, config.architecture);
  config.n_layers = static_cast<int>(read.integer("block_count", 1, kMaxLayers));
  config.hidden = read.integer("embedding_length", 1, kMaxHidden);
  config.context_length = read.integer("context_length", 1, kMaxContext);
  config.norm_epsilon = read.positive("attention.layer_norm_rms_epsilon");
  config.rope_base = read.positive("rope.freq_base");
  config.n_heads = static_cast<int>(read.integer("attention.head_count", 1, config.hidden));
  config.head_dim = static_cast<int>(
      read.integer_or("attention.key_length", config.hidden / config.n_heads, 1, config.hidden));
  if (config.head_dim % 32 != 0 || config.head_dim > kMaxHeadDim) {
    fail(ErrorKind::kUnsupported,
         "{}: heads have {} dimensions; expected a multiple of 32 up to {}", file.path(),
         config.head_dim, kMaxHeadDim);
  }
  if (read.integer_or("attention.value_length", config.head_dim, 1, config.hidden) !=
      config.head_dim) {
    fail(ErrorKind::kUnsupported, "{}: value heads are not as wide as the {} of key heads",
         file.path(), config.head_dim);
  }
  if (read.integer_or("attention.sliding_window", 0, 0, kMaxContext) != 0) {
    fail(ErrorKind::kUnsupported,
         "{}: the model uses a sliding attention window (an audio or encoder relative of the "
         "family); only text generation models are supported",
         file.path());
  }
  config.n_kv_heads = read_kv_heads(file, read, config.n_layers, config.n_heads);
  config.conv_taps = static_cast<int>(read.integer("shortconv.l_cache", 2, 8));
  config.n_dense_layers = config.n_layers;
  if (config.architecture == "lfm2moe") read_experts(file, read, config);
  const Tensor* embedding = file.find("token_embd.weight");
  if (embedding == nullptr) {
    fail(ErrorKind::kBadFile, "{}: tensor token_embd.weight is missing; the file is incomplete",
         file.path());
  }
  config.vocab = embedding->dims[1];
  if (config.vocab > kMaxVocab) {
    fail(ErrorKind::kBadFile, "{}: a vocabulary of {} is beyond the limit of {}", file.path(),
         config.vocab, kMaxVocab);
  }
  return config;
}

}  // namespace freshet
