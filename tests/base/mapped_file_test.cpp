#include "base/mapped_file.h"

#include <freshet/error.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "support/temporary_folder.h"

namespace freshet {
namespace {

namespace fs = std::filesystem;

class MappedFileTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, size_t bytes) {
    const fs::path path = folder_ / name;
    std::ofstream(path) << std::string(bytes, 'x');
    return path.string();
  }

  static void expect_refused(const std::string& path, const std::string& reason) {
    try {
      const MappedFile file(path);
      ADD_FAILURE() << path << " was mapped";
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
      EXPECT_TRUE(message.starts_with(path + ": ")) << message;
      EXPECT_NE(message.find(reason), std::string::npos) << message;
    }
  }

  const testing::TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
};

using MappedFileDeathTest = MappedFileTest;

// Touches every page, as a reader of weights does.
int sum_of(const MappedFile& file) {
  int sum = 0;
  for (const std::byte b : file.bytes()) sum += static_cast<int>(b);
  return sum;
}

TEST_F(MappedFileTest, ShowsTheBytesOfTheFile) {
  const MappedFile file(write("model.gguf", 5000));
  ASSERT_EQ(file.bytes().size(), 5000u);
  EXPECT_EQ(sum_of(file), 5000 * 'x');
  EXPECT_TRUE(file.guarded());
}

TEST_F(MappedFileTest, KeepsItsBytesInPlaceWhenMoved) {
  MappedFile first(write("first", 10));
  const std::byte* data = first.bytes().data();
  MappedFile second(std::move(first));
  EXPECT_EQ(second.bytes().data(), data);
  MappedFile third(write("third", 20));
  third = std::move(second);
  EXPECT_EQ(third.bytes().data(), data);
  EXPECT_EQ(sum_of(third), 10 * 'x');
}

TEST_F(MappedFileTest, SaysWhatIsWrongWithAPathThatCannotBeMapped) {
  expect_refused((folder_ / "none").string(), "no such file");
  expect_refused(write("file", 1) + "/inside", "no such file");
  expect_refused(folder_.string(), "is a directory");
  expect_refused(write("empty", 0), "is empty");
  expect_refused("/dev/null", "pipe or device");
}

TEST_F(MappedFileTest, DoesNotWaitForTheWriterOfAPipe) {
  const std::string path = (folder_ / "pipe").string();
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  expect_refused(path, "pipe or device");
}

TEST_F(MappedFileTest, SaysThatAFileIsNotPermitted) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string path = write("secret", 10);
  ASSERT_EQ(chmod(path.c_str(), 0), 0);
  expect_refused(path, "permi");
}

TEST_F(MappedFileDeathTest, AFileThatShrinksWhileMappedEndsWithASentence) {
  const std::string path = write("model.gguf", 1 << 20);
  const MappedFile file(path);
  fs::resize_file(path, 4096);
  EXPECT_EXIT(_exit(sum_of(file) == 0 ? 2 : 3), ::testing::ExitedWithCode(1),
              "freshet: .*model.gguf: the file shrank .*expected 1048576 bytes.*\n$");
}

TEST_F(MappedFileDeathTest, TheGuardFollowsAFileThatIsMoved) {
  const std::string path = write("model.gguf", 1 << 20);
  MappedFile file(path);
  const MappedFile moved(std::move(file));
  fs::resize_file(path, 4096);
  EXPECT_EXIT(_exit(sum_of(moved) == 0 ? 2 : 3), ::testing::ExitedWithCode(1),
              "model.gguf: the file shrank");
}

TEST_F(MappedFileDeathTest, ABusErrorOfOthersKeepsItsEffect) {
  const MappedFile file(write("model.gguf", 10));
  EXPECT_DEATH(raise(SIGBUS), "^$|Sanitizer");
}

TEST_F(MappedFileTest, MoreFilesThanGuardsAreMappedUnguarded) {
  const std::string path = write("model.gguf", 10);
  std::vector<MappedFile> files;
  for (int i = 0; i < FaultGuard::kSlots; ++i) files.emplace_back(path);
  EXPECT_TRUE(files.back().guarded());
  files.emplace_back(path);
  EXPECT_FALSE(files.back().guarded());
  EXPECT_EQ(sum_of(files.back()), 10 * 'x');
  files.clear();
  EXPECT_TRUE(MappedFile(path).guarded());
}

}  // namespace
}  // namespace freshet
