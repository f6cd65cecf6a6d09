#include "gguf/raw_gguf.h"
#include "gguf/writer.h"

namespace freshet {
namespace {

std::string shown(const GgufWriter& writer, size_t max_bytes = 60) {
  const std::vector<std::byte> bytes = writer.to_bytes();
  const GgufFile file(bytes, "model.gguf");
  const Value& value = file.metadata().entries().front().value;
  return describe_type(value) + " " + preview(value, max_bytes);
}

template <class T>
std::string shown_scalar(T value) {
  GgufWriter writer;
  writer.add("key", value);
  return shown(writer);
}

TEST(Preview, ShowsScalarsWithTheirTypes) {
  EXPECT_EQ(shown_scalar(uint8_t{7}), "u8 7");
  EXPECT_EQ(shown_scalar(int64_t{-7}), "i64 -7");
  EXPECT_EQ(shown_scalar(true), "bool true");
  EXPECT_EQ(shown_scalar("lfm2"), "str \"lfm2\"");
}

TEST(Preview, ShowsTheShortestDigitsOfAFloat) {
  EXPECT_EQ(shown_scalar(0.1f), "f32 0.1");
  EXPECT_EQ(shown_scalar(1e-5f), "f32 1e-05");
  EXPECT_EQ(shown_scalar(0.1), "f64 0.1");
}

TEST(Preview, CutsArraysAndStrings) {
  GgufWriter numbers;
  numbers.add_array("key", std::vector<int32_t>(1000, 12));
  EXPECT_EQ(shown(numbers, 20), "arr[i32,1000] [12, 12, 12, 12, ...]");
  GgufWriter strings;
  strings.add_array("key", std::vector<std::string>(1000, std::string(500, 'x')));
  EXPECT_LT(shown(strings, 60).size(), 120u);
  EXPECT_TRUE(shown(strings, 60).ends_with("...]"));
  EXPECT_LT(shown_scalar(std::string(5000, 'x')).size(), 100u);
}

TEST(Preview, StaysOnOneLineAndKeepsTheTerminalSafe) {
  const std::string text = shown_scalar("a\n\x1b[31m\xff");
  EXPECT_EQ(text.find_first_of("\n\x1b\xff"), std::string::npos) << text;
}

}  // namespace
}  // namespace freshet
