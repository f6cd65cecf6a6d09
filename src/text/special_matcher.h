// Finds the tokens that are matched in the text itself, before it is split.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "text/vocabulary.h"

namespace freshet {

/// The first place where a special token's text occurs, and of those that start there the longest.
class SpecialMatcher {
 public:
  /// Longer ones are refused, which bounds the work at any one position.
  static constexpr std::size_t kMaxTokenBytes = 1024;

  struct Match {
    std::size_t begin;
    std::size_t end;
    TokenId id;
  };

  /// `ids` are tokens of `vocabulary`, which must outlive this.
  SpecialMatcher(const Vocabulary& vocabulary, std::vector<TokenId> ids);

  /// The first match that begins at `from` or later.
  [[nodiscard]] std::optional<Match> find(std::string_view text, std::size_t from) const noexcept;

 private:
  [[nodiscard]] std::optional<Match> match_at(std::string_view text,
                                              std::size_t begin) const noexcept;

  const Vocabulary& vocabulary_;
  std::vector<TokenId> sorted_;             // by piece, so that one beginning is one range
  std::array<std::uint32_t, 257> first_{};  // sorted_[first_[b] .. first_[b + 1]) begin with byte b
};

}  // namespace freshet
