#include "gguf/metadata.h"

#include "gguf/raw_gguf.h"
#include "gguf/writer.h"

namespace freshet {
namespace {

// A file in memory together with its bytes.
struct WrittenFile {
  explicit WrittenFile(const GgufWriter& writer)
      : bytes(writer.to_bytes()), file(bytes, "model.gguf") {}
  [[nodiscard]] const Metadata& metadata() const { return file.metadata(); }
  std::vector<std::byte> bytes;
  GgufFile file;
};

void expect_wrong_type(const std::function<void()>& lookup,
                       std::initializer_list<std::string_view> parts) {
  const std::string message = testing::refusal(lookup);
  testing::expect_contains(message, {"model.gguf: metadata key"});
  testing::expect_contains(message, parts);
}

TEST(Metadata, AnAbsentKeyIsNothing) {
  const WrittenFile written{GgufWriter()};
  EXPECT_EQ(written.metadata().find("none"), nullptr);
  EXPECT_FALSE(written.metadata().get<uint32_t>("none"));
  EXPECT_FALSE(written.metadata().get_array<float>("none"));
  EXPECT_FALSE(written.metadata().get_strings("none"));
}

TEST(Metadata, ARequiredKeyThatIsAbsentIsNamed) {
  const WrittenFile written{GgufWriter()};
  expect_wrong_type(
      [&] { static_cast<void>(written.metadata().require<uint32_t>("lfm2.block_count")); },
      {"\"lfm2.block_count\" is missing", "u32 expected"});
}

TEST(Metadata, IntegersWidenAndNarrowWhereTheValueFits) {
  GgufWriter writer;
  writer.add("u8", uint8_t{200});
  writer.add("i64", int64_t{-3});
  writer.add("u64", UINT64_MAX);
  const WrittenFile written(writer);
  const Metadata& metadata = written.metadata();
  EXPECT_EQ(metadata.get<uint64_t>("u8"), 200u);
  EXPECT_EQ(metadata.get<int16_t>("u8"), 200);
  EXPECT_EQ(metadata.get<int8_t>("i64"), -3);
  EXPECT_EQ(metadata.get<uint64_t>("u64"), UINT64_MAX);
  expect_wrong_type([&] { static_cast<void>(metadata.get<int8_t>("u8")); },
                    {"\"u8\"", "i8 expected", "u8 200 found"});
  expect_wrong_type([&] { static_cast<void>(metadata.get<uint32_t>("i64")); }, {"i64 -3 found"});
  expect_wrong_type([&] { static_cast<void>(metadata.get<int64_t>("u64")); }, {"i64 expected"});
}

TEST(Metadata, FloatsOfBothWidthsServeEachOther) {
  GgufWriter writer;
  writer.add("f32", 0.5f);
  writer.add("f64", 1e300);
  writer.add("integer", uint32_t{1});
  const WrittenFile written(writer);
  EXPECT_EQ(written.metadata().get<double>("f32"), 0.5);
  EXPECT_EQ(written.metadata().get<double>("f64"), 1e300);
  expect_wrong_type([&] { static_cast<void>(written.metadata().get<float>("f64")); },
                    {"f32 expected", "f64 1e+300 found"});
  expect_wrong_type([&] { static_cast<void>(written.metadata().get<float>("integer")); },
                    {"u32 1 found"});
}

TEST(Metadata, OtherTypesAreNotConverted) {
  GgufWriter writer;
  writer.add("text", "1");
  writer.add("flag", true);
  writer.add_array("heads", std::vector<int32_t>{0, 8});
  const WrittenFile written(writer);
  const Metadata& metadata = written.metadata();
  expect_wrong_type([&] { static_cast<void>(metadata.get<uint32_t>("text")); },
                    {"str \"1\" found"});
  expect_wrong_type([&] { static_cast<void>(metadata.get<uint32_t>("flag")); },
                    {"bool true found"});
  expect_wrong_type([&] { static_cast<void>(metadata.get<std::string_view>("flag")); },
                    {"str expected"});
  expect_wrong_type([&] { static_cast<void>(metadata.get<int32_t>("heads")); },
                    {"i32 expected", "arr[i32,2] [0, 8] found"});
  expect_wrong_type([&] { static_cast<void>(metadata.get_array<int32_t>("text")); },
                    {"arr[i32] expected"});
  expect_wrong_type([&] { static_cast<void>(metadata.get_strings("heads")); },
                    {"arr[str] expected"});
}

TEST(Metadata, ArraysConvertLikeTheirElements) {
  GgufWriter writer;
  writer.add_array("heads", std::vector<int32_t>{0, 0, 8});
  writer.add_array("signed", std::vector<int32_t>{0, -1});
  writer.add_array("flags", std::vector<bool>{true, false});
  writer.add_array("scores", std::vector<float>{0.25f, -4.0f});
  const WrittenFile written(writer);
  const Metadata& metadata = written.metadata();
  EXPECT_EQ(metadata.get_array<uint32_t>("heads"), (std::vector<uint32_t>{0, 0, 8}));
  EXPECT_EQ(metadata.get_array<bool>("flags"), (std::vector<bool>{true, false}));
  EXPECT_EQ(metadata.get_array<double>("scores"), (std::vector<double>{0.25, -4.0}));
  expect_wrong_type([&] { static_cast<void>(metadata.get_array<uint32_t>("signed")); },
                    {"arr[u32] expected", "[0, -1]"});
}

TEST(Metadata, StringsAreViewsOfTheFilesBytes) {
  GgufWriter writer;
  writer.add_array("tokens", std::vector<std::string>{"one", "", std::string("\0\xff", 2)});
  const WrittenFile written(writer);
  const auto tokens = written.metadata().get_strings("tokens");
  ASSERT_TRUE(tokens);
  ASSERT_EQ(tokens->size(), 3u);
  EXPECT_EQ((*tokens)[0], "one");
  EXPECT_EQ((*tokens)[1], "");
  EXPECT_EQ((*tokens)[2], std::string_view("\0\xff", 2));
  const auto* first = reinterpret_cast<const std::byte*>((*tokens)[0].data());
  EXPECT_GE(first, written.bytes.data());
  EXPECT_LT(first, written.bytes.data() + written.bytes.size());
}

}  // namespace
}  // namespace freshet
