#include "model/memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace freshet {
namespace {

using kernels::CacheType;
using kernels::kPageSize;

constexpr int kTaps = 3;
constexpr int64_t kHidden = 64;

/// Two convolution layers and one of attention.
Config small_config() {
  Config config;
  config.n_layers = 3;
  config.hidden = kHidden;
  config.n_heads = 2;
  config.head_dim = 32;
  config.n_kv_heads = {0, 1, 0};
  config.conv_taps = kTaps;
  return config;
}

/// A memory filled as a device would: the gated input of position p is `salt + p` in every channel,
/// and so is the first float of its place in the page.
class Filled {
 public:
  explicit Filled(const MemoryShape& shape) : shape_(shape), memory(shape) {}

  void grow(int n, float salt = 0) {
    const StepSequence step = memory.prepare(0, n);
    for (int64_t p = step.first_position; p < step.first_position + n; ++p) write(step, p, salt);
    memory.commit(n);
  }
  /// Whether the convolution state at the end is that of the last positions.
  [[nodiscard]] bool knows_its_state(float salt = 0) {
    const int64_t end = memory.length();
    const StepSequence step = memory.prepare(0, 1);
    bool good = true;
    for (int layer = 0; layer < shape_.n_conv_layers; ++layer) {
      for (int64_t p = std::max<int64_t>(0, end - (kTaps - 1)); p < end; ++p) {
        good = good && *ring(step, layer, p) == salt + static_cast<float>(p);
      }
    }
    return good;
  }

  const MemoryShape& shape_;
  Memory memory;

 private:
  static float* ring(const StepSequence& step, int layer, int64_t p) {
    return step.conv_ring + (layer * kConvRing + p % kConvRing) * kHidden;
  }
  void write(const StepSequence& step, int64_t p, float salt) const {
    const float value = salt + static_cast<float>(p);
    const int64_t page = p / kPageSize;
    static_cast<float*>(step.pages[page])[p % kPageSize] = value;
    const int64_t tap = p % kPageSize - (kPageSize - (kTaps - 1));
    for (int layer = 0; layer < shape_.n_conv_layers; ++layer) {
      std::fill_n(ring(step, layer, p), kHidden, value);
      if (tap < 0 || step.page_states[page] == nullptr) continue;
      std::fill_n(step.page_states[page] + (layer * (kTaps - 1) + tap) * kHidden, kHidden, value);
    }
  }
};

class MemoryTest : public ::testing::Test {
 protected:
  MemoryShape shape{small_config(), CacheType::kF32, CacheType::kF32};
  Filled filled{shape};
  Memory& memory = filled.memory;
};

TEST_F(MemoryTest, CountsTheBytesOfItsPagesExactly) {
  const uint64_t page = 2 * 64 * 32 * sizeof(float);                 // keys and values of one head
  const uint64_t state = 2 * (kTaps - 1) * kHidden * sizeof(float);  // of two layers
  EXPECT_EQ(shape.page_bytes, static_cast<int64_t>(page));
  EXPECT_EQ(shape.bytes_for(0), 0u);
  EXPECT_EQ(shape.bytes_for(1), page + state);
  EXPECT_EQ(shape.bytes_for(64), page + state);
  EXPECT_EQ(shape.bytes_for(65), 2 * (page + state));
  EXPECT_EQ(shape.ring_bytes(), 2u * kConvRing * kHidden * sizeof(float));
}

TEST_F(MemoryTest, CountsEveryCacheType) {
  const auto page_bytes = [](CacheType key, CacheType value) {
    return MemoryShape(small_config(), key, value).page_bytes;
  };
  EXPECT_EQ(page_bytes(CacheType::kF16, CacheType::kF16), 2 * 64 * 32 * 2);
  EXPECT_EQ(page_bytes(CacheType::kQ8_0, CacheType::kQ8_0), 2 * 64 * (32 + 2));
  EXPECT_EQ(page_bytes(CacheType::kF32, CacheType::kQ8_0), 64 * 32 * 4 + 64 * (32 + 2));
}

TEST_F(MemoryTest, HasThePublishedSizeOfThe24B) {
  Config config;
  config.n_layers = 40;
  config.hidden = 2048;
  config.n_heads = 32;
  config.head_dim = 64;
  config.conv_taps = 3;
  config.n_kv_heads.assign(40, 0);
  for (size_t layer = 2; layer < 40; layer += 4) config.n_kv_heads[layer] = 8;
  const MemoryShape f16(config, CacheType::kF16, CacheType::kF16);
  EXPECT_EQ(f16.page_bytes, 64 * 20 * 1024);  // 20 KiB per token
  EXPECT_EQ(f16.state_size() * 4, 480 * 1024);
}

TEST_F(MemoryTest, ReservesNothingForAContextThatIsNotThere) {
  EXPECT_EQ(memory.bytes_to_prepare(1), shape.bytes_for(1));
  filled.grow(1);
  EXPECT_EQ(memory.bytes_to_prepare(63), 0u);
  EXPECT_EQ(memory.bytes_to_prepare(64), shape.bytes_for(1));
  EXPECT_EQ(memory.bytes_to_prepare(1000), shape.bytes_for(1001) - shape.bytes_for(1));
}

TEST_F(MemoryTest, GrowsByPagesThatStayInTheirPlaces) {
  filled.grow(64);
  void* first = memory.prepare(0, 1).pages[0];
  filled.grow(500);
  const StepSequence step = memory.prepare(0, 1);
  EXPECT_EQ(step.pages[0], first);
  EXPECT_EQ(step.first_position, 564);
  for (int64_t p = 0; p < 564; ++p) {
    ASSERT_EQ(static_cast<float*>(step.pages[p / 64])[p % 64], static_cast<float>(p));
  }
}

TEST_F(MemoryTest, AsksForAStateOnlyAtTheEndsOfPagesThatTheStepFills) {
  const StepSequence step = memory.prepare(0, 130);
  EXPECT_NE(step.page_states[0], nullptr);
  EXPECT_NE(step.page_states[1], nullptr);
  EXPECT_EQ(step.page_states[2], nullptr);
  memory.commit(130);
  const StepSequence next = memory.prepare(0, 1);
  EXPECT_EQ(next.page_states[0], nullptr);
  EXPECT_EQ(next.page_states[2], nullptr);
}

TEST_F(MemoryTest, NewSequenceStartsEmpty) {
  EXPECT_EQ(memory.length(), 0);
  EXPECT_EQ(memory.rewind(0), 0);
}

TEST_F(MemoryTest, RewindsToTheVeryPositionWithinTheRing) {
  filled.grow(100);
  for (const int64_t length : {99, 95, 90, 86}) {
    EXPECT_EQ(memory.rewind(length), length);
    EXPECT_TRUE(filled.knows_its_state()) << length;
  }
}

TEST_F(MemoryTest, RewindsToTheEndOfAPageBeyondTheRing) {
  filled.grow(200);
  EXPECT_EQ(memory.rewind(180), 128);
  EXPECT_TRUE(filled.knows_its_state());
  EXPECT_EQ(memory.rewind(127), 64);
  EXPECT_TRUE(filled.knows_its_state());
  EXPECT_EQ(memory.rewind(63), 0);
}

TEST_F(MemoryTest, RepeatsAtMostAPageLessOneAfterAnyRewind) {
  for (int length = 1; length <= 300; length += 13) {
    for (int back = 0; back <= length; ++back) {
      Filled fresh(shape);
      fresh.grow(length);
      const int64_t wanted = length - back, reached = fresh.memory.rewind(wanted);
      ASSERT_LE(reached, wanted);
      ASSERT_LT(wanted - reached, kPageSize) << length << " back to " << wanted;
      ASSERT_TRUE(fresh.knows_its_state()) << length << " back to " << wanted;
    }
  }
}

TEST_F(MemoryTest, DoesNotTrustARingThatWasWrittenSinceARewind) {
  filled.grow(120);
  memory.rewind(110);
  filled.grow(14);  // the ring's slots of 104 .. 109 are overwritten now
  EXPECT_LE(memory.rewind(108), 108);
  EXPECT_TRUE(filled.knows_its_state());
}

TEST_F(MemoryTest, ReturnsToACheckpoint) {
  filled.grow(100);
  memory.checkpoint();
  filled.grow(100);
  EXPECT_EQ(memory.rewind(100), 100);
  EXPECT_TRUE(filled.knows_its_state());
  filled.grow(27);
  EXPECT_EQ(memory.rewind(105), 100) << "the nearest one below";
}

TEST_F(MemoryTest, ForgetsCheckpointsThatARewindPasses) {
  filled.grow(100);
  memory.checkpoint();
  memory.rewind(90);
  filled.grow(60, 1000);
  EXPECT_NE(memory.rewind(110), 100) << "the state at 100 belongs to a past that is gone";
}

TEST_F(MemoryTest, KeepsTheLatestCheckpointsAndNoMoreThanItsLimit) {
  constexpr int kMore = static_cast<int>(Memory::kMaxCheckpoints) + 6;
  for (int i = 0; i < kMore; ++i) {
    filled.grow(64);
    filled.grow(36);
    memory.checkpoint();
    filled.grow(28);
  }
  // The first six are gone: a rewind reaches the page's end and no further.
  EXPECT_EQ(memory.rewind(128 * 8 + 100), 128 * 8 + 100);
  EXPECT_TRUE(filled.knows_its_state());
  EXPECT_EQ(memory.rewind(128 * 5 + 100), 128 * 5 + 64);
  EXPECT_TRUE(filled.knows_its_state());
}

TEST_F(MemoryTest, ForkSharesPagesUntilOneIsWritten) {
  filled.grow(100);
  Memory fork(memory);
  EXPECT_EQ(fork.length(), 100);
  EXPECT_EQ(fork.bytes_to_prepare(1), static_cast<uint64_t>(shape.page_bytes)) << "a copy";
  void* const full = memory.prepare(0, 0).pages[0];
  const StepSequence theirs = fork.prepare(0, 1);
  EXPECT_EQ(theirs.pages[0], full);
  const StepSequence mine = memory.prepare(0, 1);
  EXPECT_NE(theirs.pages[1], mine.pages[1]);
  EXPECT_EQ(std::memcmp(theirs.pages[1], mine.pages[1], 36 * sizeof(float)), 0);
}

TEST_F(MemoryTest, ForkAtTheEndOfAPageCopiesNothing) {
  filled.grow(128);
  Memory fork(memory);
  EXPECT_EQ(fork.bytes_to_prepare(64), shape.bytes_for(64));
  EXPECT_EQ(fork.prepare(0, 1).pages[1], memory.prepare(0, 1).pages[1]);
}

TEST_F(MemoryTest, ForkRewoundIntoASharedPageCopiesItBeforeWriting) {
  filled.grow(120);
  Filled fork(shape);
  fork.memory = Memory(memory);
  fork.memory.rewind(110);
  fork.grow(10, 5000);
  EXPECT_TRUE(filled.knows_its_state());
  const StepSequence step = memory.prepare(0, 1);
  for (int64_t p = 64; p < 120; ++p) {
    ASSERT_EQ(static_cast<float*>(step.pages[1])[p % 64], static_cast<float>(p));
  }
}

TEST_F(MemoryTest, ForkKeepsItsOwnCheckpoints) {
  filled.grow(100);
  memory.checkpoint();
  Filled fork(shape);
  fork.memory = Memory(memory);
  memory.rewind(10);
  fork.grow(60);
  EXPECT_EQ(fork.memory.rewind(100), 100);
  EXPECT_TRUE(fork.knows_its_state());
}

TEST_F(MemoryTest, AbandonedStepLeavesTheLengthAtMostAPageShort) {
  filled.grow(100);
  static_cast<void>(memory.prepare(0, 50));
  memory.abandon();
  EXPECT_EQ(memory.length(), 64);
  EXPECT_TRUE(filled.knows_its_state());
}

TEST_F(MemoryTest, AbandonedFirstStepLeavesNothing) {
  static_cast<void>(memory.prepare(0, 50));
  memory.abandon();
  EXPECT_EQ(memory.length(), 0);
}

}  // namespace
}  // namespace freshet
