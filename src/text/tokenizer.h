// From a vocabulary as a file states it to a Tokenizer.
#pragma once

#include <freshet/tokenizer.h>

#include <optional>
#include <vector>

#include "text/merge_table.h"
#include "text/special_matcher.h"
#include "text/splitter.h"
#include "text/vocabulary.h"

namespace freshet {

/// Throws Error: kUnsupported for a model or pre-tokenizer that is not supported, kBadFile for a
/// vocabulary that contradicts itself. Copies what it needs: the views in `spec` may die
/// afterwards.
[[nodiscard]] Tokenizer make_tokenizer(const VocabularySpec& spec);

struct Tokenizer::Impl {
  explicit Impl(const VocabularySpec& spec);
  Impl(const Impl&) = delete;  // the matchers refer to the vocabulary beside them
  Impl& operator=(const Impl&) = delete;

  /// Where control tokens are to be read.
  [[nodiscard]] std::vector<SpecialMatcher::Match> control_tokens(
      std::string_view text, const EncodeOptions& options) const;
  /// Appends the tokens of text without control tokens.
  void append_text(std::vector<TokenId>& out, std::string_view text) const;
  /// Appends the tokens of text in which no special token is looked for.
  void append_plain(std::vector<TokenId>& out, std::string_view text) const;
  /// Throws Error (kBadRequest) if `id` is not in the vocabulary.
  void require_token(TokenId id) const;
  /// Whether decoding leaves it out by default.
  [[nodiscard]] bool is_hidden(TokenId id) const noexcept;

  PreTokenizer pre;
  Vocabulary vocabulary;
  MergeTable merges;
  SpecialMatcher added;         // control and user-defined tokens
  SpecialMatcher user_defined;  // those that are text even where control tokens are not to be read
  std::optional<TokenId> bos;
  std::optional<TokenId> eos;
  std::optional<TokenId> pad;
  std::vector<TokenId> end_ids;  // ascending
  bool add_bos;
};

}  // namespace freshet
