#include "tools/bench_list.h"

#include <freshet/error.h>
#include <gtest/gtest.h>

namespace freshet {
namespace {

using Numbers = std::vector<int64_t>;

TEST(BenchList, ReadsListsAndRanges) {
  EXPECT_EQ(parse_bench_list("-p", "512"), Numbers{512});
  EXPECT_EQ(parse_bench_list("-p", "0"), Numbers{0});
  EXPECT_EQ(parse_bench_list("-p", "1,2,4"), (Numbers{1, 2, 4}));
  EXPECT_EQ(parse_bench_list("-p", "1-4"), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(parse_bench_list("-p", "128-512+128"), (Numbers{128, 256, 384, 512}));
  EXPECT_EQ(parse_bench_list("-p", "1-8*2,16"), (Numbers{1, 2, 4, 8, 16}));
  EXPECT_EQ(parse_bench_list("-p", "1-9*2"), (Numbers{1, 2, 4, 8}));
}

TEST(BenchList, RefusesWhatIsNoList) {
  for (const char* text : {"", ",", "1,", "a", "1-", "-1", "4-1", "1-4+0", "1-4*1", "0-4*2", "1 2",
                           "99999999999999999999", "4294967296", "1-2147483648", "1-4-8"}) {
    EXPECT_THROW((void)parse_bench_list("-p", text), Error) << text;
  }
}

}  // namespace
}  // namespace freshet
