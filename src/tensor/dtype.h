// What the engine knows of a weight format without touching its bits: name and block geometry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "kernels/formats/format.h"

namespace freshet {

using DType = kernels::Format;

struct DTypeInfo {
  DType dtype;
  std::string_view name;  // as GGUF spells it: "Q4_K"
  int block_size;         // weights per block
  int block_bytes;        // bytes per block
};

/// Every format the engine reads, in order of its GGUF id.
[[nodiscard]] std::span<const DTypeInfo> all_dtypes() noexcept;
[[nodiscard]] const DTypeInfo& info(DType dtype) noexcept;
/// F32, F16, BF16: multiplied with floats. With all others, activations are rounded to bytes.
[[nodiscard]] bool is_float_format(DType dtype) noexcept;

/// The format with this GGUF tensor type id; nothing if the engine does not read it.
[[nodiscard]] std::optional<DType> dtype_from_gguf(uint32_t id) noexcept;
/// The format of that name, in any case ("q4_k"); nothing if there is none.
[[nodiscard]] std::optional<DType> dtype_from_name(std::string_view name) noexcept;
/// The name under which other engines know a tensor type id that this one refuses ("IQ2_XXS"),
/// or "unknown".
[[nodiscard]] std::string_view refused_type_name(uint32_t id) noexcept;
/// What to use in place of a tensor type that this engine refuses, for the error message:
/// "use " + "a Q2_K or Q3_K_M file of the same model".
[[nodiscard]] std::string_view instead_of_refused_type(uint32_t id) noexcept;

}  // namespace freshet
