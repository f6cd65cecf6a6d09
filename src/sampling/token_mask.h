// Which tokens a constraint (a grammar, a schema) allows next.
#pragma once

#include <freshet/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace freshet {

/// A bit per token of the vocabulary: token t is bit t % 64 of word t / 64, set where allowed.
class TokenMask {
 public:
  static constexpr size_t kWordBits = 64;

  /// Allows nothing yet.
  explicit TokenMask(size_t vocab_size)
      : size_(vocab_size), words_((vocab_size + kWordBits - 1) / kWordBits) {}

  [[nodiscard]] size_t size() const { return size_; }

  /// `id` must be below size().
  [[nodiscard]] bool allows(TokenId id) const {
    const size_t bit = static_cast<size_t>(id);
    return ((words_[bit / kWordBits] >> (bit % kWordBits)) & 1) != 0;
  }
  void allow(TokenId id) {
    const size_t bit = static_cast<size_t>(id);
    words_[bit / kWordBits] |= uint64_t{1} << (bit % kWordBits);
  }
  void forbid(TokenId id) {
    const size_t bit = static_cast<size_t>(id);
    words_[bit / kWordBits] &= ~(uint64_t{1} << (bit % kWordBits));
  }
  void clear() { words_.assign(words_.size(), 0); }

  /// The words themselves, for matchers that write 64 tokens at once. Bits past size() are unused.
  [[nodiscard]] uint64_t* words() { return words_.data(); }
  [[nodiscard]] const uint64_t* words() const { return words_.data(); }
  [[nodiscard]] size_t word_count() const { return words_.size(); }

 private:
  size_t size_;
  std::vector<uint64_t> words_;
};

}  // namespace freshet
