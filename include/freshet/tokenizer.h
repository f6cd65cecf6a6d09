// Text to token ids and back.
//
//   const auto tokenizer = freshet::Tokenizer::open("LFM2-24B-A2B-Q4_K_M.gguf");
//   std::vector<freshet::TokenId> ids = tokenizer.encode("hello world");
//   freshet::TextDecoder decoder(tokenizer);
//   for (const auto id : ids) std::cout << decoder.push(id);
//   std::cout << decoder.flush();
#pragma once

#include <freshet/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// Bytes [begin, end) of a text.
struct TextRange {
  std::size_t begin;
  std::size_t end;

  bool operator==(const TextRange&) const = default;
};

struct EncodeOptions {
  /// Put the beginning-of-sequence token first, if the vocabulary asks for one and the text does
  /// not already begin with it.
  bool add_bos = true;
  /// Read the text of control tokens (<|im_start|> ...) as those tokens. Turn it off for text that
  /// comes from someone not trusted to write them: then no control token can come out of the text.
  bool parse_special = true;
  /// Where parse_special does not hold: ascending, apart from each other, within the text. A
  /// control token is read only where none of its bytes lies in one of these.
  std::span<const TextRange> content = {};
};

/// A vocabulary with its byte-level BPE. Immutable: copies share it, and any number of threads may
/// use it.
class Tokenizer {
 public:
  /// Reads the vocabulary of a GGUF file (of the first part, if it is split). Throws Error:
  /// kBadFile where the file or its vocabulary is damaged, kUnsupported for another kind of
  /// tokenizer.
  [[nodiscard]] static Tokenizer open(const std::string& path);

  /// The ids of `text`, in time linear in its length but for a logarithm in runs without a break.
  /// Bytes that are not UTF-8 are kept. Throws Error (kBadRequest) above 2 GiB.
  [[nodiscard]] std::vector<TokenId> encode(std::string_view text,
                                            const EncodeOptions& options = {}) const;

  /// The bytes that `ids` stand for, joined: decode(encode(text)) == text for every byte string
  /// without control tokens. May end inside a character; TextDecoder is for output as it comes.
  /// Control and unused tokens are left out unless `show_special`. Throws Error (kBadRequest) for
  /// an id out of range.
  [[nodiscard]] std::string decode(std::span<const TokenId> ids, bool show_special = false) const;

  /// The bytes of one token, control and unused tokens by their names; not necessarily whole
  /// characters. Lives as long as any copy of this tokenizer. Throws like decode.
  [[nodiscard]] std::string_view piece(TokenId id) const;

  /// A token that steers and is not text (<|im_start|>). False for ids out of range, as are the
  /// next two.
  [[nodiscard]] bool is_control(TokenId id) const noexcept;
  /// A row that pads the vocabulary ([PAD64400]); encode never produces it.
  [[nodiscard]] bool is_unused(TokenId id) const noexcept;
  /// A token after which generation stops: the file's end-of-sequence and end-of-turn ids, and
  /// tokens of the usual names (<|im_end|>, <|endoftext|>, <|eot_id|> ...).
  [[nodiscard]] bool is_end_of_generation(TokenId id) const noexcept;
  /// All of them, ascending.
  [[nodiscard]] std::span<const TokenId> end_of_generation_ids() const noexcept;

  [[nodiscard]] std::optional<TokenId> bos() const noexcept;
  [[nodiscard]] std::optional<TokenId> eos() const noexcept;
  [[nodiscard]] std::optional<TokenId> pad() const noexcept;
  /// Whether the vocabulary asks for a beginning-of-sequence token.
  [[nodiscard]] bool adds_bos() const noexcept;

  /// Rows of the vocabulary, unused ones included: valid ids are 0 .. vocab_size() - 1.
  [[nodiscard]] std::int32_t vocab_size() const noexcept;

  /// The token that is exactly `text`; nothing if there is none or it is unused.
  [[nodiscard]] std::optional<TokenId> find(std::string_view text) const;

  /// Implementation; see src/text/tokenizer.h.
  struct Impl;
  explicit Tokenizer(std::shared_ptr<const Impl> impl) noexcept;

 private:
  friend class TextDecoder;
  std::shared_ptr<const Impl> impl_;
};

/// Tokens in, UTF-8 out, one token at a time. A character whose bytes are spread over several
/// tokens comes out whole, with the last of them; bytes that cannot become a character come out as
/// U+FFFD. All that push and flush return, joined, is decode() of the same ids with the invalid
/// bytes so replaced.
class TextDecoder {
 public:
  /// Of control and unused tokens, those in `shown` are text, and all of them if `show_special`.
  explicit TextDecoder(Tokenizer tokenizer, bool show_special = false,
                       std::vector<TokenId> shown = {});

  /// The text that this token completes, maybe none. Throws Error (kBadRequest) for an id out of
  /// range.
  [[nodiscard]] std::string push(TokenId id);

  /// The end of the text: U+FFFD if it stopped inside a character, else nothing. Then starts
  /// afresh.
  [[nodiscard]] std::string flush();

 private:
  Tokenizer tokenizer_;
  bool show_special_;
  std::vector<TokenId> shown_;
  std::string pending_;
};

}  // namespace freshet
