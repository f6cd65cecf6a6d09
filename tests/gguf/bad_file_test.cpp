// Headers that lie about lengths, counts and types.
#include "gguf/raw_gguf.h"
#include "gguf/writer.h"

namespace freshet {
namespace {

using testing::expect_refused;
using testing::RawGguf;

TEST(BadFile, CountsBeyondTheFileAreRefusedAtOnce) {
  for (const uint64_t count : {uint64_t{10}, uint64_t{1} << 40, UINT64_MAX}) {
    expect_refused(RawGguf(3, count, 0), {"number of tensors", std::to_string(count)});
    expect_refused(RawGguf(3, 0, count), {"number of metadata entries", std::to_string(count)});
  }
}

TEST(BadFile, AStringLongerThanTheFileIsRefused) {
  for (const uint64_t length : {uint64_t{100}, uint64_t{1} << 50, UINT64_MAX}) {
    RawGguf in_key(3, 0, 1);
    in_key.number(length).number<uint64_t>(0).number<uint64_t>(0);
    expect_refused(in_key, {"metadata entry 1 of 1", std::to_string(length), "16 bytes left"});
    RawGguf in_value(3, 0, 1);
    in_value.key("general.name", ValueType::kString).number(length).number<uint64_t>(0);
    expect_refused(in_value, {"\"general.name\"", std::to_string(length), "8 bytes left"});
  }
}

TEST(BadFile, AnArrayLongerThanTheFileIsRefused) {
  for (const ValueType type : {ValueType::kUint8, ValueType::kBool, ValueType::kFloat64,
                               ValueType::kString, ValueType::kArray}) {
    for (const uint64_t count : {uint64_t{17}, uint64_t{1} << 61, UINT64_MAX}) {
      RawGguf raw(3, 0, 1);
      raw.key("a", ValueType::kArray).array_of(type, count).number<uint64_t>(0).number<uint64_t>(0);
      expect_refused(raw, {"metadata entry 1 of 1 \"a\"", "array elements", std::to_string(count)});
    }
  }
}

TEST(BadFile, AStringArrayWhoseLastStringIsMissingIsRefused) {
  RawGguf raw(3, 0, 1);
  raw.key("a", ValueType::kArray).array_of(ValueType::kString, 2).string("x").number<uint64_t>(1);
  expect_refused(raw, {"a string in an array", "0 bytes left"});
}

TEST(BadFile, UnknownValueTypesAreRefused) {
  RawGguf scalar(3, 0, 1);
  scalar.key("a", static_cast<ValueType>(13)).data(64);
  expect_refused(scalar, {"value type 0 to 12 expected, 13 found"});
  RawGguf element(3, 0, 1);
  element.key("a", ValueType::kArray).array_of(static_cast<ValueType>(77), 0).data(64);
  expect_refused(element, {"value type 0 to 12 expected, 77 found"});
}

TEST(BadFile, ABoolIsZeroOrOne) {
  RawGguf scalar(3, 0, 1);
  scalar.key("tokenizer.ggml.add_bos_token", ValueType::kBool).number<uint8_t>(2);
  expect_refused(scalar, {"\"tokenizer.ggml.add_bos_token\"", "0 or 1 expected, 2 found"});
  RawGguf element(3, 0, 1);
  element.key("a", ValueType::kArray).array_of(ValueType::kBool, 2);
  element.number<uint8_t>(1).number<uint8_t>(255);
  expect_refused(element, {"0 or 1 expected, 255 found"});
}

TEST(BadFile, KeysAreShortPrintableAndUnique) {
  RawGguf twice(3, 0, 2);
  for (int i = 0; i < 2; ++i) twice.key("general.name", ValueType::kUint8).number<uint8_t>(0);
  expect_refused(twice, {"key \"general.name\" occurs twice"});

  RawGguf empty(3, 0, 1);
  empty.key("", ValueType::kUint8).number<uint64_t>(0);
  expect_refused(empty, {"1 to 65535 bytes expected, 0 found"});

  RawGguf too_long(3, 0, 1);
  too_long.key(std::string(65536, 'k'), ValueType::kUint8).number<uint8_t>(0);
  expect_refused(too_long, {"65536 found"});

  RawGguf control(3, 0, 1);
  control.key("a\nb\x1b[2J", ValueType::kUint8).number<uint8_t>(0);
  expect_refused(control, {"printable ASCII", "a\\x0ab\\x1b"});
}

// `depth` arrays, each the only element of the one before.
RawGguf nested_arrays(int depth) {
  RawGguf raw(3, 0, 1);
  raw.key("a", ValueType::kArray);
  for (int i = 1; i < depth; ++i) raw.array_of(ValueType::kArray, 1);
  return raw.array_of(ValueType::kUint8, 0);
}

TEST(BadFile, NestingHasABound) {
  EXPECT_NE(testing::open_image(nested_arrays(8).bytes()).metadata().find("a"), nullptr);
  expect_refused(nested_arrays(9), {"nested at most 8 deep"});
  expect_refused(nested_arrays(100000), {"nested at most 8 deep"});
}

TEST(BadFile, AlignmentIsAMultipleOfEight) {
  for (const uint32_t alignment : {0u, 1u, 4u, 12u, 1u << 21, UINT32_MAX}) {
    RawGguf raw(3, 0, 1);
    raw.key("general.alignment", ValueType::kUint32).number(alignment);
    expect_refused(raw, {"general.alignment", "multiple of 8", std::to_string(alignment)});
  }
  RawGguf text(3, 0, 1);
  text.key("general.alignment", ValueType::kString).string("32");
  expect_refused(text, {"general.alignment", "u32 expected", "str \"32\" found"});
}

TEST(BadFile, CutAnywhereItIsRefusedAndNothingElse) {
  GgufWriter writer;
  writer.add("general.architecture", "lfm2");
  writer.add("general.file_type", uint16_t{7});
  writer.add_array("tokenizer.ggml.tokens", std::vector<std::string>{"a", "", "bcd"});
  writer.add_array("tokenizer.ggml.scores", std::vector<float>{1, 2, 3});
  writer.add_array("flags", std::vector<bool>{true, false});
  const std::vector<std::byte> data(4 * 40);
  writer.add_tensor("one.weight", DType::F32, {8, 5}, data);
  writer.add_tensor("two.weight", DType::F32, {8, 1}, std::span(data).first(32));
  const std::vector<std::byte> whole = writer.to_bytes();
  EXPECT_EQ(GgufFile(whole, "whole").tensors().size(), 2u);
  for (size_t size = 0; size < whole.size(); ++size) {
    // A copy of exactly that size, so that a sanitizer sees any byte read beyond it.
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    testing::refusal([&] { GgufFile(cut, "cut"); });
  }
}

TEST(BadFile, AnyByteChangedIsReadOrRefused) {
  GgufWriter writer;
  writer.add_array("tokens", std::vector<std::string>{"a", "", "bcd"});
  writer.add_array("numbers", std::vector<int16_t>{1, 2, 3});
  const std::vector<std::byte> data(144);
  writer.add_tensor("weight", DType::Q4_K, {256, 1}, data);
  const std::vector<std::byte> whole = writer.to_bytes();
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::vector<std::byte> changed = whole;
      changed[i] = static_cast<std::byte>(value);
      try {
        const GgufFile file(changed, "changed");
        for (const Tensor& tensor : file.tensors()) {
          EXPECT_LE(tensor.data + tensor.bytes, changed.data() + changed.size());
        }
      } catch (const Error&) {  // as good an answer
      }
    }
  }
}

}  // namespace
}  // namespace freshet
