// A vocabulary small enough to try every token: all bytes, pieces that JSON and grammars are likely
// to meet, tokens that end inside a character, and control tokens.
#pragma once

#include <freshet/tokenizer.h>

#include <string>
#include <vector>

namespace freshet::testing {

[[nodiscard]] const Tokenizer& small_vocabulary();

/// Ids of the tokens that spell `text`, longest first.
[[nodiscard]] std::vector<TokenId> spell(const Tokenizer& tokenizer, std::string_view text);

}  // namespace freshet::testing
