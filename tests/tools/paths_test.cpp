#include "tools/paths.h"

#include <gtest/gtest.h>

#include "support/environment.h"

namespace freshet {
namespace {

using testing::EnvironmentVariable;

TEST(Paths, FollowTheXdgVariables) {
  const EnvironmentVariable config("XDG_CONFIG_HOME", "/c"), cache("XDG_CACHE_HOME", "/k"),
      state("XDG_STATE_HOME", "/s");
  EXPECT_EQ(config_dir(), "/c/freshet");
  EXPECT_EQ(cache_dir(), "/k/freshet");
  EXPECT_EQ(state_dir(), "/s/freshet");
}

TEST(Paths, TakeAnEmptyOrRelativeVariableForUnset) {
  const EnvironmentVariable home("HOME", "/home/ada"), config("XDG_CONFIG_HOME", ""),
      cache("XDG_CACHE_HOME", "relative/path"), state("XDG_STATE_HOME", nullptr);
  EXPECT_EQ(config_dir(), "/home/ada/.config/freshet");
  EXPECT_EQ(cache_dir(), "/home/ada/.cache/freshet");
  EXPECT_EQ(state_dir(), "/home/ada/.local/state/freshet");
}

TEST(Paths, AreUnknownWithoutAHome) {
  const EnvironmentVariable home("HOME", nullptr), config("XDG_CONFIG_HOME", nullptr);
  EXPECT_FALSE(config_dir());
}

}  // namespace
}  // namespace freshet
