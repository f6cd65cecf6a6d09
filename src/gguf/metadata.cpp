#include "gguf/metadata.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/utf8.h"

namespace freshet {
namespace {

template <class T>
constexpr std::string_view kNameOf = "";
template <>
constexpr std::string_view kNameOf<uint8_t> = "u8";
template <>
constexpr std::string_view kNameOf<int8_t> = "i8";
template <>
constexpr std::string_view kNameOf<uint16_t> = "u16";
template <>
constexpr std::string_view kNameOf<int16_t> = "i16";
template <>
constexpr std::string_view kNameOf<uint32_t> = "u32";
template <>
constexpr std::string_view kNameOf<int32_t> = "i32";
template <>
constexpr std::string_view kNameOf<uint64_t> = "u64";
template <>
constexpr std::string_view kNameOf<int64_t> = "i64";
template <>
constexpr std::string_view kNameOf<float> = "f32";
template <>
constexpr std::string_view kNameOf<double> = "f64";
template <>
constexpr std::string_view kNameOf<bool> = "bool";
template <>
constexpr std::string_view kNameOf<std::string_view> = "str";

// The value as a T, or nothing if its type is another or its range too small.
template <MetadataScalar T>
std::optional<T> convert(const Value& value) {
  if constexpr (std::integral<T> && !std::same_as<T, bool>) {
    if (const auto* u = std::get_if<uint64_t>(&value.data); u && std::in_range<T>(*u)) {
      return static_cast<T>(*u);
    }
    if (const auto* i = std::get_if<int64_t>(&value.data); i && std::in_range<T>(*i)) {
      return static_cast<T>(*i);
    }
  } else if constexpr (std::floating_point<T>) {
    if (const auto* x = std::get_if<double>(&value.data)) {
      if (!std::isfinite(*x) || std::abs(*x) <= std::numeric_limits<T>::max()) {
        return static_cast<T>(*x);
      }
    }
  } else if (const auto* same = std::get_if<T>(&value.data)) {
    return *same;
  }
  return std::nullopt;
}

[[noreturn]] void fail_type(const std::string& file, std::string_view key,
                            std::string_view expected, const Value& found) {
  fail(ErrorKind::kBadFile,
       "{}: metadata key {}: {} expected, {} {} found; the file is damaged or was converted "
       "wrongly, "
       "download or convert it again",
       file, quoted(key, 64), expected, describe_type(found), preview(found, 40));
}

}  // namespace

Metadata::Metadata(std::vector<MetadataEntry> entries, std::string file)
    : entries_(std::move(entries)), by_key_(entries_.size()), file_(std::move(file)) {
  std::iota(by_key_.begin(), by_key_.end(), 0u);
  const auto key_of = [this](uint32_t i) { return entries_[i].key; };
  std::ranges::sort(by_key_, {}, key_of);
  const auto twice = std::ranges::adjacent_find(by_key_, {}, key_of);
  if (twice != by_key_.end()) {
    fail(ErrorKind::kBadFile,
         "{}: metadata key {} occurs twice, expected once; the file is damaged or was converted "
         "wrongly, download or convert it again",
         file_, quoted(key_of(*twice), 64));
  }
}

const Value* Metadata::find(std::string_view key) const noexcept {
  const auto key_of = [this](uint32_t i) { return entries_[i].key; };
  const auto found = std::ranges::lower_bound(by_key_, key, {}, key_of);
  return found != by_key_.end() && key_of(*found) == key ? &entries_[*found].value : nullptr;
}

template <MetadataScalar T>
std::optional<T> Metadata::get(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  const std::optional<T> converted = convert<T>(*value);
  if (!converted) fail_type(file_, key, kNameOf<T>, *value);
  return converted;
}

template <MetadataScalar T>
T Metadata::require(std::string_view key) const {
  const std::optional<T> value = get<T>(key);
  if (!value) {
    fail(ErrorKind::kBadFile,
         "{}: metadata key {} is missing, {} expected; the file is not a complete model, download "
         "or "
         "convert it again",
         file_, quoted(key, 64), kNameOf<T>);
  }
  return *value;
}

template <class T>
requires(MetadataNumber<T> || std::same_as<T, bool>)
    std::optional<std::vector<T>> Metadata::get_array(std::string_view key)
const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  const Array* array = value->array();
  if (!array) fail_type(file_, key, formatted("arr[{}]", kNameOf<T>), *value);
  std::vector<T> converted;
  converted.reserve(static_cast<size_t>(array->count));
  for (uint64_t i = 0; i < array->count; ++i) {
    const std::optional<T> element = convert<T>((*array)[i]);
    if (!element) fail_type(file_, key, formatted("arr[{}]", kNameOf<T>), *value);
    converted.push_back(*element);
  }
  return converted;
}

std::optional<std::span<const std::string_view>> Metadata::get_strings(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  const Array* array = value->array();
  if (!array || array->type != ValueType::kString) fail_type(file_, key, "arr[str]", *value);
  return array->strings;
}

#define FRESHET_INSTANTIATE_SCALAR(T)                                 \
  template std::optional<T> Metadata::get<T>(std::string_view) const; \
  template T Metadata::require<T>(std::string_view) const;
#define FRESHET_INSTANTIATE(T)  \
  FRESHET_INSTANTIATE_SCALAR(T) \
  template std::optional<std::vector<T>> Metadata::get_array<T>(std::string_view) const;

FRESHET_INSTANTIATE_SCALAR(std::string_view)
FRESHET_INSTANTIATE(bool)
FRESHET_INSTANTIATE(uint8_t)
FRESHET_INSTANTIATE(int8_t)
FRESHET_INSTANTIATE(uint16_t)
FRESHET_INSTANTIATE(int16_t)
FRESHET_INSTANTIATE(uint32_t)
FRESHET_INSTANTIATE(int32_t)
FRESHET_INSTANTIATE(uint64_t)
FRESHET_INSTANTIATE(int64_t)
FRESHET_INSTANTIATE(float)
FRESHET_INSTANTIATE(double)

#undef FRESHET_INSTANTIATE
#undef FRESHET_INSTANTIATE_SCALAR

}  // namespace freshet
