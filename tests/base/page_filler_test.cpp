#include "base/page_filler.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "base/mapped_file.h"
#include "support/temporary_folder.h"

namespace freshet {
namespace {

using Regions = std::vector<std::span<const std::byte>>;

class PageFillerTest : public ::testing::Test {
 protected:
  PageFillerTest() {
    const std::filesystem::path path = folder_.path() / "file";
    std::ofstream(path, std::ios::binary) << std::string(kBytes, 'x');
    mapped_.emplace(path.string());
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return mapped_->bytes(); }

  static constexpr size_t kBytes = (size_t{8} << 20) + 12'345;

 private:
  const testing::TemporaryFolder folder_;
  std::optional<MappedFile> mapped_;
};

/// Not instrumented: a sanitizer's notes on the pages are pages of their own.
[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] long faults_of_touching(
    std::span<const std::byte> bytes) {
  const auto faults = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt + usage.ru_majflt;
  };
  const long before = faults();
  for (size_t i = 0; i < bytes.size(); i += 4096) {
    static_cast<void>(*static_cast<const volatile std::byte*>(bytes.data() + i));
  }
  return faults() - before;
}

bool can_fill() {
#ifdef MADV_POPULATE_READ
  alignas(4096) static const std::byte page[4096] = {};
  return madvise(const_cast<std::byte*>(page), sizeof page, MADV_POPULATE_READ) == 0;
#else
  return false;
#endif
}

TEST_F(PageFillerTest, LeavesNothingToDoForTheFirstTouch) {
  if (!can_fill()) GTEST_SKIP() << "this system has no MADV_POPULATE_READ";
  PageFiller filler(Regions{bytes()});
  int pieces = 0;
  while (filler.fill_next()) ++pieces;
  EXPECT_GE(pieces, 5);
  EXPECT_FALSE(filler.fill_next());
  EXPECT_LE(faults_of_touching(bytes()), 8) << "of " << kBytes / 4096 << " pages";
}

TEST_F(PageFillerTest, SharesPiecesBetweenThreads) {
  if (!can_fill()) GTEST_SKIP() << "this system has no MADV_POPULATE_READ";
  PageFiller filler(Regions{bytes().first(4 << 20), bytes().subspan(4 << 20)});
  std::atomic<int> pieces{0};
  const auto fill = [&] {
    while (filler.fill_next()) ++pieces;
  };
  std::thread other(fill);
  fill();
  other.join();
  EXPECT_GE(pieces, 5);
}

TEST(PageFiller, OfNothingHasNothingToDo) {
  PageFiller filler(Regions{});
  EXPECT_FALSE(filler.fill_next());
}

}  // namespace
}  // namespace freshet
