#include "text/merge_table.h"

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/utf8.h"

namespace freshet {
namespace {

struct Sides {
  std::string_view left;
  std::string_view right;
};

Sides split_merge(const VocabularySpec& spec, std::size_t rank) {
  const std::string_view merge = spec.merges[rank];
  const std::size_t space = merge.find(' ');
  if (space == std::string_view::npos || space == 0 || space + 1 == merge.size()) {
    fail(ErrorKind::kBadFile,
         "{}: merge {} is {}, expected two tokens with a space between them; the file is damaged",
         spec.source, rank, quoted(merge));
  }
  return {merge.substr(0, space), merge.substr(space + 1)};
}

}  // namespace

MergeTable::MergeTable(const VocabularySpec& spec, const Vocabulary& vocabulary) {
  constexpr std::size_t kMaxMerges = std::size_t{1} << 28;
  if (spec.merges.size() > kMaxMerges) {
    fail(ErrorKind::kBadFile, "{}: {} merges; at most {} are supported", spec.source,
         spec.merges.size(), kMaxMerges);
  }
  slots_.resize(std::bit_ceil(2 * std::max<std::size_t>(spec.merges.size(), 1)));
  mask_ = slots_.size() - 1;
  std::string joined;
  for (std::size_t rank = 0; rank < spec.merges.size(); ++rank) {
    const auto [left, right] = split_merge(spec, rank);
    const auto id_of = [&](std::string_view text) {
      const auto id = vocabulary.find_text(text);
      if (!id) {
        fail(ErrorKind::kBadFile,
             "{}: merge {} ({}) names {}, which is not in the vocabulary of {} tokens; the file is "
             "damaged",
             spec.source, rank, quoted(spec.merges[rank]), quoted(text), vocabulary.size());
      }
      return *id;
    };
    joined.assign(left).append(right);
    const TokenId token = id_of(joined);
    if (!vocabulary.is_text(token)) continue;
    insert(id_of(left), id_of(right), {static_cast<std::uint32_t>(rank), token});
  }
}

// Of a pair that is listed twice the last rank counts, as in the official library.
void MergeTable::insert(TokenId left, TokenId right, Merge merge) noexcept {
  const std::uint64_t key = key_of(left, right);
  std::size_t slot = home(key);
  while (slots_[slot].key != kEmptyKey && slots_[slot].key != key) slot = (slot + 1) & mask_;
  slots_[slot] = {key, merge};
}

}  // namespace freshet
