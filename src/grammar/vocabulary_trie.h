// The texts of a vocabulary as a tree, so that a mask is worked out for all tokens at once.
#pragma once

#include <freshet/tokenizer.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "sampling/token_mask.h"

namespace freshet {

/// Nodes in preorder, without the root. A walk goes from node i to i + 1, or, where the byte does
/// not fit, past everything below it to nodes[i].skip.
struct VocabularyTrie {
  struct Node {
    uint32_t skip;
    TokenId token;   ///< the token that ends here, or -1
    uint16_t depth;  ///< of the byte: 0 for first bytes
    uint8_t byte;
  };

  VocabularyTrie() = default;
  /// `tokens`: bytes and id, sorted, the bytes distinct and not empty.
  explicit VocabularyTrie(const std::vector<std::pair<std::string_view, TokenId>>& tokens);

  std::vector<Node> nodes;
  size_t max_depth = 0;  ///< bytes of the longest token
};

/// The text tokens of a vocabulary, prepared. Not among them: control and unused tokens, those that
/// end an answer, and the family's marks for thinking and tools, of whatever type a file says they
/// are.
class TokenTexts {
 public:
  explicit TokenTexts(const Tokenizer& tokenizer);

  [[nodiscard]] const Tokenizer& tokenizer() const { return tokenizer_; }
  [[nodiscard]] const VocabularyTrie& all() const { return all_; }

  /// Tokens of at most `characters` characters of plain text (plain_text.h), and all the others:
  /// where that much plain text is allowed, only the others need a walk.
  struct Slice {
    uint32_t characters;
    TokenMask plain;
    VocabularyTrie others;
  };
  /// The largest slice within `characters`, or nullptr.
  [[nodiscard]] const Slice* slice(uint32_t characters) const;

  /// Allows the tokens that are spelt like an allowed one.
  void allow_namesakes(TokenMask& mask) const;

  /// Whether it is text, and which.
  [[nodiscard]] bool is_text(TokenId id) const;

 private:
  Tokenizer tokenizer_;
  std::vector<std::pair<TokenId, TokenId>> namesakes_;  ///< (in the trie, not in it)
  VocabularyTrie all_;
  std::vector<Slice> slices_;  ///< most characters first
};

}  // namespace freshet
