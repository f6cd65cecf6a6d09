#pragma once

#include <vector>

#include "grammar/network.h"

namespace freshet {

/// The rules, whoever calls before it reads ahead of the called. Throws Error{kUnsupported} for
/// left recursion, with its path.
[[nodiscard]] std::vector<RuleId> rules_in_call_order(const Network& network);

}  // namespace freshet
