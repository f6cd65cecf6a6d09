#include "gguf/writer.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "gguf/raw_gguf.h"
#include "support/temporary_folder.h"

namespace freshet {
namespace {

namespace fs = std::filesystem;

size_t files_in(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), {}));
}

GgufWriter small_writer() {
  GgufWriter writer;
  writer.add("general.architecture", "lfm2");
  writer.add_tensor("a", DType::F32, {3}, [](ByteSink& out) {
    out.write(std::vector<std::byte>(5, std::byte{1}));
    out.write(std::vector<std::byte>(7, std::byte{2}));
  });
  writer.add_tensor("b", DType::Q8_0, {32, 2},
                    [](ByteSink& out) { out.write(std::vector<std::byte>(68, std::byte{3})); });
  return writer;
}

TEST(GgufWriter, WhatIsWrittenIsReadBack) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.path() / "model.gguf";
  const GgufWriter writer = small_writer();
  writer.write(path);
  EXPECT_EQ(fs::file_size(path), writer.file_bytes());
  EXPECT_EQ(writer.to_bytes().size(), writer.file_bytes());
  EXPECT_EQ(files_in(folder.path()), 1u);
  const GgufFile file(path);
  EXPECT_EQ(file.version(), 3u);
  const Tensor& a = *file.find("a");
  EXPECT_EQ(a.bytes, 12u);
  EXPECT_EQ(a.data[4], std::byte{1});
  EXPECT_EQ(a.data[5], std::byte{2});
  EXPECT_EQ(file.find("b")->data[67], std::byte{3});
  EXPECT_EQ((file.find("b")->data - a.data) % 32, 0);
}

TEST(GgufWriter, EveryValueIsReadBackAndCanBeCopied) {
  GgufWriter writer;
  writer.add("u8", uint8_t{1});
  writer.add("i8", int8_t{-1});
  writer.add("u16", uint16_t{2});
  writer.add("i16", int16_t{-2});
  writer.add("u32", uint32_t{3});
  writer.add("i32", int32_t{-3});
  writer.add("u64", UINT64_MAX);
  writer.add("i64", INT64_MIN);
  writer.add("f32", 0.1f);
  writer.add("f64", 0.1);
  writer.add("bool", true);
  writer.add("str", std::string("text"));
  writer.add_array("u8s", std::vector<uint8_t>{1, 2});
  writer.add_array("i64s", std::vector<int64_t>{-1, 2});
  writer.add_array("f64s", std::vector<double>{0.1});
  writer.add_array("bools", std::vector<bool>{false, true});
  writer.add_array("strs", std::vector<std::string>{"x", ""});
  writer.add_array("none", std::vector<float>{});
  const std::vector<std::byte> bytes = writer.to_bytes();
  const GgufFile file(bytes, "first");
  EXPECT_EQ(file.metadata().get<float>("f32"), 0.1f);
  EXPECT_EQ(file.metadata().get<int64_t>("i64"), INT64_MIN);
  EXPECT_TRUE(file.metadata().get_array<float>("none")->empty());
  GgufWriter copier;
  for (const auto& [key, value] : file.metadata().entries()) copier.add_value(key, value);
  EXPECT_EQ(copier.to_bytes(), bytes);
}

TEST(GgufWriter, AlignsDataAsAsked) {
  GgufWriter writer(4096);
  const std::vector<std::byte> data(32);
  writer.add_tensor("a", DType::F32, {8}, data);
  writer.add_tensor("b", DType::F32, {8}, data);
  const std::vector<std::byte> bytes = writer.to_bytes();
  const GgufFile file(bytes, "aligned");
  EXPECT_EQ(file.metadata().get<uint32_t>("general.alignment"), 4096u);
  EXPECT_EQ(file.find("a")->data - bytes.data(), 4096);
  EXPECT_EQ(file.find("b")->data - bytes.data(), 8192);
}

TEST(GgufWriter, ReplacesAFileOnlyByACompleteOne) {
  const testing::TemporaryFolder folder;
  folder.write("model.gguf", "the old file");
  GgufWriter writer;
  writer.add_tensor("a", DType::F32, {8}, [](ByteSink& out) {
    out.write(std::vector<std::byte>(16));
    throw Error(ErrorKind::kBadFile, "the source broke");
  });
  EXPECT_THROW(writer.write(folder.path() / "model.gguf"), Error);
  EXPECT_EQ(files_in(folder.path()), 1u);
  EXPECT_EQ(fs::file_size(folder.path() / "model.gguf"), 12u);
  small_writer().write(folder.path() / "model.gguf");
  EXPECT_EQ(GgufFile(folder.path() / "model.gguf").tensors().size(), 2u);
}

TEST(GgufWriter, RefusesTargetsThatCannotBeFiles) {
  const testing::TemporaryFolder folder;
  const auto message = [](const std::string& path) {
    return testing::refusal([&] { small_writer().write(path); }, ErrorKind::kUsage);
  };
  testing::expect_contains(message(folder.path()), {folder.path().string(), "is a directory"});
  testing::expect_contains(message("/dev/null"), {"/dev/null", "device"});
  testing::expect_contains(message(folder.path() / "no" / "model.gguf"),
                           {"cannot create", "folder"});
  EXPECT_EQ(files_in(folder.path()), 0u);
}

// A limit on file sizes stands for a full disk: both are told before anything is written.
[[noreturn]] void write_beyond_the_limit(const fs::path& folder) {
  signal(SIGXFSZ, SIG_IGN);
  const rlimit limit = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
  setrlimit(RLIMIT_FSIZE, &limit);
  GgufWriter writer;
  writer.add_tensor("a", DType::F32, {1 << 20},
                    [](ByteSink& out) { out.write(std::vector<std::byte>(4 << 20)); });
  try {
    writer.write(folder / "model.gguf");
    _exit(1);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    _exit(error.kind() == ErrorKind::kResources ? 0 : 2);
  }
}

TEST(GgufWriterDeathTest, SaysThatThereIsNoRoomAndLeavesNothingBehind) {
  const testing::TemporaryFolder folder;
  EXPECT_EXIT(write_beyond_the_limit(folder.path()), ::testing::ExitedWithCode(0),
              "model.gguf: no room .* bytes needed");
  EXPECT_EQ(files_in(folder.path()), 0u);
}

TEST(GgufWriterDeathTest, WrongUseIsOurMistake) {
  GgufWriter writer;
  writer.add("key", true);
  EXPECT_DEATH(writer.add("key", false), "internal error");
  EXPECT_DEATH(writer.add_tensor("t", DType::Q4_K, {100}, GgufWriter::Producer()),
               "internal error");
  writer.add_tensor("short", DType::F32, {8},
                    [](ByteSink& out) { out.write(std::vector<std::byte>(31)); });
  EXPECT_DEATH(static_cast<void>(writer.to_bytes()), "internal error");
}

}  // namespace
}  // namespace freshet
