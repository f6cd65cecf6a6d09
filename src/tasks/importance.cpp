#include "tasks/importance.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "gguf/reader.h"
#include "gguf/writer.h"

namespace freshet {
namespace {

constexpr std::string_view kSquares = ".in_sum2", kCounts = ".counts";

std::vector<float> floats_of(const Tensor& tensor) {
  std::vector<float> values(static_cast<size_t>(tensor.elements()));
  std::memcpy(values.data(), tensor.data, values.size() * sizeof(float));
  return values;
}

void check_number(float x, const Tensor& tensor, const std::string& path) {
  if (std::isfinite(x) && x >= 0.0f) return;
  fail(ErrorKind::kBadFile,
       "{}: tensor {} holds {}, expected numbers that are finite and not negative; gather the "
       "importance again",
       path, tensor.name, x);
}

}  // namespace

void write_importance(const std::string& path, const ImportanceSums& sums,
                      const ImportanceSource& source) {
  GgufWriter out;
  out.add("general.type", "imatrix");
  out.add_array("imatrix.datasets", std::vector<std::string>{source.dataset});
  out.add("imatrix.chunk_count", static_cast<uint32_t>(source.n_windows));
  out.add("imatrix.chunk_size", static_cast<uint32_t>(source.window));
  std::vector<std::vector<float>> kept;  // until the file is written
  kept.reserve(2 * sums.size());
  for (const auto& [name, tensor] : sums) {
    const auto n_matrices = static_cast<int64_t>(tensor.counts.size());
    const auto columns = static_cast<int64_t>(tensor.squares.size()) / n_matrices;
    const auto& squares = kept.emplace_back(tensor.squares.begin(), tensor.squares.end());
    const auto& counts = kept.emplace_back(tensor.counts.begin(), tensor.counts.end());
    out.add_tensor(name + std::string(kSquares), DType::F32, {columns, n_matrices},
                   std::as_bytes(std::span(squares)));
    out.add_tensor(name + std::string(kCounts), DType::F32, {1, n_matrices},
                   std::as_bytes(std::span(counts)));
  }
  out.write(path);
}

Importance::Importance(const std::string& path) : path_(path) {
  const GgufFile file(path);
  if (file.metadata().get<std::string_view>("general.type").value_or("") != "imatrix") {
    fail(ErrorKind::kBadFile,
         "{}: expected importance (a GGUF file with general.type \"imatrix\"), found another GGUF "
         "file; make one with freshet imatrix",
         path);
  }
  if (const auto names = file.metadata().get_strings("imatrix.datasets")) {
    datasets_.assign(names->begin(), names->end());
  }
  n_windows_ = file.metadata().get<uint32_t>("imatrix.chunk_count").value_or(0);
  for (const Tensor& squares : file.tensors()) {
    if (!squares.name.ends_with(kSquares)) continue;
    const std::string name(squares.name.substr(0, squares.name.size() - kSquares.size()));
    const Tensor* counts = file.find(name + std::string(kCounts));
    if (counts == nullptr || counts->dtype != DType::F32 || squares.dtype != DType::F32 ||
        counts->elements() != squares.rows()) {
      fail(ErrorKind::kBadFile,
           "{}: {}: expected F32 sums with as many counts in {}{}; gather the importance again",
           path, squares.name, name, kCounts);
    }
    Means means{.columns = squares.dims[0],
                .n_matrices = squares.rows(),
                .mean = floats_of(squares),
                .known = {}};
    const std::vector<float> n_rows = floats_of(*counts);
    for (size_t i = 0; i < means.mean.size(); ++i) {
      const float n = n_rows[i / static_cast<size_t>(means.columns)];
      check_number(n, *counts, path);
      check_number(means.mean[i], squares, path);
      means.mean[i] = n > 0.0f ? means.mean[i] / n : 0.0f;
    }
    for (const float n : n_rows) means.known.push_back(n > 0.0f);
    means_.emplace(name, std::move(means));
  }
}

std::span<const float> Importance::of(std::string_view tensor, int64_t columns, int64_t n_matrices,
                                      int64_t index) const {
  const auto found = means_.find(tensor);
  if (found == means_.end()) return {};
  const Means& means = found->second;
  if (means.columns != columns || means.n_matrices != n_matrices) {
    fail(ErrorKind::kBadFile,
         "{}: importance of {} columns of {} matrices for tensor {}, which has {} and {}; it is of "
         "another model",
         path_, means.columns, means.n_matrices, tensor, columns, n_matrices);
  }
  if (!means.known[static_cast<size_t>(index)]) return {};
  return std::span(means.mean)
      .subspan(static_cast<size_t>(index * columns), static_cast<size_t>(columns));
}

}  // namespace freshet
