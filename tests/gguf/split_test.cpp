#include "gguf/split.h"

#include <filesystem>

#include "gguf/raw_gguf.h"
#include "gguf/writer.h"
#include "support/temporary_folder.h"

namespace freshet {
namespace {

namespace fs = std::filesystem;

// Three parts with a tensor each: model-0000N-of-00003.gguf.
class SplitFileTest : public ::testing::Test {
 protected:
  SplitFileTest() {
    for (uint16_t no = 0; no < 3; ++no) write_part(no, {.no = no});
  }

  struct PartOptions {
    uint16_t no = 0;
    uint16_t count = 3;
    int32_t n_tensors = 3;
    const char* tensor = nullptr;
    uint32_t alignment = 32;
  };

  void write_part(uint16_t place, PartOptions options) {
    GgufWriter writer(options.alignment);
    if (place == 0) writer.add("general.architecture", "lfm2");
    writer.add("split.no", options.no);
    writer.add("split.count", options.count);
    writer.add("split.tensors.count", options.n_tensors);
    const std::vector<std::byte> data(32, static_cast<std::byte>(place + 1));
    const std::string name = "tensor" + std::to_string(place);
    writer.add_tensor(options.tensor ? options.tensor : name, DType::F32, {8}, data);
    writer.write(part(place));
  }

  [[nodiscard]] std::string part(int place) const {
    return folder_.path() / ("model-0000" + std::to_string(place + 1) + "-of-00003.gguf");
  }
  void expect_refused(std::initializer_list<std::string_view> parts) const {
    testing::expect_contains(testing::refusal([&] { GgufFile(part(0)); }), parts);
  }

  testing::TemporaryFolder folder_;
};

TEST_F(SplitFileTest, AnyPartOpensTheWhole) {
  for (int place = 0; place < 3; ++place) {
    const GgufFile file(part(place));
    EXPECT_EQ(file.path(), part(0));
    ASSERT_EQ(file.paths().size(), 3u);
    EXPECT_EQ(file.paths()[2], part(2));
    EXPECT_EQ(file.metadata().get<std::string_view>("general.architecture"), "lfm2");
    ASSERT_EQ(file.tensors().size(), 3u);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(*file.find("tensor" + std::to_string(i))->data, static_cast<std::byte>(i + 1));
    }
    EXPECT_EQ(file.file_bytes(),
              fs::file_size(part(0)) + fs::file_size(part(1)) + fs::file_size(part(2)));
  }
}

TEST_F(SplitFileTest, EachPartIsAlignedAsItSaysItself) {
  write_part(0, {.no = 0, .alignment = 4096});
  write_part(2, {.no = 2, .alignment = 8});
  const GgufFile file(part(0));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(*file.find("tensor" + std::to_string(i))->data, static_cast<std::byte>(i + 1));
  }
}

TEST_F(SplitFileTest, AMissingPartIsNamed) {
  fs::remove(part(1));
  expect_refused({"1 of the model's 3 parts is missing", part(1)});
  fs::remove(part(2));
  expect_refused({"2 of the model's 3 parts are missing", part(1)});
}

TEST_F(SplitFileTest, APartThatLostItsNameIsToldSo) {
  const std::string renamed = folder_.path() / "model.gguf";
  fs::rename(part(0), renamed);
  const std::string message = testing::refusal([&] { GgufFile{renamed}; });
  testing::expect_contains(message, {"one of 3 parts", "-00001-of-00003.gguf"});
}

TEST_F(SplitFileTest, PartsInEachOthersPlaceAreRefused) {
  fs::rename(part(1), folder_.path() / "x");
  fs::rename(part(2), part(1));
  fs::rename(folder_.path() / "x", part(2));
  expect_refused({part(1), "part 2 of 3 expected", "part 3 of 3 found"});
}

TEST_F(SplitFileTest, PartsOfDifferentModelsAreRefused) {
  write_part(2, {.no = 2, .count = 4});
  expect_refused({part(2), "part 3 of 3 expected", "part 3 of 4 found"});
  write_part(0, {.no = 0, .n_tensors = 5});
  write_part(2, {.no = 2});
  expect_refused({"5 tensors expected", "3 found"});
}

TEST_F(SplitFileTest, ATensorInTwoPartsIsRefused) {
  write_part(2, {.no = 2, .tensor = "tensor0"});
  expect_refused({"\"tensor0\" occurs twice"});
}

TEST_F(SplitFileTest, ADamagedPartIsNamed) {
  fs::resize_file(part(1), fs::file_size(part(1)) - 1);
  expect_refused({part(1), "ends before the data of tensor \"tensor1\""});
}

TEST_F(SplitFileTest, ANumberBeyondTheCountIsRefused) {
  write_part(0, {.no = 3});
  expect_refused({"split.no", "below \"split.count\" (3)", "3 found"});
}

TEST_F(SplitFileTest, AFileThatSaysItIsWholeIs) {
  write_part(0, {.no = 0, .count = 1, .n_tensors = 1});
  EXPECT_EQ(GgufFile(part(0)).tensors().size(), 1u);
}

TEST(SplitImage, APartInMemoryIsRefused) {
  GgufWriter writer;
  writer.add("split.no", uint16_t{0});
  writer.add("split.count", uint16_t{2});
  const std::vector<std::byte> image = writer.to_bytes();
  const std::string message =
      testing::refusal([&] { GgufFile(image, "model.gguf"); }, ErrorKind::kUnsupported);
  testing::expect_contains(message, {"part 1 of a model in 2 parts", "merge"});
}

}  // namespace
}  // namespace freshet
