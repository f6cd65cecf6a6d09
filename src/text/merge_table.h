// Which two tokens merge into which, and how soon.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "text/vocabulary.h"

namespace freshet {

struct Merge {
  static constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t rank = kNever;  ///< lower goes first; kNever: these two do not merge
  TokenId token = -1;           ///< what they become
};

/// (left, right) -> Merge, in a flat hash table.
class MergeTable {
 public:
  /// Throws Error (kBadFile) for a merge that is not two tokens of the vocabulary with a space
  /// between them, or whose result is none.
  MergeTable(const VocabularySpec& spec, const Vocabulary& vocabulary);

  [[nodiscard]] Merge find(TokenId left, TokenId right) const noexcept {
    const std::uint64_t key = key_of(left, right);
    for (std::size_t slot = home(key);; slot = (slot + 1) & mask_) {
      if (slots_[slot].key == key) return slots_[slot].merge;
      if (slots_[slot].key == kEmptyKey) return {};
    }
  }

 private:
  static constexpr std::uint64_t kEmptyKey = std::numeric_limits<std::uint64_t>::max();

  struct Slot {
    std::uint64_t key = kEmptyKey;
    Merge merge;
  };

  // Ids are not negative, so no pair has the empty key.
  static std::uint64_t key_of(TokenId left, TokenId right) noexcept {
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
  }
  [[nodiscard]] std::size_t home(std::uint64_t key) const noexcept {
    key *= 0x9E3779B97F4A7C15u;
    return ((key ^ (key >> 32)) * 0xD6E8FEB86659FD93u >> 32) & mask_;
  }
  void insert(const Slot& merge) noexcept;

  std::size_t mask_;
  std::vector<Slot> slots_;  // a power of two, at most three fifths full
};

}  // namespace freshet
