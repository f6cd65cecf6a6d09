#include "tasks/synth_vocabulary.h"

#include <array>

#include "base/check.h"
#include "base/format.h"
#include "text/byte_alphabet.h"

namespace freshet {
namespace {

constexpr std::array<const char*, 14> kControlTokens = {"<|pad|>",
                                                        "<|startoftext|>",
                                                        "<|endoftext|>",
                                                        "<|fim_pre|>",
                                                        "<|fim_mid|>",
                                                        "<|fim_suf|>",
                                                        "<|im_start|>",
                                                        "<|im_end|>",
                                                        "<|tool_list_start|>",
                                                        "<|tool_list_end|>",
                                                        "<|tool_call_start|>",
                                                        "<|tool_call_end|>",
                                                        "<|tool_response_start|>",
                                                        "<|tool_response_end|>"};
constexpr int32_t kNormal = 1, kControl = 3, kUnused = 5;

std::string spelled(std::string_view bytes) {
  std::string text;
  append_alphabet_text(text, bytes);
  return text;
}

/// Adds merges until the vocabulary has n tokens or nothing is left to merge.
class Merger {
 public:
  Merger(SynthVocabulary& vocabulary, size_t n) : v_(vocabulary), n_(n) {}

  void merge_all() {
    const std::string line_feed = spelled("\n"), space = spelled(" ");
    add(line_feed, line_feed);
    add(space, space);
    // The commonest letters first, so that small vocabularies have the useful pairs.
    constexpr std::string_view kLetters = "etaoinshrdlcumwfgypbvkjxqz";
    std::vector<std::string> pairs, words;
    for (const char a : kLetters) {
      for (const char b : kLetters) pairs.push_back({a, b});
    }
    for (const char a : kLetters) add(space, {a});
    for (const std::string& pair : pairs) add(pair.substr(0, 1), pair.substr(1));
    for (const std::string& pair : pairs) {
      for (const char c : kLetters) add(pair, {c});
    }
    for (const std::string& left : pairs) {
      for (const std::string& right : pairs) add(left, right);
    }
  }

 private:
  void add(const std::string& left, const std::string& right) {
    if (v_.tokens.size() >= n_) return;
    v_.tokens.push_back(left + right);
    v_.types.push_back(kNormal);
    v_.merges.push_back(left + ' ' + right);
  }

  SynthVocabulary& v_;
  size_t n_;
};

}  // namespace

SynthVocabulary synth_vocabulary(int64_t n) {
  FRESHET_CHECK(n >= static_cast<int64_t>(kControlTokens.size()) + 256);
  const auto size = static_cast<size_t>(n);
  SynthVocabulary v;
  for (const char* token : kControlTokens) {
    v.tokens.emplace_back(token);
    v.types.push_back(kControl);
  }
  for (int byte = 0; byte < 256; ++byte) {
    v.tokens.push_back(spelled(std::string(1, static_cast<char>(byte))));
    v.types.push_back(kNormal);
  }
  // The published files have 64,400 tokens in 65,536 rows.
  Merger(v, size * 64400 / 65536).merge_all();
  while (v.tokens.size() < size) {
    v.tokens.push_back(formatted("[PAD{}]", v.tokens.size()));
    v.types.push_back(kUnused);
  }
  return v;
}

std::string_view synth_chat_template() noexcept {
  return "{{- bos_token -}}\n"
         "{%- for message in messages -%}\n"
         "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' -}}\n"
         "{%- endfor -%}\n"
         "{%- if add_generation_prompt -%}\n"
         "{{- '<|im_start|>assistant\\n' -}}\n"
         "{%- endif -%}\n";
}

}  // namespace freshet
