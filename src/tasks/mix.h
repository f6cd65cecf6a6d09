// Which weight format each tensor of a model gets, under a name such as q4_k_m. The rules are those
// of the usual quantiser (llama.cpp's), so that files have the sizes that people know.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/dtype.h"

namespace freshet {

struct Mix {
  /// More bits for some of the tensors where errors hurt most: the down projections of the
  /// feed-forwards, and the values of the attention.
  enum class Extra : uint8_t {
    kNone,
    kMedium,  ///< Q6_K in the first and last eighth, and in every third in between
    kSmall,   ///< Q5_K in the first eighth, and in the first four attention layers
  };
  DType base = DType::F32;
  Extra extra = Extra::kNone;
  uint32_t file_type = 0;  ///< GGUF's general.file_type
  bool pure = false;       ///< every matrix in the base format, the embedding too
  bool weighted = false;   ///< importance is known: Q4_0 and Q5_0 take Q4_1 and Q5_1 at the start
};

/// "q4_k_m", "q4_k_s", "q5_k_m", and every format's name; in lower case.
[[nodiscard]] std::vector<std::string> mix_names();
/// The mix of that name, in any case. Throws Error{kUsage} with the names there are.
[[nodiscard]] Mix mix_from_name(std::string_view name);

/// A tensor by what the rules look at.
struct NamedShape {
  std::string_view name;
  std::span<const int64_t> dims;  ///< GGUF's order, fastest first
};

/// True for the matrices: what is multiplied with activations, the router's apart. All else stays
/// F32: norms, biases, convolution taps, routers.
[[nodiscard]] bool is_quantisable(const NamedShape& tensor) noexcept;

/// `wanted` if its blocks divide rows of n weights, else the nearest format whose blocks do.
[[nodiscard]] DType dividing_format(DType wanted, int64_t n) noexcept;

/// The formats of one model's tensors.
class MixRules {
 public:
  /// `tensors` are all of the model's: their names say how many layers there are, which of them
  /// attend, and whether the embedding is the head too. Throws Error{kBadFile} for a layer number
  /// that no model has.
  MixRules(const Mix& mix, std::span<const NamedShape> tensors);

  /// The format that the rules want, F32 for what is not quantised. dividing_format() may have to
  /// replace it.
  [[nodiscard]] DType format_of(const NamedShape& tensor) const;

 private:
  [[nodiscard]] DType embedding_format() const noexcept;
  [[nodiscard]] DType with_more_bits(int64_t i, int64_t n, bool is_value) const noexcept;

  Mix mix_;
  int64_t n_layers_ = 0;
  std::vector<int64_t> attention_layers_;  // ascending
  bool tied_ = true;
};

}  // namespace freshet
