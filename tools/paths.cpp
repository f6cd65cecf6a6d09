#include "tools/paths.h"

#include <cstdlib>

namespace freshet {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> absolute_path_from(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || !fs::path(value).is_absolute()) {
    return std::nullopt;
  }
  return fs::path(value);
}

std::optional<fs::path> user_dir(const char* variable, const char* below_home) {
  if (const auto base = absolute_path_from(variable)) {
    return *base / "freshet";
  }
  if (const auto home = absolute_path_from("HOME")) {
    return *home / below_home / "freshet";
  }
  return std::nullopt;
}

}  // namespace

std::optional<fs::path> config_dir() { return user_dir("XDG_CONFIG_HOME", ".config"); }
std::optional<fs::path> cache_dir() { return user_dir("XDG_CACHE_HOME", ".cache"); }
std::optional<fs::path> state_dir() { return user_dir("XDG_STATE_HOME", ".local/state"); }

}  // namespace freshet
