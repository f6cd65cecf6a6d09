// What happens to argv before CLI11 sees it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/cli_fwd.h"

namespace freshet {

struct PreparedArguments {
  std::vector<std::string> args;               ///< for CLI11: every flag is one that it declares
  std::vector<std::string> ignored_gpu_flags;  ///< as they were written
};

/// Rewrites the arguments that follow a command's name by flag_table(): spellings that CLI11 cannot
/// declare become long flags, flags without a meaning here are dropped. Values are left alone:
/// -p -ngl is a prompt. Throws Error{kUsage} for a flag that neither the command nor the table
/// knows, with the nearest one that is known.
PreparedArguments prepare_arguments(const CLI::App& command, std::span<const std::string> args);

/// The candidate that `word` is most likely a slip of, or empty if none is near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace freshet
