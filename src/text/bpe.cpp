#include "text/bpe.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace freshet {
namespace {

// Up to here a plain scan for the lowest rank beats the heap, and everything is on the stack.
constexpr std::size_t kShortPiece = 48;

void append_short(std::vector<TokenId>& out, std::string_view piece,
                  const std::array<TokenId, 256>& byte_tokens, const MergeTable& merges) {
  std::array<TokenId, kShortPiece> tokens;
  std::array<Merge, kShortPiece> with_next;  // [i]: of tokens i and i + 1
  std::size_t count = piece.size();
  for (std::size_t i = 0; i < count; ++i) {
    tokens[i] = byte_tokens[static_cast<unsigned char>(piece[i])];
    if (i > 0) with_next[i - 1] = merges.find(tokens[i - 1], tokens[i]);
  }
  while (count > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < count; ++i) {
      if (with_next[i].rank < with_next[best].rank) best = i;
    }
    if (with_next[best].rank == Merge::kNever) break;
    tokens[best] = with_next[best].token;
    --count;
    for (std::size_t i = best + 1; i < count; ++i) {
      tokens[i] = tokens[i + 1];
      with_next[i - 1] = with_next[i];
    }
    if (best + 1 < count) with_next[best] = merges.find(tokens[best], tokens[best + 1]);
    if (best > 0) with_next[best - 1] = merges.find(tokens[best - 1], tokens[best]);
  }
  out.insert(out.end(), tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count));
}

// A long piece: its tokens in a linked list over byte positions, candidate pairs in a heap. A heap
// entry is stale, and skipped, once the pair that starts at its position has another rank; ranks
// tell pairs apart.
class LongPiece {
 public:
  LongPiece(std::string_view piece, const std::array<TokenId, 256>& byte_tokens,
            const MergeTable& merges)
      : merges_(merges), links_(piece.size()), end_(static_cast<std::uint32_t>(piece.size())) {
    for (std::uint32_t i = 0; i < end_; ++i) {
      links_[i] = {.token = byte_tokens[static_cast<unsigned char>(piece[i])],
                   .previous = i - 1,  // of the first: kNone
                   .next = i + 1,
                   .with_next = {}};
    }
    for (std::uint32_t i = 0; i + 1 < end_; ++i) {
      if (set_pair(i)) heap_.push_back(entry(i));
    }
    std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  void merge_all() {
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
      const std::uint64_t top = heap_.back();
      heap_.pop_back();
      const auto position = static_cast<std::uint32_t>(top);
      if (links_[position].with_next.rank == top >> 32) merge_at(position);
    }
  }

  void append_to(std::vector<TokenId>& out) const {
    for (std::uint32_t i = 0; i != end_; i = links_[i].next) out.push_back(links_[i].token);
  }

 private:
  static constexpr std::uint32_t kNone = Merge::kNever;

  struct Link {
    TokenId token;
    std::uint32_t previous;
    std::uint32_t next;  // end_ after the last
    Merge with_next;     // rank kNever: nothing to merge, or merged away
  };

  // Rank above position: the order in which pairs merge.
  [[nodiscard]] std::uint64_t entry(std::uint32_t position) const noexcept {
    return static_cast<std::uint64_t>(links_[position].with_next.rank) << 32 | position;
  }

  bool set_pair(std::uint32_t position) noexcept {
    Link& link = links_[position];
    link.with_next =
        link.next == end_ ? Merge{} : merges_.find(link.token, links_[link.next].token);
    return link.with_next.rank != Merge::kNever;
  }

  void refresh(std::uint32_t position) {
    if (!set_pair(position)) return;
    heap_.push_back(entry(position));
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  void merge_at(std::uint32_t position) {
    Link& link = links_[position];
    Link& eaten = links_[link.next];
    link.token = link.with_next.token;
    link.next = eaten.next;
    eaten.with_next = {};
    if (link.next != end_) links_[link.next].previous = position;
    refresh(position);
    if (link.previous != kNone) refresh(link.previous);
  }

  const MergeTable& merges_;
  std::vector<Link> links_;
  std::vector<std::uint64_t> heap_;
  std::uint32_t end_;
};

}  // namespace

void append_bpe(std::vector<TokenId>& out, std::string_view piece,
                const std::array<TokenId, 256>& byte_tokens, const MergeTable& merges) {
  if (piece.size() <= kShortPiece) {
    append_short(out, piece, byte_tokens, merges);
    return;
  }
  LongPiece work(piece, byte_tokens, merges);
  work.merge_all();
  work.append_to(out);
}

}  // namespace freshet
