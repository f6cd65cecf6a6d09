// What stands behind freshet::Sequence.
#pragma once

#include <freshet/engine.h>

#include <vector>

#include "model/memory.h"

namespace freshet {

struct Sequence::Impl {
  explicit Impl(const MemoryShape& shape) : memory(shape) {}

  std::vector<TokenId> tokens;
  Memory memory;              // of tokens[0 .. memory.length())
  std::vector<float> logits;  // after the last token; empty if unknown
};

}  // namespace freshet
