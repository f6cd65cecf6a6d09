// A value of GGUF metadata as it lies in the file: typed, read-only, pointing into the bytes.
// The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace freshet {

/// The numbers are the file's.
enum class ValueType : uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};
inline constexpr uint32_t kValueTypes = 13;

/// "u8", "i8", ... "f32", "bool", "str", "arr".
[[nodiscard]] std::string_view type_name(ValueType type) noexcept;
/// Bytes of a number or bool in the file; 0 for strings and arrays, whose length varies.
[[nodiscard]] size_t fixed_size(ValueType type) noexcept;

struct Value;

/// An array of values of one type. Its elements stay where they are in the file.
struct Array {
  ValueType type = ValueType::kUint8;  ///< of the elements
  uint64_t count = 0;
  std::span<const std::byte> bytes;       ///< the elements as encoded; any alignment
  std::vector<std::string_view> strings;  ///< the elements, when they are strings

  /// Element i < count, decoded; elements that are arrays are decoded anew, in time linear in i.
  [[nodiscard]] Value operator[](uint64_t i) const;
};

struct Value {
  ValueType type = ValueType::kUint8;
  /// Unsigned integers as uint64_t, signed ones as int64_t, f32 and f64 as double.
  std::variant<uint64_t, int64_t, double, bool, std::string_view, Array> data;

  [[nodiscard]] const Array* array() const noexcept { return std::get_if<Array>(&data); }
};

/// The type as shown to people: "u32", "arr[str,65536]".
[[nodiscard]] std::string describe_type(const Value& value);
/// The value on one line of at most `max_bytes` bytes or little more, control characters escaped,
/// "..." where something was left out: "[1, 2, 3, ...]".
[[nodiscard]] std::string preview(const Value& value, size_t max_bytes);

}  // namespace freshet
