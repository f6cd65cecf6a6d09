// Files written by the official package (make_golden.py).
#include <cmath>
#include <cstring>

#include "gguf/raw_gguf.h"
#include "gguf/writer.h"

namespace freshet {
namespace {

const std::string kFolder = FRESHET_TESTS_DIR "/gguf/";

void expect_metadata(const Metadata& metadata) {
  EXPECT_EQ(metadata.get<std::string_view>("general.architecture"), "lfm2");
  EXPECT_EQ(metadata.get<uint8_t>("test.u8"), 250);
  EXPECT_EQ(metadata.get<int8_t>("test.i8"), -5);
  EXPECT_EQ(metadata.get<uint16_t>("test.u16"), 65000);
  EXPECT_EQ(metadata.get<int16_t>("test.i16"), -30000);
  EXPECT_EQ(metadata.get<uint32_t>("test.u32"), 4000000000u);
  EXPECT_EQ(metadata.get<int32_t>("test.i32"), -2000000000);
  EXPECT_EQ(metadata.get<uint64_t>("test.u64"), UINT64_MAX);
  EXPECT_EQ(metadata.get<int64_t>("test.i64"), INT64_MIN);
  EXPECT_EQ(metadata.get<float>("test.f32"), 0.1f);
  EXPECT_EQ(metadata.get<double>("test.f64"), 0.1);
  EXPECT_EQ(metadata.get<bool>("test.true"), true);
  EXPECT_EQ(metadata.get<bool>("test.false"), false);
  EXPECT_EQ(metadata.get<std::string_view>("test.string"), "snow \u2744 melts\n");
  const auto strings = metadata.get_strings("test.strings");
  ASSERT_TRUE(strings);
  EXPECT_EQ(std::vector(strings->begin(), strings->end()),
            (std::vector<std::string_view>{"a", "", "\u00e9"}));
  EXPECT_EQ(metadata.get_array<uint32_t>("test.kv_heads"), (std::vector<uint32_t>{0, 0, 8}));
  EXPECT_EQ(metadata.get_array<float>("test.floats"), (std::vector<float>{0.5f, -2.0f}));
  EXPECT_EQ(preview(*metadata.find("test.nested"), 60), "[[1, 2], [3]]");
}

void expect_tensors(const GgufFile& file) {
  ASSERT_EQ(file.tensors().size(), 4u);
  const Tensor& matrix = *file.find("matrix.weight");
  EXPECT_EQ(matrix.dtype, DType::F32);
  EXPECT_EQ(matrix.n_dims, 2);
  EXPECT_EQ(matrix.dims, (std::array<int64_t, 4>{3, 2, 1, 1}));
  for (int i = 0; i < 6; ++i) {
    float weight;
    std::memcpy(&weight, matrix.data + i * 4, 4);
    EXPECT_EQ(weight, static_cast<float>(i - 20) / 8);
  }
  EXPECT_EQ(file.find("half.weight")->dtype, DType::F16);
  EXPECT_EQ(file.find("half.weight")->bytes, 10u);
  const Tensor& q8 = *file.find("q8.weight");
  EXPECT_EQ(q8.dtype, DType::Q8_0);
  EXPECT_EQ(q8.dims, (std::array<int64_t, 4>{64, 3, 2, 1}));
  EXPECT_EQ(q8.bytes, 2u * 3 * 2 * 34);
  // The first row begins with -20/8, the largest of its block: a scale, then the least byte.
  EXPECT_EQ(static_cast<int8_t>(q8.data[2]), -127);
  EXPECT_EQ(file.find("q4.weight")->dtype, DType::Q4_0);
  EXPECT_EQ(file.find("q4.weight")->bytes, 2u * 3 * 2 * 18);
}

TEST(GgufGolden, AFileOfTheOfficialPackageIsUnderstood) {
  const GgufFile file(kFolder + "golden.gguf");
  EXPECT_EQ(file.version(), 3u);
  expect_metadata(file.metadata());
  expect_tensors(file);
}

TEST(GgufGolden, ASplitFileOfTheOfficialPackageIsUnderstood) {
  const GgufFile file(kFolder + "golden-00002-of-00002.gguf");
  EXPECT_EQ(file.paths().size(), 2u);
  expect_metadata(file.metadata());
  expect_tensors(file);
}

TEST(GgufGolden, OurWriterGivesTheOfficialPackagesBytes) {
  const GgufFile file(kFolder + "golden.gguf");
  GgufWriter writer;
  for (const auto& [key, value] : file.metadata().entries()) writer.add_value(key, value);
  for (const Tensor& tensor : file.tensors()) {
    writer.add_tensor(tensor.name, tensor.dtype, std::span(tensor.dims).first(tensor.n_dims),
                      [&tensor](ByteSink& out) {
                        out.write({tensor.data, tensor.bytes});
                      });
  }
  const std::vector<std::byte> ours = writer.to_bytes();
  const MappedFile theirs(kFolder + "golden.gguf");
  EXPECT_TRUE(std::ranges::equal(ours, theirs.bytes()));
}

}  // namespace
}  // namespace freshet
