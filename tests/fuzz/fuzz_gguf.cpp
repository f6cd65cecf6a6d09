// Any bytes at all are a GGUF file that can be used and written again, or one line of refusal.
#include <freshet/error.h>

#include <cstring>

#include "base/check.h"
#include "gguf/reader.h"
#include "gguf/writer.h"

namespace freshet {
namespace {

constexpr std::string_view kAlignmentKey = "general.alignment";

void look_up_as_every_type(const Metadata& metadata, std::string_view key) {
  const auto try_lookup = [&](auto lookup) {
    try {
      static_cast<void>(lookup());
    } catch (const Error&) {  // another type than the one asked for
    }
  };
  try_lookup([&] { return metadata.get<uint8_t>(key); });
  try_lookup([&] { return metadata.get<int32_t>(key); });
  try_lookup([&] { return metadata.get<uint64_t>(key); });
  try_lookup([&] { return metadata.get<float>(key); });
  try_lookup([&] { return metadata.get<bool>(key); });
  try_lookup([&] { return metadata.get<std::string_view>(key); });
  try_lookup([&] { return metadata.get_array<int64_t>(key); });
  try_lookup([&] { return metadata.get_array<float>(key); });
  try_lookup([&] { return metadata.get_array<bool>(key); });
  try_lookup([&] { return metadata.get_strings(key); });
}

void expect_same(const GgufFile& a, const GgufFile& b) {
  for (const auto& [key, value] : a.metadata().entries()) {
    if (key == kAlignmentKey) continue;
    const Value* other = b.metadata().find(key);
    FRESHET_CHECK(other && describe_type(*other) == describe_type(value));
    FRESHET_CHECK(preview(*other, 100) == preview(value, 100));
  }
  FRESHET_CHECK(a.tensors().size() == b.tensors().size());
  for (const Tensor& tensor : a.tensors()) {
    const Tensor* other = b.find(tensor.name);
    FRESHET_CHECK(other && other->dims == tensor.dims && other->dtype == tensor.dtype);
    FRESHET_CHECK(other->bytes == tensor.bytes);
    FRESHET_CHECK(std::memcmp(other->data, tensor.data, tensor.bytes) == 0);
  }
}

void use(const GgufFile& file) {
  const auto alignment = file.metadata().get<uint32_t>(kAlignmentKey).value_or(32);
  GgufWriter writer(alignment);
  for (const auto& [key, value] : file.metadata().entries()) {
    look_up_as_every_type(file.metadata(), key);
    if (key != kAlignmentKey) writer.add_value(key, value);
  }
  for (const Tensor& tensor : file.tensors()) {
    FRESHET_CHECK(tensor.bytes == size_t(tensor.rows()) * tensor.row_bytes());
    const std::span data(tensor.data, tensor.bytes);
    writer.add_tensor(tensor.name, tensor.dtype, std::span(tensor.dims).first(tensor.n_dims),
                      [data](ByteSink& out) { out.write(data); });
  }
  const std::vector<std::byte> copy = writer.to_bytes();
  FRESHET_CHECK(copy.size() == writer.file_bytes());
  expect_same(file, GgufFile(copy, "copy"));
}

}  // namespace
}  // namespace freshet

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    freshet::use(freshet::GgufFile(std::as_bytes(std::span(data, size)), "input"));
  } catch (const freshet::Error& error) {
    const std::string_view message = error.what();
    FRESHET_CHECK(message.starts_with("input: ") && message.find('\n') == message.npos);
  }
  return 0;
}
