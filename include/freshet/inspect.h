// What a GGUF file is, whether or not this engine can run it.
#pragma once

#include <freshet/engine.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet {

struct InspectOptions {
  CacheFormat key_cache = CacheFormat::kF16;
  CacheFormat value_cache = CacheFormat::kF16;
  int micro_batch = EngineOptions{}.micro_batch;
  /// Context lengths to tell the memory of; empty: 4096, 32768 and what the model was made for.
  std::vector<int64_t> contexts = {};
};

/// Tensors of one format.
struct FormatCensus {
  std::string_view format;  ///< "Q4_K"
  int n_tensors = 0;
  uint64_t weights = 0;
  uint64_t bytes = 0;
};

struct TensorReport {
  std::string name;
  std::string_view format;
  std::vector<int64_t> dims;  ///< GGUF's order, fastest first
  uint64_t bytes = 0;
};

struct MetadataReport {
  std::string key, type, value;  ///< the value on one line, cut if long
};

struct TokenizerReport {
  std::string model, pre;  ///< "gpt2", "lfm2"
  uint64_t n_tokens = 0, n_merges = 0, n_unused = 0;
  std::optional<int64_t> bos, eos, pad;
  bool add_bos = false;
  bool has_chat_template = false;
  std::string chat_template_problem;  ///< why the template cannot be used; empty if it can
};

/// The architecture's numbers; there if the engine can run the file.
struct ShapeReport {
  int n_layers, n_attention_layers, n_dense_layers;
  int64_t hidden, vocab, context_length;
  int n_heads, n_kv_heads, head_dim;
  int n_experts, n_experts_used;  ///< 0 of a dense model
  uint64_t parameters_per_token;  ///< weights that one token is multiplied with, the head included
};

/// Memory that one sequence of this many tokens needs.
struct ContextReport {
  int64_t n_tokens;
  uint64_t cache_bytes;  ///< keys, values and convolution states
  uint64_t total_bytes;  ///< with weights and scratch
};

struct FileReport {
  std::string path;
  std::vector<std::string> parts;  ///< of a split file, else path alone
  uint32_t gguf_version = 0;
  uint64_t file_bytes = 0, tensor_bytes = 0, parameters = 0;
  std::string architecture, name, size_label;
  std::string file_type;             ///< "Q4_K - Medium", or empty if the file does not say
  std::vector<FormatCensus> census;  ///< most bytes first
  std::vector<TensorReport> tensors;
  std::vector<MetadataReport> metadata;
  TokenizerReport tokenizer;
  std::optional<ShapeReport> shape;
  std::string not_runnable;  ///< why this engine cannot run it; empty if it can
  uint64_t scratch_bytes = 0;
  std::vector<ContextReport> contexts;                     ///< if the engine can run it
  std::optional<uint64_t> memory_total, memory_available;  ///< of this machine, if it says
};

/// Reads what there is to read; an empty path is the model in the box. Throws Error if the file is
/// no GGUF or is damaged; a sound file that the engine cannot run is no error.
[[nodiscard]] FileReport inspect_file(const std::string& path, const InspectOptions& options = {});

/// The name that other engines print for GGUF's general.file_type: 15 is "Q4_K - Medium". Empty for
/// a number without a name.
[[nodiscard]] std::string_view file_type_name(int64_t file_type) noexcept;

}  // namespace freshet
