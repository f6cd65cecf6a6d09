#include "grammar/vocabulary_trie.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/utf8.h"
#include "grammar/plain_text.h"

namespace freshet {
namespace {

using Tokens = std::vector<std::pair<std::string_view, TokenId>>;

// Measured on the family's vocabulary: between these, less than a tenth of the tokens is left over.
constexpr uint32_t kSliceCharacters[] = {kUnlimited, 24, 12, 7};

/// The characters of `text`, if it is whole characters of plain text.
std::optional<uint32_t> count_plain(std::string_view text) {
  uint32_t n = 0;
  while (!text.empty()) {
    const Utf8Char c = decode_utf8(text);
    if (c.status != Utf8Status::kValid || !plain_text().contains(c.code_point)) return std::nullopt;
    text.remove_prefix(c.length);
    ++n;
  }
  return n;
}

// A JSON string that contained one of these as a token would be taken apart by whoever reads the
// answer. Files disagree on whether they are control tokens.
constexpr std::string_view kMarks[] = {"<think>",
                                       "</think>",
                                       "<|tool_list_start|>",
                                       "<|tool_list_end|>",
                                       "<|tool_call_start|>",
                                       "<|tool_call_end|>",
                                       "<|tool_response_start|>",
                                       "<|tool_response_end|>"};

bool is_text_token(const Tokenizer& tokenizer, TokenId id) {
  if (tokenizer.is_control(id) || tokenizer.is_unused(id)) return false;
  const std::string_view piece = tokenizer.piece(id);
  return !piece.empty() && !tokenizer.is_end_of_generation(id) &&
         std::ranges::find(kMarks, piece) == std::end(kMarks);
}

// Sorted by bytes; of several that are spelt alike the first stays, the rest become its namesakes.
Tokens sort_texts(const Tokenizer& tokenizer, std::vector<std::pair<TokenId, TokenId>>& namesakes) {
  Tokens tokens;
  for (TokenId id = 0; id < tokenizer.vocab_size(); ++id) {
    if (!is_text_token(tokenizer, id)) continue;
    const std::string_view piece = tokenizer.piece(id);
    if (piece.size() > std::numeric_limits<uint16_t>::max()) {
      fail(ErrorKind::kUnsupported,
           "token {} is a text of {} bytes, more than constrained output can use ({})", id,
           piece.size(), std::numeric_limits<uint16_t>::max());
    }
    tokens.emplace_back(piece, id);
  }
  std::ranges::sort(tokens);
  Tokens distinct;
  for (const auto& token : tokens) {
    if (!distinct.empty() && distinct.back().first == token.first) {
      namesakes.emplace_back(distinct.back().second, token.second);
    } else {
      distinct.push_back(token);
    }
  }
  return distinct;
}

}  // namespace

VocabularyTrie::VocabularyTrie(const Tokens& tokens) {
  std::vector<uint32_t> path;  // nodes from the root to the latest token
  const auto close = [&](size_t depth) {
    for (; path.size() > depth; path.pop_back()) {
      nodes[path.back()].skip = static_cast<uint32_t>(nodes.size());
    }
  };
  std::string_view previous;
  for (const auto& [bytes, id] : tokens) {
    const auto [differs, unused] = std::ranges::mismatch(previous, bytes);
    close(static_cast<size_t>(differs - previous.begin()));
    while (path.size() < bytes.size()) {
      const size_t depth = path.size();
      path.push_back(static_cast<uint32_t>(nodes.size()));
      nodes.push_back({.skip = 0,
                       .token = -1,
                       .depth = static_cast<uint16_t>(depth),
                       .byte = static_cast<uint8_t>(bytes[depth])});
    }
    nodes[path.back()].token = id;
    max_depth = std::max(max_depth, bytes.size());
    previous = bytes;
  }
  close(0);
}

TokenTexts::TokenTexts(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {
  const Tokens tokens = sort_texts(tokenizer_, namesakes_);
  all_ = VocabularyTrie(tokens);
  std::vector<uint32_t> n_plain;
  for (const auto& [bytes, id] : tokens) n_plain.push_back(count_plain(bytes).value_or(kUnlimited));
  for (const uint32_t characters : kSliceCharacters) {
    TokenMask plain(static_cast<size_t>(tokenizer_.vocab_size()));
    Tokens others;
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (n_plain[i] != kUnlimited && n_plain[i] <= characters) {
        plain.allow(tokens[i].second);
      } else {
        others.push_back(tokens[i]);
      }
    }
    slices_.push_back({characters, std::move(plain), VocabularyTrie(others)});
  }
}

const TokenTexts::Slice* TokenTexts::slice(uint32_t characters) const {
  const auto found = std::ranges::find_if(
      slices_, [&](const Slice& slice) { return slice.characters <= characters; });
  return found == slices_.end() ? nullptr : &*found;
}

void TokenTexts::allow_namesakes(TokenMask& mask) const {
  for (const auto& [known, other] : namesakes_) {
    if (mask.allows(known)) mask.allow(other);
  }
}

bool TokenTexts::is_text(TokenId id) const {
  return id >= 0 && id < tokenizer_.vocab_size() && is_text_token(tokenizer_, id);
}

}  // namespace freshet
