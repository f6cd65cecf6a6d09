// What quantising a file comes to, decided before anything is written.
#pragma once

#include <freshet/quantize.h>

#include <optional>

#include "gguf/reader.h"
#include "gguf/writer.h"
#include "tasks/importance.h"

namespace freshet {

/// The parts of a job that plan_quantize() and quantize_file() share.
struct QuantizeJob {
  QuantizeJob(const std::string& in, const QuantizeOptions& options);

  GgufFile source;
  std::optional<Importance> importance;
  std::vector<DType> formats;  ///< [tensors]
  uint32_t file_type;          ///< general.file_type of the result
  QuantizePlan plan;           ///< without file_bytes

  /// float[dims[0]] for the matrix `index` of the tensor; null if nothing is known.
  [[nodiscard]] const float* columns(const Tensor& tensor, int64_t index) const;
};

/// The source's metadata, with what says how the weights are stored made true.
void add_metadata(GgufWriter& out, const QuantizeJob& job);

}  // namespace freshet
