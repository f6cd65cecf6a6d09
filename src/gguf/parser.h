// One GGUF file's bytes to metadata and tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gguf/metadata.h"
#include "tensor/tensor.h"

namespace freshet {

struct ParsedFile {
  uint32_t version = 0;
  Metadata metadata;
  std::vector<Tensor> tensors;  ///< in the file's order; names may repeat
};

/// Everything in it points into `bytes`. Throws Error{kBadFile} or {kUnsupported} for whatever is
/// wrong but duplicate tensor names, which concern all parts of a split file together.
[[nodiscard]] ParsedFile parse_gguf(std::span<const std::byte> bytes, const std::string& file);

}  // namespace freshet
