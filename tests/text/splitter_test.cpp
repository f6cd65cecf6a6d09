#include "text/splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace freshet {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> pieces;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = pre_tokenizers().front().piece_end(text, begin);
    EXPECT_GT(end, begin);
    EXPECT_LE(end, text.size());
    pieces.emplace_back(text.substr(begin, end - begin));
    begin = end;
  }
  return pieces;
}

using Pieces = std::vector<std::string>;

TEST(Splitter, ContractionsAreCutOffWithoutRegardToCase) {
  EXPECT_EQ(split("it's WE'RE"), (Pieces{"it", "'s", " WE", "'RE"}));
  EXPECT_EQ(split("x'ſt"), (Pieces{"x", "'ſ", "t"})) << "U+017F folds to s";
  EXPECT_EQ(split("o'clock"), (Pieces{"o", "'clock"}));
  EXPECT_EQ(split("'l 'v"), (Pieces{"'l", " '", "v"}));
}

TEST(Splitter, AWordTakesOneCharacterBeforeIt) {
  EXPECT_EQ(split(" a\tb_c..d"), (Pieces{" a", "\tb", "_c", "..", "d"}));
  EXPECT_EQ(split("  a"), (Pieces{" ", " a"}));
  EXPECT_EQ(split("\na"), (Pieces{"\n", "a"}));
}

TEST(Splitter, NumbersComeByThreesAndNeverTakeTheSpace) {
  EXPECT_EQ(split("1234567"), (Pieces{"123", "456", "7"}));
  EXPECT_EQ(split(" 1234"), (Pieces{" ", "123", "4"}));
  EXPECT_EQ(split("½²Ⅷ९"), (Pieces{"½²Ⅷ", "९"}));
}

TEST(Splitter, SymbolsTakeASpaceBeforeAndLineEndsAfter) {
  EXPECT_EQ(split(" ?!\r\n\nx"), (Pieces{" ?!\r\n\n", "x"}));
  EXPECT_EQ(split("  ?"), (Pieces{" ", " ?"}));
  EXPECT_EQ(split("\t?"), (Pieces{"\t", "?"}));
}

TEST(Splitter, WhiteSpaceGoesToItsLastLineEndOrLeavesOneForTheWord) {
  EXPECT_EQ(split("a  \n \n  b"), (Pieces{"a", "  \n \n", " ", " b"}));
  EXPECT_EQ(split("a   "), (Pieces{"a", "   "}));
  EXPECT_EQ(split("a   1"), (Pieces{"a", "  ", " ", "1"}));
  EXPECT_EQ(split("a\u3000\u3000b"), (Pieces{"a", "\u3000", "\u3000b"}));
}

TEST(Splitter, ABrokenRunOfBytesIsOneSymbol) {
  EXPECT_EQ(split("a\xE2\x82z"), (Pieces{"a", "\xE2\x82z"}));
  EXPECT_EQ(split(" \xFF\n"), (Pieces{" \xFF\n"}));
}

}  // namespace
}  // namespace freshet
