// A text as windows of equal length, each read by itself.
#pragma once

#include <freshet/engine.h>

#include <span>
#include <vector>

namespace freshet {

/// Tokens 0 .. window - 1 are the first window, and so on; what is left at the end is left out. If
/// the vocabulary asks for a beginning-of-sequence token, it takes the place of each window's first
/// token, as the other engines' perplexity has it.
class TextWindows {
 public:
  static constexpr int64_t kLeast = 8;  ///< tokens in a window

  /// `most`: of the windows, 0 for all. Throws Error{kBadRequest} if the text fills no window or
  /// the engine's context holds none.
  TextWindows(const Engine& engine, std::vector<TokenId> tokens, int64_t window, int64_t most);

  [[nodiscard]] int64_t size() const noexcept { return n_windows_; }
  [[nodiscard]] int64_t length() const noexcept { return window_; }
  [[nodiscard]] std::span<const TokenId> operator[](int64_t i) const;
  /// All windows, one after the other.
  [[nodiscard]] std::span<const TokenId> all() const;

 private:
  std::vector<TokenId> tokens_;
  int64_t window_;
  int64_t n_windows_;
};

}  // namespace freshet
