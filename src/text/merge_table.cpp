#include "text/merge_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/utf8.h"

namespace freshet {
namespace {

// Lookups in flight at a time while the table is built.
constexpr std::size_t kBlock = 32;

// The ids that a merge names, and the messages when it names none.
class MergeReader {
 public:
  MergeReader(const VocabularySpec& spec, const Vocabulary& vocabulary)
      : spec_(spec), vocabulary_(vocabulary) {}

  struct Sides {
    Vocabulary::Lookup left;
    Vocabulary::Lookup right;
  };

  [[nodiscard]] Sides split(std::size_t rank) const {
    const std::string_view merge = spec_.merges[rank];
    const std::size_t space = merge.find(' ');
    if (space == std::string_view::npos || space == 0 || space + 1 == merge.size()) {
      fail(ErrorKind::kBadFile,
           "{}: merge {} is {}, expected two tokens with a space between them; the file is damaged",
           spec_.source, rank, quoted(merge));
    }
    return {vocabulary_.prepare_find(merge.substr(0, space)),
            vocabulary_.prepare_find(merge.substr(space + 1))};
  }

  [[nodiscard]] TokenId token(std::size_t rank, const Vocabulary::Lookup& lookup) const {
    const auto id = vocabulary_.find_text(lookup);
    if (!id) {
      fail(ErrorKind::kBadFile,
           "{}: merge {} ({}) names {}, which is not in the vocabulary of {} tokens; the file is "
           "damaged",
           spec_.source, rank, quoted(spec_.merges[rank]), quoted(lookup.text), vocabulary_.size());
    }
    return *id;
  }

  // Merges stand in the order of their results, mostly: the last one's or the next is worth a look
  // before a search.
  [[nodiscard]] TokenId result(std::size_t rank, std::string_view left, std::string_view right) {
    for (TokenId guess = last_result_; guess <= last_result_ + 1; ++guess) {
      if (!vocabulary_.contains(guess) || !vocabulary_.is_text(guess)) continue;
      const std::string_view text = vocabulary_.text(guess);
      if (text.size() == left.size() + right.size() && text.starts_with(left) &&
          text.ends_with(right)) {
        return last_result_ = guess;
      }
    }
    joined_.assign(left).append(right);
    return last_result_ = token(rank, vocabulary_.prepare_find(joined_));
  }

 private:
  const VocabularySpec& spec_;
  const Vocabulary& vocabulary_;
  TokenId last_result_ = 0;
  std::string joined_;
};

}  // namespace

MergeTable::MergeTable(const VocabularySpec& spec, const Vocabulary& vocabulary) {
  const std::size_t count = spec.merges.size();
  constexpr std::size_t kMaxMerges = std::size_t{1} << 28;
  if (count > kMaxMerges) {
    fail(ErrorKind::kBadFile, "{}: {} merges; at most {} are supported", spec.source, count,
         kMaxMerges);
  }
  slots_.resize(std::bit_ceil(count + 2 * count / 3 + 2));
  mask_ = slots_.size() - 1;
  MergeReader reader(spec, vocabulary);
  std::array<MergeReader::Sides, kBlock> sides;
  std::array<Slot, kBlock> found;
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t block = std::min(count - begin, kBlock);
    for (std::size_t i = 0; i < block; ++i) sides[i] = reader.split(begin + i);
    for (std::size_t i = 0; i < block; ++i) {
      const auto& [left, right] = sides[i];
      const std::size_t rank = begin + i;
      found[i].key = key_of(reader.token(rank, left), reader.token(rank, right));
      found[i].merge = {static_cast<std::uint32_t>(rank),
                        reader.result(rank, left.text, right.text)};
      __builtin_prefetch(&slots_[home(found[i].key)], 1);
    }
    for (std::size_t i = 0; i < block; ++i) {
      if (vocabulary.is_text(found[i].merge.token)) insert(found[i]);
    }
  }
}

// Of a pair that is listed twice the last rank counts, as in the official library.
void MergeTable::insert(const Slot& merge) noexcept {
  std::size_t slot = home(merge.key);
  while (slots_[slot].key != kEmptyKey && slots_[slot].key != merge.key) slot = (slot + 1) & mask_;
  slots_[slot] = merge;
}

}  // namespace freshet
