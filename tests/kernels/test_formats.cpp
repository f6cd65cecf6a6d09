// Decoders against tests/goldens/formats: blocks with the values that the `gguf` package reads.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "kernels/cpu/simd/scalar.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels {
namespace {

struct Golden {
  std::vector<uint8_t> blocks;
  std::vector<float> values;
};

/// The file is: u32 n_blocks, the blocks, the values.
template <class F>
Golden load_golden() {
  std::string name = F::kName;
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::ifstream file(FRESHET_TESTS_DIR "/goldens/formats/" + name + ".bin", std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
  EXPECT_GE(bytes.size(), 4u) << name;
  if (bytes.size() < 4) return {};
  uint32_t n_blocks = 0;
  std::memcpy(&n_blocks, bytes.data(), 4);
  const size_t block_bytes = n_blocks * sizeof(typename F::Block);
  Golden golden{.blocks = std::vector<uint8_t>(block_bytes),
                .values = std::vector<float>(size_t{n_blocks} * F::kBlockSize)};
  EXPECT_EQ(bytes.size(), 4 + block_bytes + golden.values.size() * 4) << name;
  if (::testing::Test::HasFailure()) return {};
  std::memcpy(golden.blocks.data(), bytes.data() + 4, block_bytes);
  std::memcpy(golden.values.data(), bytes.data() + 4 + block_bytes, golden.values.size() * 4);
  return golden;
}

void expect_same_bits(const std::vector<float>& got, const std::vector<float>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(float_to_bits(got[i]), float_to_bits(want[i]))
        << "weight " << i << ": " << got[i] << " instead of " << want[i];
  }
}

/// The weights of a block put together from what the kernels take out of it:
/// scale * group scale * (u - offset) + min * group min, in double.
template <class F>
std::vector<double> weights_from_parts(const typename F::Block& block) {
  std::vector<double> weights(F::kBlockSize);
  GroupScales groups{};
  std::ranges::fill(groups.scale, int16_t{1});
  std::ranges::fill(groups.min, int16_t{1});
  if constexpr (F::kBlockSize == 256) groups = F::template scales<Scalar>(block);
  const double scale = F::template scale<Scalar>(block);
  double min = 0;
  if constexpr (F::kHasMin) min = F::template min<Scalar>(block);
  for (int g = 0; g < F::kBlockSize / 32; ++g) {
    Scalar::Bytes bytes;
    if constexpr (F::kBlockSize == 256) {
      bytes = F::template unpack<Scalar>(block, g);
    } else {
      bytes = F::template unpack<Scalar>(block);
    }
    for (int i = 0; i < 32; ++i) {
      const int u = F::kSigned ? static_cast<int8_t>(bytes.v[i]) : bytes.v[i];
      EXPECT_LE(u, 127);  // AVX2's byte products saturate above
      const int group = g * 2 + i / 16;
      const double scaled = scale * groups.scale[group] * (u - F::kOffset);
      weights[static_cast<size_t>(g * 32 + i)] = scaled + min * groups.min[group];
    }
  }
  return weights;
}

template <class F>
class FormatTest : public ::testing::Test {};

template <class List>
struct AsTypes;
template <class... F>
struct AsTypes<FormatList<F...>> {
  using Stored = ::testing::Types<F...>;
};

struct NameOfFormat {
  template <class F>
  static std::string GetName(int) {
    return F::kName;
  }
};
TYPED_TEST_SUITE(FormatTest, AsTypes<Formats>::Stored, NameOfFormat);

TYPED_TEST(FormatTest, DecodesToTheReferencesBits) {
  if (TypeParam::kId == Format::F32) GTEST_SKIP() << "F32 is its own reference";
  const Golden golden = load_golden<TypeParam>();
  std::vector<float> got(golden.values.size());
  decode_row(TypeParam::kId, golden.blocks.data(), got.data(), static_cast<int64_t>(got.size()));
  expect_same_bits(got, golden.values);
}

TYPED_TEST(FormatTest, DecodesBlocksAtOddAddresses) {
  using Block = typename TypeParam::Block;
  static_assert(alignof(Block) == 1);
  constexpr size_t kBlocks = 16;
  std::vector<uint8_t> bytes(kBlocks * sizeof(Block));
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 37 % 0x70);
  std::vector<uint8_t> shifted(bytes.size() + 1);
  std::ranges::copy(bytes, shifted.begin() + 1);
  constexpr int64_t n = kBlocks * TypeParam::kBlockSize;
  std::vector<float> want(n), got(n);
  decode_row(TypeParam::kId, bytes.data(), want.data(), n);
  decode_row(TypeParam::kId, shifted.data() + 1, got.data(), n);
  expect_same_bits(got, want);
}

TYPED_TEST(FormatTest, PartsForTheKernelsMakeTheSameWeights) {
  using F = TypeParam;
  using Block = typename F::Block;
  if constexpr (F::kActivation == Activation::kFloat) {
    std::vector<uint8_t> bytes(17 * sizeof(Block));
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 37 % 0x70);
    const auto* blocks = reinterpret_cast<const Block*>(bytes.data() + 1);
    for (const int n : {1, 15, 16}) {
      const Scalar::F32 lanes = F::template load_n<Scalar>(blocks, n);
      for (int i = 0; i < 16; ++i) {
        float want = 0;
        if (i < n) F::decode(blocks[i], &want);
        EXPECT_EQ(float_to_bits(lanes.v[i]), float_to_bits(want)) << i << " of " << n;
      }
    }
  } else {
    const Golden golden = load_golden<F>();
    const auto* blocks = reinterpret_cast<const Block*>(golden.blocks.data());
    for (size_t b = 0; b < golden.blocks.size() / sizeof(Block); ++b) {
      const std::vector<double> weights = weights_from_parts<F>(blocks[b]);
      const float* want = golden.values.data() + b * F::kBlockSize;
      double largest = 1e-40;
      for (int i = 0; i < F::kBlockSize; ++i)
        largest = std::max<double>(largest, std::abs(want[i]));
      if (F::kHasMin) largest += std::abs(F::template scale<Scalar>(blocks[b])) * 2048;
      for (size_t i = 0; i < weights.size(); ++i) {
        ASSERT_NEAR(weights[i], want[i], largest * 2e-7) << "block " << b << ", weight " << i;
      }
    }
  }
}

TEST(Formats, AreListedInOrderOfTheirIds) {
  uint32_t last = 0;
  const auto check = [&](uint32_t id) {
    EXPECT_TRUE(id > last || id == 0);
    last = id;
  };
  [&]<class... F>(FormatList<F...>) { (check(static_cast<uint32_t>(F::kId)), ...); }(Formats{});
  EXPECT_EQ(Formats::kSize, 16);
}

TEST(SixBitScales, UnpackWhatWasPacked) {
  for (int seed = 0; seed < 64; ++seed) {
    SixBitScales s;
    for (int g = 0; g < 8; ++g) {
      s.scale[g] = static_cast<uint8_t>((seed + g * 11) & 63);
      s.min[g] = static_cast<uint8_t>((seed * 5 + g * 23) & 63);
    }
    uint8_t packed[12];
    pack_six_bit_scales(s, packed);
    const SixBitScales back = unpack_six_bit_scales(packed);
    EXPECT_EQ(std::memcmp(&s, &back, sizeof(s)), 0) << seed;
  }
}

}  // namespace
}  // namespace freshet::kernels
