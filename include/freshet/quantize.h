// A model file in other weight formats.
//
//   freshet::QuantizeOptions options{.type = "q4_k_m"};
//   freshet::QuantizePlan plan = freshet::plan_quantize("model-bf16.gguf", options);
//   plan.file_bytes;                                                   // of the file to be
//   freshet::quantize_file("model-bf16.gguf", "model-q4_k_m.gguf", options);
#pragma once

#include <freshet/error.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// Every type there is: the mixes ("q4_k_m", "q4_k_s", "q5_k_m") and each weight format's name.
[[nodiscard]] std::vector<std::string> quantize_types();

/// A format for the matrices whose names match.
struct TensorTypeRule {
  std::string pattern;  ///< ECMAScript regular expression, found anywhere in the name
  std::string type;     ///< a weight format's name
};

struct QuantizeOptions {
  std::string type;  ///< one of quantize_types(), in any case
  /// Of several rules that match a name the last one counts.
  std::vector<TensorTypeRule> tensor_types = {};
  std::string importance = {};    ///< a file of freshet imatrix or llama.cpp (GGUF); empty: none
  bool allow_requantize = false;  ///< take weights that have lost precision already
  bool pure = false;              ///< every matrix in `type`, without the mix's exceptions
  bool overwrite = false;         ///< replace a file that is there
  int n_threads = 0;              ///< 0: the performance cores within affinity mask and quota
  /// Called with the bytes of tensors read and to be read.
  std::function<void(uint64_t done, uint64_t total)> progress = {};
  const std::atomic<bool>* cancel = nullptr;  ///< looked at for every row
};

struct QuantizedTensor {
  std::string name;
  std::string_view from, to;  ///< formats: "BF16", "Q4_K"
  std::string_view wanted;    ///< unlike `to` where its blocks do not divide the rows
  std::vector<int64_t> dims;  ///< GGUF's order, fastest first
  uint64_t bytes_before, bytes_after;
  bool weighted;  ///< the importance of its columns is known
};

struct QuantizePlan {
  std::vector<QuantizedTensor> tensors;
  uint64_t weights = 0;
  uint64_t tensor_bytes_before = 0, tensor_bytes_after = 0;
  uint64_t file_bytes = 0;         ///< of the file that would be written
  std::vector<std::string> notes;  ///< sentences that the user should read
};

/// What quantize_file() would write. Norms, biases, convolution taps and routers stay F32; matrices
/// get the format that the type's rules, or the last matching of tensor_types, say, or one with
/// smaller blocks where theirs do not divide a row. Throws Error{kUsage} for a type or pattern that
/// is none, {kBadFile} for a file that is damaged or importance of another model, {kUnsupported}
/// for another architecture, or weights that are quantised already without allow_requantize.
[[nodiscard]] QuantizePlan plan_quantize(const std::string& in, const QuantizeOptions& options);

/// Reads `in` (any part of a split file) once, a few megabytes at a time, and writes `out`, which
/// appears under its name when it is complete; metadata are kept. The same options give the same
/// file on every machine. Throws besides what plan_quantize() throws: Error{kUsage} if `out`
/// exists without `overwrite`, is one of the input's parts or cannot be made, {kBadFile} for a
/// weight that is not finite, {kResources} if the disk is full, {kCancelled}.
QuantizePlan quantize_file(const std::string& in, const std::string& out,
                           const QuantizeOptions& options);

}  // namespace freshet
