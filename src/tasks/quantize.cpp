// A planned file, written: tensors go through in slices of some megabytes, whose rows are shared
// among threads.
#include <freshet/quantize.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <utility>

#include "base/cpu_topology.h"
#include "base/error.h"
#include "base/thread_team.h"
#include "gguf/output_file.h"
#include "kernels/formats/codec.h"
#include "kernels/quantise/quantise.h"
#include "tasks/quantize_plan.h"

namespace freshet {
namespace {

constexpr size_t kSliceBytes = size_t{16} << 20;  // of the source
constexpr float kLargestHalf = 65504.0f;

/// Rows of a tensor from one format to another.
class Converter {
 public:
  Converter(const QuantizeJob& job, const QuantizeOptions& options)
      : job_(job),
        options_(options),
        team_(options.n_threads > 0 ? options.n_threads : default_threads().n_threads) {}

  void convert(const Tensor& tensor, DType to, ByteSink& sink) {
    const size_t row_bytes = tensor.row_bytes();
    const auto slice_rows = static_cast<int64_t>(std::max<size_t>(1, kSliceBytes / row_bytes));
    for (int64_t begin = 0; begin < tensor.rows(); begin += slice_rows) {
      const int64_t end = std::min(begin + slice_rows, tensor.rows());
      const size_t at = static_cast<size_t>(begin) * row_bytes;
      const std::span source(tensor.data, tensor.bytes);
      const auto slice = source.subspan(at, static_cast<size_t>(end - begin) * row_bytes);
      const auto rest = source.subspan(at + slice.size());
      advise_will_read(rest.first(std::min(rest.size(), slice.size())));
      if (to == tensor.dtype) {
        sink.write(slice);
      } else {
        convert_rows(tensor, to, begin, end);
        sink.write(out_);
      }
      advise_done_with(slice);
      report(slice.size());
    }
  }

 private:
  void report(size_t bytes) {
    done_ += bytes;
    if (options_.progress) options_.progress(done_, job_.plan.tensor_bytes_before);
    if (is_cancelled()) fail(ErrorKind::kCancelled, "cancelled");
  }

  [[nodiscard]] bool is_cancelled() const noexcept {
    return options_.cancel != nullptr && options_.cancel->load(std::memory_order_relaxed);
  }

  void convert_rows(const Tensor& tensor, DType to, int64_t begin, int64_t end) {
    Tensor target = tensor;
    target.dtype = to;
    const size_t out_bytes = target.row_bytes();
    const auto n = static_cast<size_t>(tensor.dims[0]);
    out_.resize(static_cast<size_t>(end - begin) * out_bytes);
    scratch_.resize(n * static_cast<size_t>(team_.size()));
    std::atomic<int64_t> bad_row{-1};
    std::atomic<bool> stopped{false};
    team_.run([&](Worker& worker) {
      float* row = scratch_.data() + n * static_cast<size_t>(worker.index());
      worker.for_each_chunk(static_cast<size_t>(end - begin), 4, [&](size_t first, size_t last) {
        for (size_t i = first; i < last; ++i) {
          if (is_cancelled()) {
            stopped.store(true, std::memory_order_relaxed);
            return;
          }
          const int64_t r = begin + static_cast<int64_t>(i);
          kernels::decode_row(tensor.dtype, tensor.row(r), row, tensor.dims[0]);
          if (!fits({row, n}, to)) bad_row.store(r, std::memory_order_relaxed);
          const float* columns = job_.columns(tensor, r / tensor.dims[1]);
          kernels::quantise_row(to, row, columns, &out_[i * out_bytes], tensor.dims[0]);
        }
      });
    });
    if (stopped.load()) fail(ErrorKind::kCancelled, "cancelled");
    if (bad_row.load() >= 0) refuse_row(tensor, to, bad_row.load());
  }

  static bool fits(std::span<const float> row, DType to) noexcept {
    const float most = to == DType::F16 ? kLargestHalf : std::numeric_limits<float>::max();
    return std::ranges::all_of(row, [&](float x) { return std::fabs(x) <= most; });
  }

  [[noreturn]] void refuse_row(const Tensor& tensor, DType to, int64_t row) const {
    fail(ErrorKind::kBadFile,
         "{}: tensor {}, row {}: expected finite weights{}, found others; the file is damaged or "
         "was converted wrongly",
         job_.source.path(), tensor.name, row,
         to == DType::F16 ? " within 65504, the most that F16 holds" : "");
  }

  const QuantizeJob& job_;
  const QuantizeOptions& options_;
  ThreadTeam team_;
  std::vector<std::byte> out_;
  std::vector<float> scratch_;  // [threads, columns]
  uint64_t done_ = 0;
};

/// `job` and `converter` outlive the writer; of a writer that is only asked for its size, no
/// converter is needed.
GgufWriter make_writer(const QuantizeJob& job, Converter* converter) {
  GgufWriter out;
  add_metadata(out, job);
  for (size_t i = 0; i < job.formats.size(); ++i) {
    const Tensor& tensor = job.source.tensors()[i];
    const DType to = job.formats[i];
    const std::span<const int64_t> dims(tensor.dims.data(), static_cast<size_t>(tensor.n_dims));
    out.add_tensor(tensor.name, to, dims, [&tensor, to, converter](ByteSink& sink) {
      converter->convert(tensor, to, sink);
    });
  }
  return out;
}

void check_target(const std::string& out, const GgufFile& source, bool overwrite) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  for (const std::string& part : source.paths()) {
    if (fs::equivalent(part, out, ignored)) {
      fail(ErrorKind::kUsage, "{}: is a file to be read and cannot be written; choose another name",
           out);
    }
  }
  if (!overwrite) refuse_existing(out);
}

}  // namespace

QuantizePlan plan_quantize(const std::string& in, const QuantizeOptions& options) {
  QuantizeJob job(in, options);
  job.plan.file_bytes = make_writer(job, nullptr).file_bytes();
  return std::move(job.plan);
}

QuantizePlan quantize_file(const std::string& in, const std::string& out,
                           const QuantizeOptions& options) {
  QuantizeJob job(in, options);
  check_target(out, job.source, options.overwrite);
  Converter converter(job, options);
  const GgufWriter writer = make_writer(job, &converter);
  job.plan.file_bytes = writer.file_bytes();
  writer.write(out);
  return std::move(job.plan);
}

}  // namespace freshet
