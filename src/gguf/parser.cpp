#include "gguf/parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/utf8.h"
#include "gguf/cursor.h"
#include "gguf/decode.h"
#include "gguf/foreign.h"

// magic "GGUF" | version u32 | n_tensors u64 | n_entries u64
// entries:  key str | type u32 | value                         (str: length u64, bytes)
// tensors:  name str | n_dims u32 | dims u64 x n_dims | type u32 | offset u64
// padding to a multiple of general.alignment
// data:     each tensor at its offset, a multiple of the alignment

namespace freshet {
namespace {

constexpr size_t kLeastEntryBytes = 8 + 1 + 4 + 1;
constexpr size_t kLeastTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;
constexpr size_t kMaxKeyBytes = 65535;  // these two by the specification
constexpr size_t kMaxNameBytes = 64;
constexpr uint32_t kDefaultAlignment = 32;
constexpr uint32_t kMaxAlignment = 1u << 20;

struct TableEntry {
  Tensor tensor;  // all but its data
  uint64_t offset = 0;
};

uint32_t read_version(Cursor& cursor) {
  const auto version = cursor.number<uint32_t>("a version number");
  if (version == 2 || version == 3) return version;
  if (version == 1) {
    fail(ErrorKind::kUnsupported,
         "{}: GGUF version 1, which was in use for a few weeks of 2023; expected version 2 or 3, "
         "download a newer file or convert the model again",
         cursor.file());
  }
  if (version != 0 && (version & 0xffff) == 0) {
    fail(ErrorKind::kUnsupported,
         "{}: a big-endian GGUF file; expected a little-endian one, use the model's ordinary GGUF "
         "file",
         cursor.file());
  }
  fail(ErrorKind::kUnsupported,
       "{}: GGUF version {}; expected version 2 or 3, a newer freshet may be able to read it",
       cursor.file(), version);
}

std::string_view read_key(Cursor& cursor) {
  const std::string_view key = cursor.string("a key");
  if (key.empty() || key.size() > kMaxKeyBytes) {
    cursor.fail_here(
        formatted("a key of 1 to {} bytes expected, {} found", kMaxKeyBytes, key.size()));
  }
  if (!std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; })) {
    cursor.fail_here(formatted("a key in printable ASCII expected, {} found", quoted(key, 64)));
  }
  return key;
}

Metadata read_metadata(Cursor& cursor, uint64_t n_entries, const std::string& file) {
  std::vector<MetadataEntry> entries;
  for (uint64_t i = 0; i < n_entries; ++i) {
    cursor.enter({.part = "metadata entry", .index = i + 1, .count = n_entries});
    const std::string_view key = read_key(cursor);
    cursor.name_place(key);
    entries.push_back({key, read_value(cursor)});
  }
  return Metadata(std::move(entries), file);
}

DType read_dtype(Cursor& cursor, std::string_view tensor_name) {
  const auto id = cursor.number<uint32_t>("a tensor type");
  const std::optional<DType> dtype = dtype_from_gguf(id);
  if (dtype) return *dtype;
  std::string readable;
  for (const DTypeInfo& row : all_dtypes()) {
    if (!readable.empty()) readable += ", ";
    readable += row.name;
  }
  fail(ErrorKind::kUnsupported,
       "{}: tensor {} has type {} (id {}), which is not supported; expected one of {}; use {}",
       cursor.file(), quoted(tensor_name, kMaxNameBytes), refused_type_name(id), id, readable,
       instead_of_refused_type(id));
}

void read_dims(Cursor& cursor, Tensor& tensor) {
  const auto n_dims = cursor.number<uint32_t>("the number of dimensions");
  if (n_dims < 1 || n_dims > tensor.dims.size()) {
    cursor.fail_here(
        formatted("1 to {} dimensions expected, {} found", tensor.dims.size(), n_dims));
  }
  tensor.n_dims = static_cast<int>(n_dims);
  int64_t elements = 1;
  for (uint32_t d = 0; d < n_dims; ++d) {
    const auto dim = cursor.number<uint64_t>("a dimension");
    if (dim == 0 || dim > INT64_MAX ||
        __builtin_mul_overflow(elements, static_cast<int64_t>(dim), &elements)) {
      cursor.fail_here(
          formatted("dimensions above 0 with a product below 2^63 expected, {} found", dim));
    }
    tensor.dims[d] = static_cast<int64_t>(dim);
  }
}

TableEntry read_tensor(Cursor& cursor, uint32_t alignment) {
  TableEntry entry;
  Tensor& tensor = entry.tensor;
  tensor.name = cursor.string("a tensor's name");
  if (tensor.name.empty() || tensor.name.size() > kMaxNameBytes) {
    cursor.fail_here(
        formatted("a name of 1 to {} bytes expected, {} found", kMaxNameBytes, tensor.name.size()));
  }
  cursor.name_place(tensor.name);
  read_dims(cursor, tensor);
  tensor.dtype = read_dtype(cursor, tensor.name);
  const DTypeInfo& format = info(tensor.dtype);
  if (tensor.dims[0] % format.block_size != 0) {
    cursor.fail_here(formatted("rows of a multiple of {} weights expected for {}, {} found",
                               format.block_size, format.name, tensor.dims[0]));
  }
  // No product overflows here once this one does not: row_bytes() * rows() is its value.
  if (__builtin_mul_overflow(tensor.elements() / format.block_size, size_t(format.block_bytes),
                             &tensor.bytes)) {
    cursor.fail_here("the tensor's size in bytes overflows 64 bits");
  }
  entry.offset = cursor.number<uint64_t>("a tensor's offset");
  if (entry.offset % alignment != 0) {
    cursor.fail_here(formatted("a data offset that is a multiple of {} expected, {} found",
                               alignment, entry.offset));
  }
  return entry;
}

uint32_t alignment_of(const Metadata& metadata) {
  const auto alignment = metadata.get<uint32_t>("general.alignment").value_or(kDefaultAlignment);
  if (alignment == 0 || alignment % 8 != 0 || alignment > kMaxAlignment) {
    fail(ErrorKind::kBadFile,
         "{}: metadata key \"general.alignment\": a multiple of 8 up to {} expected, {} found; the "
         "file is damaged or was converted wrongly, download or convert it again",
         metadata.file(), kMaxAlignment, alignment);
  }
  return alignment;
}

// Points each tensor at its data, which must lie within the file and overlap no other's.
std::vector<Tensor> place_tensors(std::vector<TableEntry> table, std::span<const std::byte> bytes,
                                  uint64_t data_start, std::string_view file) {
  std::vector<Tensor> tensors;
  tensors.reserve(table.size());
  const uint64_t data_bytes = bytes.size() - std::min<uint64_t>(data_start, bytes.size());
  for (const auto& [tensor, offset] : table) {
    if (offset > data_bytes || tensor.bytes > data_bytes - offset) {
      fail(ErrorKind::kBadFile,
           "{}: the file ends before the data of tensor {}: {} bytes at {} + {} expected, the file "
           "has {} bytes; the download is incomplete or the file damaged, download it again",
           file, quoted(tensor.name, kMaxNameBytes), tensor.bytes, data_start, offset,
           bytes.size());
    }
    tensors.push_back(tensor);
    tensors.back().data = bytes.data() + data_start + offset;
  }
  std::ranges::sort(table, {}, &TableEntry::offset);
  for (size_t i = 1; i < table.size(); ++i) {
    const TableEntry& before = table[i - 1];
    if (table[i].offset - before.offset >= before.tensor.bytes) continue;
    fail(ErrorKind::kBadFile,
         "{}: the data of tensors {} and {} overlap at byte {} of the data; the file is damaged or "
         "was converted wrongly, download or convert it again",
         file, quoted(before.tensor.name, kMaxNameBytes),
         quoted(table[i].tensor.name, kMaxNameBytes), table[i].offset);
  }
  return tensors;
}

}  // namespace

ParsedFile parse_gguf(std::span<const std::byte> bytes, const std::string& file) {
  static constexpr std::string_view kMagic = "GGUF";
  if (bytes.size() < kMagic.size() ||
      std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
    refuse_foreign_file(bytes, file);
  }
  Cursor cursor(bytes, file);
  static_cast<void>(cursor.take(kMagic.size(), "the magic"));
  ParsedFile parsed;
  parsed.version = read_version(cursor);
  const uint64_t n_tensors = cursor.count(kLeastTensorBytes, "the number of tensors");
  const uint64_t n_entries = cursor.count(kLeastEntryBytes, "the number of metadata entries");
  parsed.metadata = read_metadata(cursor, n_entries, file);
  const uint32_t alignment = alignment_of(parsed.metadata);
  std::vector<TableEntry> table;
  for (uint64_t i = 0; i < n_tensors; ++i) {
    cursor.enter({.part = "tensor", .index = i + 1, .count = n_tensors});
    table.push_back(read_tensor(cursor, alignment));
  }
  const uint64_t data_start = (cursor.position() + alignment - 1) / alignment * alignment;
  parsed.tensors = place_tensors(std::move(table), bytes, data_start, file);
  return parsed;
}

}  // namespace freshet
