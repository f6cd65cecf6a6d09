// Where a user's files belong, by the XDG base directory specification.
// https://specifications.freedesktop.org/basedir-spec/latest/
#pragma once

#include <filesystem>
#include <optional>

namespace freshet {

/// freshet's own folder for settings ($XDG_CONFIG_HOME/freshet, else ~/.config/freshet), for things
/// that can be made again ($XDG_CACHE_HOME, ~/.cache) and for what should outlive a run, such as
/// history ($XDG_STATE_HOME, ~/.local/state). A variable that is empty or not an absolute path
/// counts as unset; nothing if HOME is unset too. The folder need not exist.
std::optional<std::filesystem::path> config_dir();
std::optional<std::filesystem::path> cache_dir();
std::optional<std::filesystem::path> state_dir();

}  // namespace freshet
