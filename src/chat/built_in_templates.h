// Chat templates that the engine brings along.
#pragma once

#include <span>
#include <string_view>

namespace freshet {

struct BuiltInTemplate {
  std::string_view name;
  std::string_view source;
};

[[nodiscard]] std::span<const BuiltInTemplate> built_in_templates() noexcept;

}  // namespace freshet
