#include "gguf/reader.h"

#include <freshet/error.h>

#include <filesystem>
#include <utility>

#include "gguf/raw_gguf.h"
#include "gguf/writer.h"
#include "support/temporary_folder.h"

namespace freshet {
namespace {

using testing::RawGguf;

TEST(GgufReader, ReadsVersions2And3Alike) {
  for (const uint32_t version : {2u, 3u}) {
    RawGguf raw(version, 1, 1);
    raw.key("general.architecture", ValueType::kString).string("lfm2");
    raw.tensor("output_norm.weight", {8}, 0, 0).data(32);
    const GgufFile file = testing::open_image(raw.bytes());
    EXPECT_EQ(file.version(), version);
    EXPECT_EQ(file.metadata().get<std::string_view>("general.architecture"), "lfm2");
    EXPECT_EQ(file.tensors().size(), 1u);
    EXPECT_EQ(file.file_bytes(), raw.bytes().size());
  }
}

TEST(GgufReader, ReadsAFileOfMetadataAlone) {
  RawGguf raw(3, 0, 1);
  raw.key("general.type", ValueType::kString).string("vocab");
  EXPECT_TRUE(testing::open_image(raw.bytes()).tensors().empty());
}

TEST(GgufReader, KeepsTheOrderOfTheFileAndFindsByName) {
  RawGguf raw(3, 3, 0);
  raw.tensor("c", {8}, 0, 0).tensor("a", {8}, 0, 32).tensor("b", {8}, 0, 64).data(96);
  const GgufFile file = testing::open_image(raw.bytes());
  ASSERT_EQ(file.tensors().size(), 3u);
  EXPECT_EQ(file.tensors()[0].name, "c");
  EXPECT_EQ(file.find("b"), &file.tensors()[2]);
  EXPECT_EQ(file.find("d"), nullptr);
  EXPECT_EQ(file.find(""), nullptr);
}

TEST(GgufReader, DecodesArraysOfArrays) {
  RawGguf raw(3, 0, 1);
  raw.key("matrix", ValueType::kArray).array_of(ValueType::kArray, 2);
  raw.array_of(ValueType::kString, 2).string("x").string("yy");
  raw.array_of(ValueType::kInt16, 3).number<int16_t>(1).number<int16_t>(-2).number<int16_t>(3);
  const GgufFile file = testing::open_image(raw.bytes());
  const Value& value = *file.metadata().find("matrix");
  EXPECT_EQ(describe_type(value), "arr[arr,2]");
  EXPECT_EQ(preview(value, 60), "[[\"x\", \"yy\"], [1, -2, 3]]");
  EXPECT_EQ(std::get<int64_t>((*(*value.array())[1].array())[1].data), -2);
}

TEST(GgufReader, TensorsStayInPlaceWhenTheFileIsMoved) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.path() / "model.gguf";
  GgufWriter writer;
  const std::vector<std::byte> data(32, std::byte{7});
  writer.add_tensor("t", DType::F32, {8}, data);
  writer.write(path);
  GgufFile first(path);
  const std::byte* before = first.find("t")->data;
  const GgufFile second = std::move(first);
  EXPECT_EQ(second.find("t")->data, before);
  EXPECT_EQ(*before, std::byte{7});
  EXPECT_EQ(second.path(), path);
  EXPECT_EQ(second.metadata().file(), path);
}

TEST(GgufReader, NamesTheFileThatIsNotThere) {
  const std::string message = testing::refusal([] { GgufFile("/nonexistent/model.gguf"); });
  testing::expect_contains(message, {"/nonexistent/model.gguf", "no such file"});
}

TEST(GgufReader, SaysThatADirectoryIsNoFile) {
  const testing::TemporaryFolder folder;
  const std::string message = testing::refusal([&] { GgufFile(folder.path().string()); });
  testing::expect_contains(message, {folder.path().string(), "directory"});
}

// A sparse file: its size on disk is small, what it claims is not.
TEST(GgufReader, AHugeHeaderOfZerosIsRefusedAtOnce) {
  const testing::TemporaryFolder folder;
  RawGguf raw(3, 0, 1);
  raw.key("a", ValueType::kArray).array_of(ValueType::kString, uint64_t{1} << 33);
  folder.write("model.gguf", raw.bytes());
  std::filesystem::resize_file(folder.path() / "model.gguf", uint64_t{1} << 37);
  const std::string message =
      testing::refusal([&] { GgufFile((folder.path() / "model.gguf").string()); });
  testing::expect_contains(message, {"array elements", "256 MiB"});
}

}  // namespace
}  // namespace freshet
