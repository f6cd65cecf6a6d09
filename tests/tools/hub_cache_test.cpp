#include "tools/hub_cache.h"

#include <freshet/error.h>
#include <gtest/gtest.h>

#include "support/environment.h"
#include "support/temporary_folder.h"

namespace freshet {
namespace {

using testing::EnvironmentVariable;
using testing::TemporaryFolder;

class HubCache : public ::testing::Test {
 protected:
  void add(const std::string& file, const std::string& revision = "abc") const {
    folder_.write("hub/models--LiquidAI--LFM2-GGUF/snapshots/" + revision + "/" + file, "x");
  }
  static std::string found(const std::string& repo, const std::string& file = {}) {
    return find_in_hub_cache(repo, file).filename();
  }

  TemporaryFolder folder_;
  EnvironmentVariable hub_{"HF_HUB_CACHE", nullptr};
  EnvironmentVariable home_{"HF_HOME", folder_.path().c_str()};
};

TEST_F(HubCache, FindsTheQuantAskedFor) {
  add("LFM2-Q4_0.gguf");
  add("LFM2-Q4_K_M.gguf");
  add("LFM2-Q8_0.gguf");
  EXPECT_EQ(found("LiquidAI/LFM2-GGUF:q8_0"), "LFM2-Q8_0.gguf");
  EXPECT_EQ(found("LiquidAI/LFM2-GGUF"), "LFM2-Q4_K_M.gguf");
}

TEST_F(HubCache, TakesWhatThereIsOnlyIfNoQuantWasAskedFor) {
  add("LFM2-F16.gguf");
  EXPECT_EQ(found("LiquidAI/LFM2-GGUF"), "LFM2-F16.gguf");
  EXPECT_THROW((void)found("LiquidAI/LFM2-GGUF:Q4_K_M"), Error);
  EXPECT_THROW((void)found("LiquidAI/LFM2-GGUF:16"), Error) << "a part of a word";
}

TEST_F(HubCache, TakesTheFirstPartOfASplitFileAndNoProjector) {
  add("Q4_K_M/LFM2-Q4_K_M-00002-of-00002.gguf");
  add("Q4_K_M/LFM2-Q4_K_M-00001-of-00002.gguf");
  add("mmproj-Q4_K_M.gguf");
  EXPECT_EQ(found("LiquidAI/LFM2-GGUF"), "LFM2-Q4_K_M-00001-of-00002.gguf");
}

TEST_F(HubCache, PrefersTheRevisionOfMain) {
  add("LFM2-Q4_K_M.gguf", "aaa");
  add("LFM2-Q4_K_M.gguf", "bbb");
  folder_.write("hub/models--LiquidAI--LFM2-GGUF/refs/main", "bbb\n");
  EXPECT_EQ(find_in_hub_cache("LiquidAI/LFM2-GGUF").parent_path().filename(), "bbb");
}

TEST_F(HubCache, FindsAFileByName) {
  add("sub/odd.gguf");
  EXPECT_EQ(found("LiquidAI/LFM2-GGUF", "sub/odd.gguf"), "odd.gguf");
  EXPECT_THROW((void)found("LiquidAI/LFM2-GGUF", "../../secret"), Error);
}

TEST_F(HubCache, SaysThatThereIsNoNetwork) {
  try {
    (void)found("LiquidAI/Other");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    EXPECT_NE(std::string(error.what()).find("no network support"), std::string::npos);
  }
}

TEST_F(HubCache, RefusesNamesThatLeaveTheFolder) {
  for (const char* repo : {"LFM2", "../x", "a/..", "a/b/c", "/a", "a/", "a/b:", "a/b:../c", ""}) {
    try {
      (void)found(repo);
      ADD_FAILURE() << repo;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage) << repo;
    }
  }
}

}  // namespace
}  // namespace freshet
