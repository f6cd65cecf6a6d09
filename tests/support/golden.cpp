#include "support/golden.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "gguf/reader.h"
#include "gguf/writer.h"
#include "kernels/formats/codec.h"

namespace freshet::testing {
namespace {

const std::filesystem::path kFolder = FRESHET_TESTS_DIR "/goldens";

std::vector<float> read_floats(const std::filesystem::path& path) {
  std::vector<float> values(std::filesystem::file_size(path) / sizeof(float));
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(values.data()),
                 static_cast<std::streamsize>(values.size() * sizeof(float)))) {
    throw std::runtime_error("cannot read " + path.string());
  }
  return values;
}

GoldenModel load(const nlohmann::json& entry) {
  GoldenModel model{.name = entry.at("name"),
                    .path = kFolder / entry.at("file").get<std::string>(),
                    .vocab_size = entry.at("shape").at("vocab_size"),
                    .logit_std = entry.at("logit_std"),
                    .sequences = {}};
  const std::vector<float> rows = read_floats(kFolder / entry.at("logits").get<std::string>());
  for (const nlohmann::json& sequence : entry.at("sequences")) {
    GoldenSequence golden{
        .ids = sequence.at("ids"), .positions = sequence.at("positions"), .logits = {}};
    const size_t begin = sequence.at("offset");
    const size_t count = golden.positions.size() * static_cast<size_t>(model.vocab_size);
    if (begin > rows.size() || count > rows.size() - begin) {
      throw std::runtime_error(model.name + ": the file of logits is too short");
    }
    const std::span<const float> kept = std::span(rows).subspan(begin, count);
    golden.logits.assign(kept.begin(), kept.end());
    model.sequences.push_back(std::move(golden));
  }
  return model;
}

/// llama.cpp's numbers for general.file_type, of files whose matrices are all of one type.
uint32_t file_type(DType dtype) {
  switch (dtype) {
    case DType::F32:
      return 0;
    case DType::F16:
      return 1;
    case DType::Q8_0:
      return 7;
    case DType::BF16:
      return 32;
    default:
      return 1024;  // "guessed"
  }
}

void write_converted(const Tensor& tensor, DType dtype, ByteSink& out) {
  Tensor converted = tensor;
  converted.dtype = dtype;
  std::vector<float> weights(static_cast<size_t>(tensor.dims[0]));
  std::vector<std::byte> row(converted.row_bytes());
  for (int64_t r = 0; r < tensor.rows(); ++r) {
    kernels::decode_row(tensor.dtype, tensor.row(r), weights.data(), tensor.dims[0]);
    kernels::encode_row(dtype, weights.data(), row.data(), tensor.dims[0]);
    out.write(row);
  }
}

}  // namespace

std::vector<GoldenModel> load_golden_models() {
  std::ifstream file(kFolder / "manifest.json");
  const nlohmann::json manifest = nlohmann::json::parse(file);
  std::vector<GoldenModel> models;
  for (const nlohmann::json& entry : manifest.at("models")) models.push_back(load(entry));
  return models;
}

void write_with_dtype(const std::string& from, DType dtype, const std::string& to) {
  const GgufFile file(from);
  GgufWriter writer;
  for (const MetadataEntry& entry : file.metadata().entries()) {
    if (entry.key == "general.file_type") {
      writer.add(entry.key, file_type(dtype));
    } else {
      writer.add_value(entry.key, entry.value);
    }
  }
  for (const Tensor& tensor : file.tensors()) {
    const DType new_dtype = tensor.dtype == DType::Q4_0 ? dtype : tensor.dtype;
    const std::span<const int64_t> dims(tensor.dims.data(), static_cast<size_t>(tensor.n_dims));
    writer.add_tensor(tensor.name, new_dtype, dims, [&tensor, new_dtype](ByteSink& out) {
      write_converted(tensor, new_dtype, out);
    });
  }
  writer.write(to);
}

}  // namespace freshet::testing
