// Byte-pair merging of one piece.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "text/merge_table.h"

namespace freshet {

/// Appends the tokens of `piece` (not empty, under 2 GiB): from the tokens of its bytes, again and
/// again the pair of lowest rank is merged, the leftmost of equals first. Takes O(n log n).
void append_bpe(std::vector<TokenId>& out, std::string_view piece,
                const std::array<TokenId, 256>& byte_tokens, const MergeTable& merges);

}  // namespace freshet
