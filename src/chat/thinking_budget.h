// A bound on the tokens that a model may think before it must answer.
#pragma once

#include <freshet/tokenizer.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet {

/// Watches the tokens of an answer. While they are within <think> and </think> it counts them, all
/// spans of the answer together; when `budget` of them are used up, the tokens of </think> must
/// come next. A span that opens after that is closed at once.
class ThinkingBudget {
 public:
  /// `think_open`: the prompt ended with <think>. A negative budget is no bound.
  ThinkingBudget(const Tokenizer& tokenizer, int64_t budget, bool think_open);

  /// The token that must come next, in place of a sampled one; nothing where any may.
  [[nodiscard]] std::optional<TokenId> forced() const;

  /// Takes the token that came.
  void accept(TokenId token);

 private:
  Tokenizer tokenizer_;
  int64_t left_;
  bool bounded_;
  bool thinking_;
  std::string tail_;            // the end of the text, in which a mark may be unfinished
  std::vector<TokenId> close_;  // </think>
  std::size_t n_closed_ = 0;    // tokens of it that have come
};

}  // namespace freshet
