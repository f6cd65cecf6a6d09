#include "tools/result_file.h"

#include <freshet/error.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"
#include "tools/prompt_input.h"

namespace freshet {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

void write(ResultFile& file, std::string_view text) { file.write(std::as_bytes(std::span(text))); }

size_t n_files(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), {}));
}

TEST(ResultFile, AppearsWhenItIsComplete) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "out";
  ResultFile file(path);
  write(file, "abc");
  EXPECT_FALSE(fs::exists(path));
  file.commit();
  EXPECT_EQ(read_text_file(path), "abc");
  EXPECT_EQ(n_files(folder.path()), 1u);
}

TEST(ResultFile, LeavesTheOldFileIfItIsNeverComplete) {
  const TemporaryFolder folder;
  folder.write("out", "old");
  const std::string path = folder.path() / "out";
  {
    ResultFile file(path);
    write(file, "new");
  }
  EXPECT_EQ(read_text_file(path), "old");
  EXPECT_EQ(n_files(folder.path()), 1u);
}

TEST(ResultFile, ReplacesTheFileBehindALink) {
  const TemporaryFolder folder;
  folder.write("target", "old");
  const fs::path link = folder.path() / "link";
  fs::create_symlink("target", link);
  ResultFile file(link);
  write(file, "new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(read_text_file(folder.path() / "target"), "new");
}

TEST(ResultFile, WritesADeviceInItsPlace) {
  ResultFile file("/dev/null");
  write(file, "abc");
  file.commit();
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(ResultFile, TellsThatADiskIsFull) {
  ResultFile file("/dev/full");
  write(file, "abc");
  EXPECT_THROW(file.commit(), Error);
}

TEST(ResultFile, RefusesAFolder) {
  const TemporaryFolder folder;
  EXPECT_THROW(ResultFile{folder.path().string()}, Error);
  EXPECT_THROW(ResultFile{"/nonexistent/out"}, Error);
}

}  // namespace
}  // namespace freshet
