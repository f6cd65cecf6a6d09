// A bounded walk through the header of a GGUF file: nothing is read that is not there.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace freshet {

static_assert(std::endian::native == std::endian::little, "the file's byte order is the machine's");

/// What is being read, for messages: metadata entry 3 of 30 ("general.name").
struct Place {
  std::string_view part = "the header";
  uint64_t index = 0;  ///< from 1; 0 if the part is not a list
  uint64_t count = 0;
  std::string_view name = {};  ///< empty as long as it is not known
};

/// Every failure throws Error{kBadFile} with the file, the place, and what is missing there.
class Cursor {
 public:
  /// A header beyond this is damage: the largest vocabularies take some 20 MiB. The limit bounds
  /// the work and the memory that a crafted file can cost.
  static constexpr size_t kMaxHeaderBytes = size_t{256} << 20;

  Cursor(std::span<const std::byte> bytes, std::string_view file) noexcept;

  [[nodiscard]] size_t position() const noexcept { return position_; }
  [[nodiscard]] size_t left() const noexcept { return bytes_.size() - position_; }
  [[nodiscard]] std::string_view file() const noexcept { return file_; }
  /// The bytes from `begin` to where the cursor stands.
  [[nodiscard]] std::span<const std::byte> since(size_t begin) const noexcept {
    return bytes_.subspan(begin, position_ - begin);
  }

  void enter(const Place& place) noexcept { place_ = place; }
  void name_place(std::string_view name) noexcept { place_.name = name; }

  /// `what` completes the sentence "the file ends before ...".
  [[nodiscard]] std::span<const std::byte> take(uint64_t n, std::string_view what);

  template <class T>
  requires std::is_arithmetic_v<T>
  [[nodiscard]] T number(std::string_view what) {
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

  /// A length and that many bytes.
  [[nodiscard]] std::string_view string(std::string_view what);

  /// A count of things that take at least `least_bytes` each, refused if the file cannot hold them.
  [[nodiscard]] uint64_t count(size_t least_bytes, std::string_view what);

  /// `problem` is a clause that ends with what was found.
  [[noreturn]] void fail_here(std::string_view problem) const;

 private:
  std::span<const std::byte> bytes_;  // at most kMaxHeaderBytes
  bool is_cut_;                       // the file goes on beyond bytes_
  std::string_view file_;
  size_t position_ = 0;
  Place place_;
};

}  // namespace freshet
