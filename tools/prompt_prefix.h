// How much of what a sequence has read serves for another prompt.
#pragma once

#include <freshet/tokenizer.h>

#include <span>

namespace freshet {

/// Numbers of tokens that say the same.
struct CommonPrefix {
  size_t read;    ///< of the sequence
  size_t prompt;  ///< of the prompt

  bool operator==(const CommonPrefix&) const = default;
};

/// The longest beginning that both share. A model's own tokens need not be those that the tokenizer
/// cuts its text into: where the bytes are the same they count as the same, and the model's are
/// kept. Control tokens are the same as themselves only.
[[nodiscard]] CommonPrefix common_prefix(const Tokenizer& tokenizer, std::span<const TokenId> read,
                                         std::span<const TokenId> prompt);

}  // namespace freshet
