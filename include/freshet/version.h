#pragma once

namespace freshet {

/// "0.1.0"
[[nodiscard]] const char* version() noexcept;

}  // namespace freshet
