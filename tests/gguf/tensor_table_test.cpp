// Tensor tables that contradict themselves, the format or the file's size.
#include "gguf/raw_gguf.h"

namespace freshet {
namespace {

using testing::expect_refused;
using testing::RawGguf;

constexpr uint32_t kF32 = 0;
constexpr uint32_t kQ4K = 12;

RawGguf one_tensor(std::initializer_list<uint64_t> dims, uint32_t type, uint64_t offset = 0,
                   size_t data_bytes = 4096) {
  RawGguf raw(3, 1, 0);
  return raw.tensor("blk.0.weight", dims, type, offset).data(data_bytes);
}

TEST(TensorTable, PointsIntoTheData) {
  const RawGguf raw = one_tensor({8, 2}, kF32, 64, 128);
  const GgufFile file = testing::open_image(raw.bytes());
  const Tensor* tensor = file.find("blk.0.weight");
  ASSERT_NE(tensor, nullptr);
  EXPECT_EQ(tensor->bytes, 64u);
  EXPECT_EQ(reinterpret_cast<const char*>(tensor->data),
            raw.bytes().data() + raw.bytes().size() - 64);
}

TEST(TensorTable, HasOneToFourDimensionsNoneOfThemZero) {
  expect_refused(one_tensor({}, kF32), {"\"blk.0.weight\"", "1 to 4 dimensions expected, 0 found"});
  expect_refused(one_tensor({1, 1, 1, 1, 1}, kF32), {"1 to 4 dimensions expected, 5 found"});
  RawGguf many(3, 1, 0);
  many.string("t").number(UINT32_MAX).data(256);
  expect_refused(many, {"4294967295 found"});
  expect_refused(one_tensor({0}, kF32), {"above 0", "0 found"});
  expect_refused(one_tensor({32, 0}, kF32), {"above 0", "0 found"});
}

TEST(TensorTable, DimensionsThatOverflowAreRefused) {
  const uint64_t big = uint64_t{1} << 32;
  expect_refused(one_tensor({UINT64_MAX}, kF32), {"below 2^63", "18446744073709551615"});
  expect_refused(one_tensor({big, big}, kF32), {"below 2^63"});
  expect_refused(one_tensor({big, 1u << 16, 1u << 15, 2}, kF32), {"below 2^63"});
  // 2^62 weights are a number, their bytes wrap to 0.
  expect_refused(one_tensor({uint64_t{1} << 62}, kF32), {"overflows"});
}

TEST(TensorTable, RowsAreWholeBlocks) {
  expect_refused(one_tensor({255, 2}, kQ4K), {"multiple of 256", "Q4_K", "255 found"});
  expect_refused(one_tensor({16}, 2), {"multiple of 32", "Q4_0", "16 found"});
}

TEST(TensorTable, DataLiesWithinTheFile) {
  expect_refused(one_tensor({1024}, kF32, 32, 4096), {"ends before", "\"blk.0.weight\"", "4096"});
  expect_refused(one_tensor({1024}, kF32, 0, 4095), {"ends before"});
  expect_refused(one_tensor({1}, kF32, UINT64_MAX - 31, 64), {"ends before"});
  expect_refused(one_tensor({1}, kF32, 1u << 20, 64), {"ends before"});
}

TEST(TensorTable, OffsetsAreMultiplesOfTheAlignment) {
  expect_refused(one_tensor({8}, kF32, 8), {"multiple of 32 expected, 8 found"});
  RawGguf wide(3, 1, 1);
  wide.key("general.alignment", ValueType::kUint32).number<uint32_t>(128);
  wide.tensor("t", {8}, kF32, 64).data(256, 128);
  expect_refused(wide, {"multiple of 128 expected, 64 found"});
}

TEST(TensorTable, ADifferentAlignmentMovesTheData) {
  RawGguf raw(3, 1, 1);
  raw.key("general.alignment", ValueType::kUint32).number<uint32_t>(128);
  raw.tensor("t", {8}, kF32, 128).data(160, 128);
  const GgufFile file = testing::open_image(raw.bytes());
  EXPECT_EQ(reinterpret_cast<const char*>(file.find("t")->data),
            raw.bytes().data() + raw.bytes().size() - 32);
}

TEST(TensorTable, NamesAreUniqueAndShort) {
  RawGguf twice(3, 2, 0);
  twice.tensor("same", {8}, kF32, 0).tensor("same", {8}, kF32, 32).data(64);
  expect_refused(twice, {"tensor \"same\" occurs twice"});
  RawGguf empty(3, 1, 0);
  empty.tensor("", {8}, kF32, 0).data(64);
  expect_refused(empty, {"1 to 64 bytes expected, 0 found"});
  RawGguf longer(3, 1, 0);
  longer.tensor(std::string(65, 'n'), {8}, kF32, 0).data(64);
  expect_refused(longer, {"1 to 64 bytes expected, 65 found"});
}

TEST(TensorTable, TensorsDoNotOverlap) {
  RawGguf raw(3, 2, 0);
  raw.tensor("second", {16}, kF32, 32).tensor("first", {16}, kF32, 0).data(128);
  expect_refused(raw, {"\"first\" and \"second\" overlap"});
}

TEST(TensorTable, GapsAndAnyOrderAreFine) {
  RawGguf raw(3, 2, 0);
  raw.tensor("second", {8}, kF32, 96).tensor("first", {8}, kF32, 0).data(128);
  const GgufFile file = testing::open_image(raw.bytes());
  ASSERT_EQ(file.tensors().size(), 2u);
  EXPECT_EQ(file.tensors()[0].name, "second");
  EXPECT_EQ(file.tensors()[0].data - file.tensors()[1].data, 96);
}

TEST(TensorTable, UnsupportedTypesAreRefusedByNameWithWhatToUse) {
  struct Case {
    uint32_t id;
    std::string_view name;
    std::string_view instead;
  };
  for (const Case& c :
       {Case{16, "IQ2_XXS", "Q2_K"}, Case{19, "IQ1_S", "Q2_K"}, Case{21, "IQ3_S", "Q3_K_M"},
        Case{34, "TQ1_0", "Q2_K"}, Case{40, "NVFP4", "MXFP4"}, Case{4, "Q4_2", "Q4_K_M"},
        Case{31, "Q4_0_4_4", "Q4_0"}, Case{28, "F64", "F32"}, Case{99, "unknown", "Q4_K_M"}}) {
    expect_refused(one_tensor({256}, c.id),
                   {"\"blk.0.weight\"", c.name, std::to_string(c.id), "use ", c.instead},
                   ErrorKind::kUnsupported);
  }
}

}  // namespace
}  // namespace freshet
