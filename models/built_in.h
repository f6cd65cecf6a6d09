// The model inside the library: a GGUF image.
#pragma once

#include <cstddef>
#include <span>

namespace freshet {

/// The image; lives as long as the program, aligned to 64 bytes.
[[nodiscard]] std::span<const std::byte> built_in_model() noexcept;

}  // namespace freshet
