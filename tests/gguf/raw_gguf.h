// GGUF files put together byte by byte, so that they can be wrong in any way.
#pragma once

#include <freshet/error.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "gguf/reader.h"

namespace freshet::testing {

class RawGguf {
 public:
  RawGguf() = default;
  /// The magic and the numbers after it.
  RawGguf(uint32_t version, uint64_t n_tensors, uint64_t n_entries) {
    bytes_ = "GGUF";
    number(version).number(n_tensors).number(n_entries);
  }

  template <class T>
  requires std::is_arithmetic_v<T> RawGguf& number(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  RawGguf& string(std::string_view text) {
    number<uint64_t>(text.size());
    bytes_ += text;
    return *this;
  }
  RawGguf& key(std::string_view name, ValueType type) {
    return string(name).number(static_cast<uint32_t>(type));
  }
  RawGguf& array_of(ValueType type, uint64_t count) {
    return number(static_cast<uint32_t>(type)).number(count);
  }
  RawGguf& tensor(std::string_view name, std::initializer_list<uint64_t> dims, uint32_t type,
                  uint64_t offset) {
    string(name).number(static_cast<uint32_t>(dims.size()));
    for (const uint64_t dim : dims) number(dim);
    return number(type).number(offset);
  }
  /// Zeros up to the next multiple of `alignment`, then `bytes` more.
  RawGguf& data(size_t bytes, size_t alignment = 32) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment + bytes);
    return *this;
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

inline GgufFile open_image(const std::string& bytes) {
  return GgufFile(std::as_bytes(std::span(bytes)), "model.gguf");
}

/// The one-line message with which the action throws a freshet::Error of that kind.
template <class Action>
std::string refusal(Action action, ErrorKind kind = ErrorKind::kBadFile) {
  try {
    action();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), kind) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

inline void expect_contains(const std::string& message,
                            std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    EXPECT_NE(message.find(part), std::string::npos) << "\"" << part << "\" in: " << message;
  }
}

/// The image is refused, with a message that begins with its name and contains every part.
inline void expect_refused(const std::string& image, std::initializer_list<std::string_view> parts,
                           ErrorKind kind = ErrorKind::kBadFile) {
  const std::string message = refusal([&] { static_cast<void>(open_image(image)); }, kind);
  EXPECT_TRUE(message.starts_with("model.gguf: ")) << message;
  expect_contains(message, parts);
}
inline void expect_refused(const RawGguf& raw, std::initializer_list<std::string_view> parts,
                           ErrorKind kind = ErrorKind::kBadFile) {
  expect_refused(raw.bytes(), parts, kind);
}

}  // namespace freshet::testing
