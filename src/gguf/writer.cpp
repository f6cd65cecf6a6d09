#include "gguf/writer.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "gguf/output_file.h"

namespace freshet {
namespace {

constexpr uint32_t kVersion = 3;
constexpr std::string_view kAlignmentKey = "general.alignment";
constexpr uint32_t kDefaultAlignment = 32;

template <class T>
void put(std::string& out, T number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put_string(std::string& out, std::string_view text) {
  put(out, static_cast<uint64_t>(text.size()));
  out += text;
}

void put_array_head(std::string& out, ValueType type, uint64_t count) {
  put(out, static_cast<uint32_t>(type));
  put(out, count);
}

template <class T>
constexpr ValueType kTypeOf = ValueType::kString;
template <>
constexpr ValueType kTypeOf<uint8_t> = ValueType::kUint8;
template <>
constexpr ValueType kTypeOf<int8_t> = ValueType::kInt8;
template <>
constexpr ValueType kTypeOf<uint16_t> = ValueType::kUint16;
template <>
constexpr ValueType kTypeOf<int16_t> = ValueType::kInt16;
template <>
constexpr ValueType kTypeOf<uint32_t> = ValueType::kUint32;
template <>
constexpr ValueType kTypeOf<int32_t> = ValueType::kInt32;
template <>
constexpr ValueType kTypeOf<uint64_t> = ValueType::kUint64;
template <>
constexpr ValueType kTypeOf<int64_t> = ValueType::kInt64;
template <>
constexpr ValueType kTypeOf<float> = ValueType::kFloat32;
template <>
constexpr ValueType kTypeOf<double> = ValueType::kFloat64;
template <>
constexpr ValueType kTypeOf<bool> = ValueType::kBool;

void put_value(std::string& out, const Value& value) {
  switch (value.type) {
    case ValueType::kUint8:
      return put(out, static_cast<uint8_t>(std::get<uint64_t>(value.data)));
    case ValueType::kInt8:
      return put(out, static_cast<int8_t>(std::get<int64_t>(value.data)));
    case ValueType::kUint16:
      return put(out, static_cast<uint16_t>(std::get<uint64_t>(value.data)));
    case ValueType::kInt16:
      return put(out, static_cast<int16_t>(std::get<int64_t>(value.data)));
    case ValueType::kUint32:
      return put(out, static_cast<uint32_t>(std::get<uint64_t>(value.data)));
    case ValueType::kInt32:
      return put(out, static_cast<int32_t>(std::get<int64_t>(value.data)));
    case ValueType::kUint64:
      return put(out, std::get<uint64_t>(value.data));
    case ValueType::kInt64:
      return put(out, std::get<int64_t>(value.data));
    case ValueType::kFloat32:
      return put(out, static_cast<float>(std::get<double>(value.data)));
    case ValueType::kFloat64:
      return put(out, std::get<double>(value.data));
    case ValueType::kBool:
      return put(out, std::get<bool>(value.data));
    case ValueType::kString:
      return put_string(out, std::get<std::string_view>(value.data));
    case ValueType::kArray: {
      const auto& array = std::get<Array>(value.data);
      put_array_head(out, array.type, array.count);
      out.append(reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size());
    }
  }
}

uint64_t padding(uint64_t position, uint64_t alignment) noexcept {
  return (alignment - position % alignment) % alignment;
}

// Passes a producer's bytes on and sees that they are as many as announced.
class CountingSink final : public ByteSink {
 public:
  explicit CountingSink(ByteSink& out, uint64_t expected) : out_(out), left_(expected) {}
  void write(std::span<const std::byte> bytes) override {
    FRESHET_CHECK(bytes.size() <= left_);
    left_ -= bytes.size();
    out_.write(bytes);
  }
  [[nodiscard]] uint64_t left() const noexcept { return left_; }

 private:
  ByteSink& out_;
  uint64_t left_;
};

class MemorySink final : public ByteSink {
 public:
  void write(std::span<const std::byte> bytes) override {
    memory.insert(memory.end(), bytes.begin(), bytes.end());
  }
  std::vector<std::byte> memory;
};

}  // namespace

GgufWriter::GgufWriter(uint32_t alignment) : alignment_(alignment) {
  FRESHET_CHECK(alignment > 0 && alignment % 8 == 0);
  if (alignment != kDefaultAlignment) add(kAlignmentKey, alignment);
}

void GgufWriter::put_key(std::string_view key, ValueType type) {
  FRESHET_CHECK(!key.empty() && std::ranges::find(keys_, key) == keys_.end());
  keys_.emplace_back(key);
  put_string(metadata_, key);
  put(metadata_, static_cast<uint32_t>(type));
}

template <MetadataScalar T>
void GgufWriter::add(std::string_view key, T value) {
  put_key(key, kTypeOf<T>);
  if constexpr (std::same_as<T, std::string_view>) {
    put_string(metadata_, value);
  } else {
    put(metadata_, value);
  }
}

template <MetadataNumber T>
void GgufWriter::add_array(std::string_view key, std::span<const T> values) {
  put_key(key, ValueType::kArray);
  put_array_head(metadata_, kTypeOf<T>, values.size());
  metadata_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

void GgufWriter::add_array(std::string_view key, const std::vector<bool>& values) {
  put_key(key, ValueType::kArray);
  put_array_head(metadata_, ValueType::kBool, values.size());
  for (const bool value : values) put(metadata_, value);
}

void GgufWriter::add_array(std::string_view key, std::span<const std::string_view> values) {
  put_key(key, ValueType::kArray);
  put_array_head(metadata_, ValueType::kString, values.size());
  for (const std::string_view value : values) put_string(metadata_, value);
}

void GgufWriter::add_array(std::string_view key, const std::vector<std::string>& values) {
  const std::vector<std::string_view> views(values.begin(), values.end());
  add_array(key, std::span(views));
}

void GgufWriter::add_value(std::string_view key, const Value& value) {
  put_key(key, value.type);
  put_value(metadata_, value);
}

void GgufWriter::add_tensor(std::string_view name, DType dtype, std::span<const int64_t> dims,
                            Producer producer) {
  FRESHET_CHECK(!name.empty() && name.size() <= 64 && !dims.empty() && dims.size() <= 4);
  FRESHET_CHECK(std::ranges::find(tensors_, name, &TensorEntry::name) == tensors_.end());
  const DTypeInfo& format = info(dtype);
  FRESHET_CHECK(dims[0] % format.block_size == 0);
  TensorEntry entry{.name = std::string(name),
                    .dtype = dtype,
                    .dims = {1, 1, 1, 1},
                    .n_dims = static_cast<uint32_t>(dims.size()),
                    .bytes = static_cast<uint64_t>(format.block_bytes),
                    .offset = data_bytes_ + padding(data_bytes_, alignment_),
                    .producer = std::move(producer)};
  for (size_t d = 0; d < dims.size(); ++d) {
    FRESHET_CHECK(dims[d] > 0);
    entry.dims[d] = static_cast<uint64_t>(dims[d]);
    const uint64_t factor = d == 0 ? entry.dims[0] / format.block_size : entry.dims[d];
    FRESHET_CHECK(!__builtin_mul_overflow(entry.bytes, factor, &entry.bytes));
  }
  data_bytes_ = entry.offset + entry.bytes;
  tensors_.push_back(std::move(entry));
}

void GgufWriter::add_tensor(std::string_view name, DType dtype, std::initializer_list<int64_t> dims,
                            std::span<const std::byte> data) {
  add_tensor(name, dtype, dims, [data](ByteSink& out) { out.write(data); });
}

// Padded, so that the data follows at once.
std::string GgufWriter::header() const {
  std::string out = "GGUF";
  put(out, kVersion);
  put(out, static_cast<uint64_t>(tensors_.size()));
  put(out, static_cast<uint64_t>(keys_.size()));
  out += metadata_;
  for (const TensorEntry& tensor : tensors_) {
    put_string(out, tensor.name);
    put(out, tensor.n_dims);
    for (uint32_t d = 0; d < tensor.n_dims; ++d) put(out, tensor.dims[d]);
    put(out, static_cast<uint32_t>(tensor.dtype));
    put(out, tensor.offset);
  }
  out.append(padding(out.size(), alignment_), '\0');
  return out;
}

// The end is padded like every tensor: some readers expect it.
uint64_t GgufWriter::file_bytes() const {
  return header().size() + data_bytes_ + padding(data_bytes_, alignment_);
}

void GgufWriter::stream(ByteSink& out) const {
  const std::string head = header();
  out.write(std::as_bytes(std::span(head)));
  const std::vector<std::byte> zeros(alignment_);
  for (const TensorEntry& tensor : tensors_) {
    CountingSink counted(out, tensor.bytes);
    tensor.producer(counted);
    FRESHET_CHECK(counted.left() == 0);
    out.write(std::span(zeros).first(padding(tensor.bytes, alignment_)));
  }
}

void GgufWriter::write(const std::string& path) const {
  OutputFile file(path, file_bytes());
  stream(file);
  file.commit();
}

std::vector<std::byte> GgufWriter::to_bytes() const {
  MemorySink sink;
  stream(sink);
  return std::move(sink.memory);
}

template void GgufWriter::add<bool>(std::string_view, bool);
template void GgufWriter::add<std::string_view>(std::string_view, std::string_view);

#define FRESHET_INSTANTIATE(T)                           \
  template void GgufWriter::add<T>(std::string_view, T); \
  template void GgufWriter::add_array<T>(std::string_view, std::span<const T>);

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

}  // namespace freshet
