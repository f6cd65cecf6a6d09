#include "grammar/small_vocabulary.h"

#include <algorithm>

#include "text/byte_alphabet.h"
#include "text/tokenizer.h"

namespace freshet::testing {
namespace {

Tokenizer make() {
  std::vector<std::string> pieces;
  for (unsigned byte = 0; byte < 256; ++byte) pieces.emplace_back(1, static_cast<char>(byte));
  const char* const longer[] = {"ab",
                                "abc",
                                "aa",
                                "aaa",
                                "aaaa",
                                "aaaaaaaa",
                                "hello",
                                " world",
                                " the",
                                "name",
                                "\"name",
                                "\": ",
                                "\":",
                                "\", \"",
                                "\",",
                                "{\"",
                                "\"}",
                                "\"]",
                                "}}",
                                "]}",
                                "[]",
                                "{}",
                                "[1",
                                ", ",
                                ",\n",
                                "\n\n",
                                "\n  ",
                                "    ",
                                "\n    ",
                                "true",
                                "false",
                                "null",
                                "tr",
                                "ue",
                                "12",
                                "123",
                                "00",
                                ".5",
                                "e+",
                                "-1",
                                "0.",
                                "\\n",
                                "\\u",
                                "\\\"",
                                "\\\\",
                                "don't",
                                "it's",
                                "a\"b",
                                "20",
                                "2024",
                                "-0",
                                "T1",
                                "Z\"",
                                "+-",
                                "()",
                                "(x",
                                "='",
                                "', ",
                                "True",
                                "None",
                                "\xC3\xA9",
                                "\xE2\x82",
                                "\x82\xAC",
                                "\xE2\x82\xAC",
                                "\xF0\x9F",
                                "\x98\x80",
                                "\xF0\x9F\x98\x80",
                                "\xC3\xA9t\xC3\xA9",
                                "x\xE2",
                                "\xACy",
                                "\xED\xA0",
                                "\xC0\x80",
                                "get_",
                                "weather",
                                "city"};
  for (const char* text : longer) pieces.emplace_back(text);
  std::vector<std::string> tokens;
  for (const std::string& piece : pieces) append_alphabet_text(tokens.emplace_back(), piece);
  std::vector<std::int32_t> types(tokens.size(), 1);
  for (const char* control : {"<|im_end|>", "<|startoftext|>", "<|tool_call_start|>",
                              "<|tool_call_end|>", "<think>", "</think>"}) {
    tokens.emplace_back(control);
    types.push_back(3);
  }
  tokens.emplace_back("hello world");
  types.push_back(4);
  tokens.emplace_back("[PAD0]");
  types.push_back(5);
  const std::vector<std::string_view> views(tokens.begin(), tokens.end());
  VocabularySpec spec;
  spec.source = "test";
  spec.model = "gpt2";
  spec.pre = "lfm2";
  spec.tokens = views;
  spec.types = types;
  const auto end = std::find(tokens.begin(), tokens.end(), "<|im_end|>");
  spec.eos = end - tokens.begin();
  return make_tokenizer(spec);
}

}  // namespace

const Tokenizer& small_vocabulary() {
  static const Tokenizer kTokenizer = make();
  return kTokenizer;
}

std::vector<TokenId> spell(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<TokenId> ids;
  while (!text.empty()) {
    TokenId best = -1;
    for (TokenId id = 0; id < tokenizer.vocab_size(); ++id) {
      if (tokenizer.is_unused(id) || !text.starts_with(tokenizer.piece(id))) continue;
      if (best < 0 || tokenizer.piece(id).size() > tokenizer.piece(best).size()) best = id;
    }
    ids.push_back(best);
    text.remove_prefix(tokenizer.piece(best).size());
  }
  return ids;
}

}  // namespace freshet::testing
