// Flags that fingers know from other engines and that CLI11 cannot declare or freshet does not
// have.
#pragma once

#include <span>
#include <string_view>

namespace freshet {

enum class FlagKind {
  kAlias,     ///< another spelling of `meaning`, a long flag; CLI11 takes one letter after one dash
  kIgnored,   ///< accepted without a word: it asks for what freshet does anyway
  kGpu,       ///< accepted with one warning per run: it places work on a GPU
  kNotThere,  ///< refused; `meaning` says what to do instead
};

/// What follows a flag that CLI11 never sees.
enum class FlagValue {
  kNone,
  kOne,
  kSwitch,  ///< on, off, auto, 0 or 1, or nothing
};

struct FlagRule {
  std::string_view flag;  ///< with its dashes: "-ngl"
  FlagKind kind;
  std::string_view meaning = {};
  FlagValue value = FlagValue::kNone;
};

/// All of them. A flag that a command declares itself goes to the command instead.
std::span<const FlagRule> flag_table();

/// The rule of that flag, or nullptr.
const FlagRule* find_flag_rule(std::string_view flag);

}  // namespace freshet
