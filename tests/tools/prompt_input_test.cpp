#include "tools/prompt_input.h"

#include <freshet/error.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"
#include "tools/console.h"
#include "tools/quote_bytes.h"

namespace freshet {
namespace {

using testing::TemporaryFolder;

TEST(Unescape, KnowsTheUsualEscapes) {
  EXPECT_EQ(unescape(R"(a\nb\t\"\\\x41\xff)"), "a\nb\t\"\\A\xff");
  EXPECT_EQ(unescape(R"(\0)"), std::string(1, '\0'));
}

TEST(Unescape, LeavesOtherBackslashesAlone) {
  EXPECT_EQ(unescape(R"(\d \xzz \x4)"), R"(\d \xzz \x4)");
  EXPECT_EQ(unescape("end\\"), "end\\");
}

TEST(Quoted, ShowsWhatATerminalWouldSwallow) {
  EXPECT_EQ(quote_bytes("a \"b\"\\\n\t\r\x1b"), R"("a \"b\"\\\n\t\r\x1b")");
  EXPECT_EQ(quote_bytes("é😀"), "\"é😀\"");
  EXPECT_EQ(quote_bytes("\xc3"), R"("\xc3")");
  EXPECT_EQ(quote_bytes("\xc2\x9b"), R"("\xc2\x9b")");
  EXPECT_EQ(quote_bytes("\xed\xa0\x80"), R"("\xed\xa0\x80")") << "a surrogate";
  EXPECT_EQ(quote_bytes("\xc0\xaf"), R"("\xc0\xaf")") << "an overlong form";
}

TEST(Quoted, IsUndoneByUnescape) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  const std::string text = quote_bytes(bytes);
  EXPECT_EQ(unescape(std::string_view(text).substr(1, text.size() - 2)), bytes);
}

TEST(ModelText, ReachesATerminalWithoutControls) {
  EXPECT_EQ(without_controls("a\n\tb\x1b[2J\r\x7f\a"), "a\n\tb[2J");
  EXPECT_EQ(without_controls("é\xc2\x9b\xc2\xa0😀"), "é\xc2\xa0😀");
}

TEST(PromptInput, DropsOneNewlineAtTheEndOfAFile) {
  const TemporaryFolder folder;
  folder.write("prompt", "hello\n\n");
  const std::string path = folder.path() / "prompt";
  EXPECT_EQ(read_prompt_input({.file = path}, true), "hello\n");
  EXPECT_EQ(read_prompt_input({.file = path}, false), "hello\n\n");
}

TEST(PromptInput, ReadsEscapesOnlyIfAsked) {
  EXPECT_EQ(read_prompt_input({.text = "a\\n"}, true), "a\\n");
  EXPECT_EQ(read_prompt_input({.text = "a\\n", .escapes = true}, true), "a\n");
}

TEST(PromptInput, RefusesTwoPromptsAndWhatIsNoFile) {
  EXPECT_THROW((void)read_prompt_input({.text = "a", .file = "b"}, true), Error);
  EXPECT_THROW((void)read_prompt_input({.file = "/nonexistent"}, true), Error);
  EXPECT_THROW((void)read_prompt_input({.file = "/"}, true), Error);
}

}  // namespace
}  // namespace freshet
