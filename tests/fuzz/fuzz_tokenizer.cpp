// Any bytes: the split's pieces are the text, encoding and decoding give it back, streamed output
// is the decoding made valid. The first byte chooses the pre-tokenizer and whether control tokens
// are read.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/utf8.h"
#include "text/byte_alphabet.h"
#include "text/tokenizer.h"

namespace freshet {
namespace {

// The byte alphabet, a few merges that feed on each other, and special tokens that overlap.
Tokenizer make_small_tokenizer(std::string_view pre) {
  std::vector<std::string> tokens;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    append_alphabet_text(tokens.emplace_back(), {&c, 1});
  }
  const std::vector<std::string> merges = {"a a",   "Ġ Ġ", "aa a", "b a", "ĠĠ ĠĠ", "Ċ Ċ",
                                           "aa aa", "Ġ a", "1 2",  "' s", "ð Ł",   "ðŁ ĺ"};
  for (const std::string& merge : merges) {
    std::string joined = merge;
    joined.erase(joined.find(' '), 1);
    tokens.push_back(joined);
  }
  tokens.insert(tokens.end(), {"aaaaaaa", "123"});  // no merge leads to these
  std::vector<std::int32_t> types(tokens.size(), 1);
  for (const char* control : {"<|a|>", "<|a|>b", "<|", "<|b", "aab"}) {
    tokens.emplace_back(control);
    types.push_back(3);
  }
  tokens.emplace_back("two words");
  types.push_back(4);
  const std::vector<std::string_view> token_views(tokens.begin(), tokens.end());
  const std::vector<std::string_view> merge_views(merges.begin(), merges.end());
  VocabularySpec spec;
  spec.source = "fuzz";
  spec.model = "gpt2";
  spec.pre = pre;
  spec.tokens = token_views;
  spec.types = types;
  spec.merges = merge_views;
  return make_tokenizer(spec);
}

void check_split(std::string_view text) {
  for (const PreTokenizer& pre : pre_tokenizers()) {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = pre.piece_end(text, begin);
      FRESHET_CHECK(end > begin && end <= text.size());
      begin = end;
    }
  }
}

void check_round_trip(const Tokenizer& tokenizer, std::string_view text, bool parse_special) {
  const auto ids = tokenizer.encode(text, {.parse_special = parse_special});
  FRESHET_CHECK(tokenizer.decode(ids, /*show_special=*/true) == text);
  TextDecoder decoder(tokenizer);
  std::string streamed;
  for (const TokenId id : ids) {
    FRESHET_CHECK(parse_special || !tokenizer.is_control(id));
    const std::string part = decoder.push(id);
    FRESHET_CHECK(is_valid_utf8(part));
    streamed += part;
  }
  streamed += decoder.flush();
  FRESHET_CHECK(streamed == replace_invalid_utf8(tokenizer.decode(ids)));
}

}  // namespace
}  // namespace freshet

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace freshet;
  static const Tokenizer kLfm2 = make_small_tokenizer("lfm2");
  static const Tokenizer kLlama = make_small_tokenizer("llama-bpe");
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  check_split(text);
  check_round_trip((data[0] & 1) != 0 ? kLlama : kLfm2, text, (data[0] & 2) != 0);
  return 0;
}
