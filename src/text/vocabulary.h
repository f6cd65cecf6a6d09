// The tokens of a vocabulary, validated and copied out of the file.
#pragma once

#include <freshet/tokenizer.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// GGUF's tokenizer.ggml.token_type.
enum class TokenType : std::uint8_t {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kUserDefined = 4,
  kUnused = 5,
  kByte = 6,
};

/// A vocabulary as a file states it: nothing checked yet, the views into the file's bytes.
struct VocabularySpec {
  std::string source;  ///< what messages call it: the file's path
  std::string_view model;
  std::string_view pre;
  std::span<const std::string_view> tokens;
  std::vector<std::int32_t> types;           ///< one per token, or none: all normal
  std::span<const std::string_view> merges;  ///< "left right", the earlier the stronger
  std::optional<std::int64_t> bos;
  std::optional<std::int64_t> eos;
  std::optional<std::int64_t> pad;
  std::vector<std::int64_t> end_of_generation;  ///< beside eos: end of turn, end of message
  bool add_bos = false;
};

/// Tokens by id and by text. Two spellings: `text` is the file's (the byte alphabet, for ordinary
/// tokens), `piece` the bytes that it means.
class Vocabulary {
 public:
  /// Throws Error (kBadFile) for an empty vocabulary, one token type too few, an unknown type, an
  /// empty or repeated token, or a byte that no token spells.
  explicit Vocabulary(const VocabularySpec& spec);

  [[nodiscard]] std::int32_t size() const noexcept {
    return static_cast<std::int32_t>(types_.size());
  }
  [[nodiscard]] bool contains(std::int64_t id) const noexcept { return id >= 0 && id < size(); }
  /// The following take ids that it contains.
  [[nodiscard]] TokenType type(TokenId id) const noexcept { return types_[at(id)]; }
  [[nodiscard]] std::string_view text(TokenId id) const noexcept { return texts_.view(at(id)); }
  [[nodiscard]] std::string_view piece(TokenId id) const noexcept { return pieces_.view(at(id)); }

  /// The token whose text in the file is `text`; unused tokens are not found.
  [[nodiscard]] std::optional<TokenId> find_text(std::string_view text) const noexcept {
    return find_text(prepare_find(text));
  }

  /// The same in two steps, so that many lookups wait for memory together and not one by one.
  struct Lookup {
    std::string_view text;
    std::uint32_t hash;
  };
  [[nodiscard]] Lookup prepare_find(std::string_view text) const noexcept;
  [[nodiscard]] std::optional<TokenId> find_text(const Lookup& wanted) const noexcept;

  /// The token of each single byte, from which merging starts.
  [[nodiscard]] const std::array<TokenId, 256>& byte_tokens() const noexcept {
    return byte_tokens_;
  }

  /// Whether merging may produce it: text must not be able to forge a control token.
  [[nodiscard]] bool is_text(TokenId id) const noexcept {
    return type(id) == TokenType::kNormal || type(id) == TokenType::kUserDefined ||
           type(id) == TokenType::kByte;
  }

 private:
  // All strings end to end: string i is bytes [ends[i-1], ends[i]).
  struct Arena {
    std::string bytes;
    std::vector<std::uint32_t> ends;

    [[nodiscard]] std::string_view view(std::size_t i) const noexcept {
      const std::size_t begin = i == 0 ? 0 : ends[i - 1];
      return std::string_view(bytes).substr(begin, ends[i] - begin);
    }
  };

  // Open addressing, at most half full. An empty slot has id < 0.
  struct Slot {
    std::uint32_t hash;
    TokenId id;
  };

  static std::size_t at(TokenId id) noexcept { return static_cast<std::size_t>(id); }
  void read_types(const VocabularySpec& spec);
  void copy_strings(const VocabularySpec& spec);
  void index_texts(const VocabularySpec& spec);
  void find_byte_tokens(const VocabularySpec& spec);

  Arena texts_;
  Arena pieces_;
  std::vector<TokenType> types_;
  std::vector<Slot> slots_;
  std::array<TokenId, 256> byte_tokens_{};
};

}  // namespace freshet
