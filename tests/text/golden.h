// tokenizer_golden.json: a small vocabulary and what the official library makes of texts with it.
// Written by make_tokenizer_golden.py.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace freshet::testing {

struct GoldenCase {
  std::string text;
  std::vector<TokenId> lfm2;
  std::vector<TokenId> llama_bpe;
};

struct GoldenDecoding {
  std::vector<TokenId> ids;
  std::string text;  // control tokens left out, invalid bytes as U+FFFD
};

struct Golden {
  std::vector<std::string> tokens;
  std::vector<std::int32_t> types;
  std::vector<std::string> merges;
  std::vector<std::string_view> token_views;
  std::vector<std::string_view> merge_views;
  std::vector<GoldenCase> cases;
  std::vector<GoldenDecoding> decodings;

  /// Ready to build from, and to spoil first.
  [[nodiscard]] VocabularySpec spec(std::string_view pre = "lfm2") const;
};

/// Read once.
const Golden& golden();

}  // namespace freshet::testing
