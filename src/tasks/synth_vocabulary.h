// A vocabulary that has all the parts of the family's and none of its words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

struct SynthVocabulary {
  std::vector<std::string> tokens;
  std::vector<int32_t> types;       ///< GGUF's: 1 normal, 3 control, 5 unused
  std::vector<std::string> merges;  ///< "left right", the earlier the stronger
};

/// n >= 270 tokens: the family's 14 control tokens under its ids, the 256 bytes, merges of
/// lower-case letters, and [PADn] rows that nothing stands for (1.7 % of n, as in the family's
/// files).
[[nodiscard]] SynthVocabulary synth_vocabulary(int64_t n);

/// The family's ChatML as a Jinja template.
[[nodiscard]] std::string_view synth_chat_template() noexcept;

}  // namespace freshet
