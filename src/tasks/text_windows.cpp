#include "tasks/text_windows.h"

#include <algorithm>

#include "base/error.h"

namespace freshet {

TextWindows::TextWindows(const Engine& engine, std::vector<TokenId> tokens, int64_t window,
                         int64_t most)
    : tokens_(std::move(tokens)), window_(window) {
  if (window < kLeast || window > engine.setup().context) {
    fail(ErrorKind::kBadRequest, "windows of {} tokens; this model reads {} to {} at once", window,
         int64_t{kLeast}, engine.setup().context);
  }
  const auto n_tokens = static_cast<int64_t>(tokens_.size());
  n_windows_ = n_tokens / window;
  if (n_windows_ == 0) {
    fail(ErrorKind::kBadRequest,
         "the text has {} tokens and a window takes {}; give a longer text or shorter windows (-c)",
         n_tokens, window);
  }
  if (most > 0) n_windows_ = std::min(n_windows_, most);
  tokens_.resize(static_cast<size_t>(n_windows_ * window));
  const auto bos = engine.tokenizer().bos();
  if (!engine.tokenizer().adds_bos() || !bos) return;
  for (int64_t i = 0; i < n_windows_; ++i) tokens_[static_cast<size_t>(i * window)] = *bos;
}

std::span<const TokenId> TextWindows::operator[](int64_t i) const {
  return std::span(tokens_).subspan(static_cast<size_t>(i * window_), static_cast<size_t>(window_));
}

std::span<const TokenId> TextWindows::all() const { return tokens_; }

}  // namespace freshet
