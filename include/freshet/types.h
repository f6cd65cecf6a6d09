// Names for plain numbers that cross several boxes.
#pragma once

#include <cstdint>

namespace freshet {

/// A token's index in the vocabulary: 0 .. vocabulary size - 1.
using TokenId = int32_t;

}  // namespace freshet
