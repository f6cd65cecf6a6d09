// The key-value part of a GGUF file, with lookups that check types and ranges.
#pragma once

#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gguf/value.h"

namespace freshet {

struct MetadataEntry {
  std::string_view key;
  Value value;
};

template <class T>
concept MetadataNumber = std::same_as<T, uint8_t> || std::same_as<T, int8_t> ||
    std::same_as<T, uint16_t> || std::same_as<T, int16_t> || std::same_as<T, uint32_t> ||
    std::same_as<T, int32_t> || std::same_as<T, uint64_t> || std::same_as<T, int64_t> ||
    std::same_as<T, float> || std::same_as<T, double>;

template <class T>
concept MetadataScalar =
    MetadataNumber<T> || std::same_as<T, bool> || std::same_as<T, std::string_view>;

/// Immutable. Strings and arrays point into the file's bytes and live as long as they do.
///
/// A key that is absent is nothing unusual: lookups return an empty optional. A key that is present
/// with a value that cannot be used throws Error{kBadFile}: another type than asked for, or an
/// integer that the type asked for cannot hold. Any integer type of the file serves for any integer
/// type asked for, and f32 and f64 for each other.
class Metadata {
 public:
  Metadata() = default;
  /// `file` is the name for messages. Throws Error{kBadFile} if a key occurs twice.
  Metadata(std::vector<MetadataEntry> entries, std::string file);

  /// In the file's order.
  [[nodiscard]] std::span<const MetadataEntry> entries() const noexcept { return entries_; }
  /// The value of any type, or nullptr.
  [[nodiscard]] const Value* find(std::string_view key) const noexcept;

  /// A single number, bool or string.
  template <MetadataScalar T>
  [[nodiscard]] std::optional<T> get(std::string_view key) const;
  /// The same where the file is useless without: throws Error{kBadFile} if the key is absent.
  template <MetadataScalar T>
  [[nodiscard]] T require(std::string_view key) const;

  /// An array of numbers or bools (std::vector<bool>), copied.
  template <class T>
  requires(MetadataNumber<T> || std::same_as<T, bool>)
      [[nodiscard]] std::optional<std::vector<T>> get_array(std::string_view key) const;
  /// An array of strings, not copied.
  [[nodiscard]] std::optional<std::span<const std::string_view>> get_strings(
      std::string_view key) const;

  /// Name of the file, for the messages of those who read its metadata.
  [[nodiscard]] const std::string& file() const noexcept { return file_; }

 private:
  std::vector<MetadataEntry> entries_;
  std::vector<uint32_t> by_key_;  // indices into entries_, sorted by key
  std::string file_;
};

}  // namespace freshet
