#include "tools/prompt_prefix.h"

#include <algorithm>
#include <optional>

namespace freshet {
namespace {

/// The bytes of tokens, a token at a time.
class Pieces {
 public:
  Pieces(const Tokenizer& tokenizer, std::span<const TokenId> ids, size_t at)
      : tokenizer_(tokenizer), ids_(ids), at_(at) {}

  /// Has bytes that are not compared yet, if need be those of the next token. Nothing at the end
  /// and before a control token.
  bool fill() {
    if (!rest_.empty()) return true;
    if (at_ == ids_.size() || tokenizer_.is_control(ids_[at_])) return false;
    rest_ = tokenizer_.piece(ids_[at_++]);
    return !rest_.empty();
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }
  void drop(size_t n_bytes) { rest_.remove_prefix(n_bytes); }
  [[nodiscard]] size_t at() const { return at_; }

 private:
  const Tokenizer& tokenizer_;
  std::span<const TokenId> ids_;
  size_t at_;
  std::string_view rest_;
};

/// Where different tokens end that begin at `from` and have the same bytes; nothing if they do not.
std::optional<CommonPrefix> meet(const Tokenizer& tokenizer, std::span<const TokenId> read,
                                 std::span<const TokenId> prompt, CommonPrefix from) {
  Pieces a(tokenizer, read, from.read);
  Pieces b(tokenizer, prompt, from.prompt);
  while (a.fill() && b.fill()) {
    const size_t n = std::min(a.rest().size(), b.rest().size());
    if (a.rest().substr(0, n) != b.rest().substr(0, n)) return std::nullopt;
    a.drop(n);
    b.drop(n);
    if (a.rest().empty() && b.rest().empty()) return CommonPrefix{a.at(), b.at()};
  }
  return std::nullopt;
}

}  // namespace

CommonPrefix common_prefix(const Tokenizer& tokenizer, std::span<const TokenId> read,
                           std::span<const TokenId> prompt) {
  CommonPrefix common{0, 0};
  while (common.read < read.size() && common.prompt < prompt.size()) {
    if (read[common.read] == prompt[common.prompt]) {
      ++common.read;
      ++common.prompt;
      continue;
    }
    const auto next = meet(tokenizer, read, prompt, common);
    if (!next) break;
    common = *next;
  }
  return common;
}

}  // namespace freshet
