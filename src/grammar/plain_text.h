// Where ordinary text is allowed whatever it says, so that masks need no walk over it.
#pragma once

#include "grammar/network.h"

namespace freshet {

/// Characters of which most tokens consist, and which most strings allow: all but controls, the
/// quotation marks " and ', and the backslash.
[[nodiscard]] const CodePointSet& plain_text();

/// Whether any character of plain text leads from `from` through byte edges to the end of its rule.
[[nodiscard]] bool ends_with_plain_character(const Network& network, StateId from);

/// Whether any character of plain text leads from `from` through byte edges back to it.
[[nodiscard]] bool loops_on_plain_character(const Network& network, StateId from);

}  // namespace freshet
