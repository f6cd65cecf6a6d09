// The model inside the program.
#pragma once

#include <cstddef>
#include <span>

namespace freshet {

/// A whole GGUF file, aligned to 64 bytes. models/README.md says what it is.
[[nodiscard]] std::span<const std::byte> built_in_model() noexcept;

}  // namespace freshet
