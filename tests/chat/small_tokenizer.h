// A vocabulary of single bytes and the family's control tokens.
#pragma once

#include <string>
#include <vector>

#include "text/byte_alphabet.h"
#include "text/tokenizer.h"

namespace freshet::testing {

inline Tokenizer small_chat_tokenizer() {
  std::vector<std::string> tokens;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    append_alphabet_text(tokens.emplace_back(), {&c, 1});
  }
  std::vector<std::int32_t> types(tokens.size(), 1);
  for (const char* control : {"<|startoftext|>", "<|im_start|>", "<|im_end|>",
                              "<|tool_call_start|>", "<|tool_call_end|>", "<think>", "</think>"}) {
    tokens.emplace_back(control);
    types.push_back(3);
  }
  const std::vector<std::string_view> views(tokens.begin(), tokens.end());
  VocabularySpec spec;
  spec.source = "small";
  spec.model = "gpt2";
  spec.pre = "lfm2";
  spec.tokens = views;
  spec.types = types;
  spec.bos = 256;
  spec.eos = 258;
  spec.add_bos = true;
  return make_tokenizer(spec);
}

}  // namespace freshet::testing
