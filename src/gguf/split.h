// Models in several files: NAME-00001-of-00003.gguf and its siblings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gguf/metadata.h"

namespace freshet {

/// What a part says of itself.
struct SplitInfo {
  uint32_t no = 0;  ///< of this part, from 0
  uint32_t count = 1;
  std::optional<uint64_t> n_tensors = {};  ///< in all parts together
};

/// {0, 1} for a file that is whole. Throws Error{kBadFile} if the numbers contradict one another.
[[nodiscard]] SplitInfo split_info(const Metadata& metadata);

/// The paths of all parts, in order, given any one of them and how many there are. Throws
/// Error{kBadFile} if the name does not follow the pattern or a part is missing beside it.
[[nodiscard]] std::vector<std::string> split_paths(const std::string& part, uint32_t count);

}  // namespace freshet
