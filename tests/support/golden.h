// The models and logits of tests/goldens, and the same models in other weight formats.
#pragma once

#include <freshet/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tensor/dtype.h"

namespace freshet::testing {

struct GoldenSequence {
  std::vector<TokenId> ids;
  std::vector<int64_t> positions;  ///< ascending: those whose logits are kept
  std::vector<float> logits;       ///< [positions, vocab_size]
};

struct GoldenModel {
  std::string name;
  std::string path;  ///< the GGUF file; its matrices are Q4_0
  int64_t vocab_size;
  float logit_std;  ///< standard deviation of all the model's kept logits
  std::vector<GoldenSequence> sequences;

  /// The row of `logits` for the i-th kept position.
  [[nodiscard]] std::span<const float> row(const GoldenSequence& sequence, size_t i) const {
    const size_t width = static_cast<size_t>(vocab_size);
    return std::span(sequence.logits).subspan(i * width, width);
  }
};

/// Every model of the manifest. Throws std::exception if the goldens in the tree are damaged.
[[nodiscard]] std::vector<GoldenModel> load_golden_models();

/// Writes the GGUF file `from` to `to` with its Q4_0 matrices in `dtype`: the same weights bit for
/// bit, if they lie on the goldens' grid and `dtype` is F32, BF16 or F16; encoded anew for other
/// types, whose blocks must divide every row.
void write_with_dtype(const std::string& from, DType dtype, const std::string& to);

}  // namespace freshet::testing
