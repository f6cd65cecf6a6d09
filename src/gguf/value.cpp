#include "gguf/value.h"

#include <array>

#include "base/check.h"
#include "base/error.h"
#include "gguf/decode.h"

namespace freshet {
namespace {

struct TypeRow {
  std::string_view name;
  size_t bytes;
};

constexpr std::array<TypeRow, kValueTypes> kTypes = {{{"u8", 1},
                                                      {"i8", 1},
                                                      {"u16", 2},
                                                      {"i16", 2},
                                                      {"u32", 4},
                                                      {"i32", 4},
                                                      {"f32", 4},
                                                      {"bool", 1},
                                                      {"str", 0},
                                                      {"arr", 0},
                                                      {"u64", 8},
                                                      {"i64", 8},
                                                      {"f64", 8}}};

// Arrays of arrays exist in the specification and hardly in files; recursion needs some end.
constexpr int kMaxArrayDepth = 8;

ValueType read_type(Cursor& cursor) {
  const auto type = cursor.number<uint32_t>("a value type");
  if (type >= kValueTypes) {
    cursor.fail_here(formatted("value type 0 to {} expected, {} found", kValueTypes - 1, type));
  }
  return static_cast<ValueType>(type);
}

void check_bools(Cursor& cursor, std::span<const std::byte> bytes) {
  for (const std::byte b : bytes) {
    if (b > std::byte{1}) {
      cursor.fail_here(formatted("a bool of 0 or 1 expected, {} found", unsigned(b)));
    }
  }
}

// Twice over the same bytes: the first pass proves that the count is true, so that the second may
// allocate by it.
std::vector<std::string_view> read_strings(Cursor& cursor, uint64_t count) {
  Cursor ahead = cursor;
  for (uint64_t i = 0; i < count; ++i) static_cast<void>(ahead.string("a string in an array,"));
  std::vector<std::string_view> strings;
  strings.reserve(static_cast<size_t>(count));
  for (uint64_t i = 0; i < count; ++i) strings.push_back(cursor.string(""));
  return strings;
}

size_t least_bytes(ValueType type) noexcept {
  if (type == ValueType::kString) return 8;  // its length
  if (type == ValueType::kArray) return 12;  // its type and its count
  return fixed_size(type);
}

Array read_array(Cursor& cursor, int depth) {
  if (depth > kMaxArrayDepth) {
    cursor.fail_here(formatted("arrays nested at most {} deep expected", kMaxArrayDepth));
  }
  Array array;
  array.type = read_type(cursor);
  array.count = cursor.count(least_bytes(array.type), "the number of array elements");
  const size_t begin = cursor.position();
  if (array.type == ValueType::kString) {
    array.strings = read_strings(cursor, array.count);
  } else if (array.type == ValueType::kArray) {
    for (uint64_t i = 0; i < array.count; ++i) static_cast<void>(read_array(cursor, depth + 1));
  } else {
    const auto elements = cursor.take(array.count * fixed_size(array.type), "array elements");
    if (array.type == ValueType::kBool) check_bools(cursor, elements);
  }
  array.bytes = cursor.since(begin);
  return array;
}

template <class Stored, class Kept>
Kept load(const std::byte* from) noexcept {
  Stored stored;
  std::memcpy(&stored, from, sizeof stored);
  return static_cast<Kept>(stored);
}

Value load_fixed(ValueType type, const std::byte* from) {
  FRESHET_CHECK(fixed_size(type) > 0);
  switch (type) {
    case ValueType::kUint8:
      return {type, load<uint8_t, uint64_t>(from)};
    case ValueType::kInt8:
      return {type, load<int8_t, int64_t>(from)};
    case ValueType::kUint16:
      return {type, load<uint16_t, uint64_t>(from)};
    case ValueType::kInt16:
      return {type, load<int16_t, int64_t>(from)};
    case ValueType::kUint32:
      return {type, load<uint32_t, uint64_t>(from)};
    case ValueType::kInt32:
      return {type, load<int32_t, int64_t>(from)};
    case ValueType::kUint64:
      return {type, load<uint64_t, uint64_t>(from)};
    case ValueType::kInt64:
      return {type, load<int64_t, int64_t>(from)};
    case ValueType::kFloat32:
      return {type, load<float, double>(from)};
    case ValueType::kFloat64:
      return {type, load<double, double>(from)};
    case ValueType::kBool:
      return {type, *from != std::byte{0}};
    case ValueType::kString:
    case ValueType::kArray:
      break;
  }
  return {};  // not reached: neither has a fixed size
}

}  // namespace

std::string_view type_name(ValueType type) noexcept { return kTypes[size_t(type)].name; }

size_t fixed_size(ValueType type) noexcept { return kTypes[size_t(type)].bytes; }

Value read_value(Cursor& cursor) {
  const ValueType type = read_type(cursor);
  if (type == ValueType::kString) return {type, cursor.string("a string")};
  if (type == ValueType::kArray) return {type, read_array(cursor, 1)};
  const auto bytes = cursor.take(fixed_size(type), "a value");
  if (type == ValueType::kBool) check_bools(cursor, bytes);
  return load_fixed(type, bytes.data());
}

Value Array::operator[](uint64_t i) const {
  FRESHET_CHECK(i < count);
  if (type == ValueType::kString) return {type, strings[static_cast<size_t>(i)]};
  if (type != ValueType::kArray) return load_fixed(type, bytes.data() + i * fixed_size(type));
  Cursor cursor(bytes, "");
  for (uint64_t skipped = 0; skipped < i; ++skipped) static_cast<void>(read_array(cursor, 2));
  return {type, read_array(cursor, 2)};
}

}  // namespace freshet
