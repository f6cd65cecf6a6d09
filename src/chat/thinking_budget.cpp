#include "chat/thinking_budget.h"

#include <algorithm>

#include "chat/answer_marks.h"

namespace freshet {

ThinkingBudget::ThinkingBudget(const Tokenizer& tokenizer, int64_t budget, bool think_open)
    : tokenizer_(tokenizer),
      left_(budget),
      bounded_(budget >= 0),
      thinking_(think_open),
      close_(tokenizer.encode(text_of(Mark::kThinkClose), {.add_bos = false})) {}

std::optional<TokenId> ThinkingBudget::forced() const {
  if (!bounded_ || !thinking_ || left_ > 0) return std::nullopt;
  return close_[n_closed_];
}

void ThinkingBudget::accept(TokenId token) {
  if (!bounded_) return;
  const bool is_forced = forced() == token;
  if (thinking_ && left_ > 0) --left_;
  n_closed_ = is_forced ? n_closed_ + 1 : 0;
  tail_ += tokenizer_.piece(token);
  while (true) {
    const MarkSearch found = find_mark(tail_, 0, /*complete=*/false);
    if (!found.mark) {
      tail_.erase(0, found.at);
      break;
    }
    if (*found.mark == Mark::kThinkOpen) thinking_ = true;
    if (*found.mark == Mark::kThinkClose) thinking_ = false;
    tail_.erase(0, found.at + text_of(*found.mark).size());
  }
  // Should the spelt-out tokens not join to the mark, what matters is that they have been said.
  if (n_closed_ == close_.size()) thinking_ = false;
  if (!thinking_) n_closed_ = 0;
}

}  // namespace freshet
