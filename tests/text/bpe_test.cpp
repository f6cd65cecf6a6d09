// Merging against its definition: short pieces are scanned, long ones kept in a heap, and both must
// do what the plain words say.
#include "text/bpe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "text/golden.h"

namespace freshet {
namespace {

using testing::golden;

// While any neighbours merge: merge the two of lowest rank, the leftmost of equals.
std::vector<TokenId> merge_by_definition(std::string_view piece, const Vocabulary& vocabulary,
                                         const MergeTable& merges) {
  std::vector<TokenId> tokens;
  for (const char byte : piece) {
    tokens.push_back(vocabulary.byte_tokens()[static_cast<unsigned char>(byte)]);
  }
  for (;;) {
    Merge best;
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      const Merge merge = merges.find(tokens[i], tokens[i + 1]);
      if (merge.rank < best.rank) {
        best = merge;
        at = i;
      }
    }
    if (best.rank == Merge::kNever) return tokens;
    tokens[at] = best.token;
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

void expect_definition(const VocabularySpec& spec, unsigned seed) {
  const Vocabulary vocabulary(spec);
  const MergeTable merges(spec, vocabulary);
  std::mt19937 random(seed);
  for (std::size_t length = 1; length <= 200; ++length) {
    std::string piece(length, ' ');
    for (char& c : piece) c = " aehinorst"[random() % 10];
    std::vector<TokenId> tokens;
    append_bpe(tokens, piece, vocabulary.byte_tokens(), merges);
    ASSERT_EQ(tokens, merge_by_definition(piece, vocabulary, merges)) << piece;
  }
}

TEST(BytePairMerging, IsItsDefinitionAtEveryLength) { expect_definition(golden().spec(), 1); }

TEST(BytePairMerging, IsItsDefinitionWhenAMergeOpensAStrongerOne) {
  // In a trained vocabulary a merge only opens weaker ones; a shuffled list has the other case too.
  for (unsigned seed = 2; seed < 12; ++seed) {
    std::vector<std::string_view> merges = golden().merge_views;
    std::shuffle(merges.begin(), merges.end(), std::mt19937(seed));
    VocabularySpec spec = golden().spec();
    spec.merges = merges;
    expect_definition(spec, seed);
  }
}

}  // namespace
}  // namespace freshet
