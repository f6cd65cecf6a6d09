// Matrix products shared out by weight rows: a sum is never split, so the number of threads cannot
// show in a result.
#include <algorithm>

#include "backend/cpu/cpu_backend.h"
#include "base/check.h"

namespace freshet {
namespace {

/// Asks for floats that will be written: parts of rows far apart are not foreseen by the processor.
/// Inlined, since gcc drops calls of functions that only prefetch.
FRESHET_INLINE void prefetch_to_write(const float* x, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) __builtin_prefetch(x + i, 1);
}
/// Rows of the residual stream: each part of a row takes less time to add than to arrive.
constexpr int kRowsAhead = 4;

}  // namespace

RowPieces pieces_of(size_t bytes_per_row, int n_columns) {
  if (n_columns >= 256) return {64, 1};
  constexpr int kFewColumns = 8;
  const int64_t group = kernels::rows_of_group(static_cast<int64_t>(bytes_per_row));
  return {group, n_columns <= kFewColumns ? 32 : 4};
}

void CpuBackend::multiply(const Tensor& weight, int64_t begin, int64_t end, const Input& input,
                          Columns columns, float* out, int64_t out_stride,
                          const std::byte* next) const {
  const kernels::FormatKernels& format = kernels_.of(weight.dtype);
  const Input::Form& form = input.forms[static_cast<size_t>(format.activation)];
  FRESHET_CHECK(form.data != nullptr && weight.dims[0] == input.width);
  const auto row_bytes = static_cast<int64_t>(weight.row_bytes());
  if (read_ahead_.pages_first) {
    prefetch_pages(weight.data + begin * row_bytes, static_cast<size_t>((end - begin) * row_bytes));
  }
  format.multiply({.weights = weight.data + begin * row_bytes,
                   .row_bytes = row_bytes,
                   .rows = static_cast<int>(end - begin),
                   .k = input.width,
                   .activations = form.data + columns.first * form.stride,
                   .activation_stride = form.stride,
                   .gather = columns.gather,
                   .columns = columns.n,
                   .out = out,
                   .out_stride = out_stride,
                   .next = next,
                   .read_ahead = read_ahead_});
}

void CpuBackend::foresee(const Tensor& weight, int64_t begin, int64_t end) const {
  const size_t row_bytes = weight.row_bytes();
  const std::byte* at = weight.data + static_cast<size_t>(begin) * row_bytes;
  const size_t bytes = static_cast<size_t>(end - begin) * row_bytes;
  prefetch_pages(at, bytes);
  // Where the streams of the first group begin: there are two or four (kernels, tuned/rows.h).
  // Where streams are not parts of groups, kernels ask for their beginnings themselves.
  constexpr size_t kStreams = 4, kBeginning = 4096;
  const auto group_rows = kernels::rows_of_group(static_cast<int64_t>(row_bytes));
  const size_t stream_bytes =
      std::min(static_cast<size_t>(group_rows) * row_bytes, bytes) / kStreams;
  for (size_t stream = 0; stream < kStreams; ++stream) {
    for (size_t i = 0; i < std::min(kBeginning, stream_bytes); i += 64) {
      __builtin_prefetch(at + stream * stream_bytes + i, 0, 2);
    }
  }
}

void CpuBackend::multiply_gated(const Tensor& gate, const Tensor& up, int64_t begin, int64_t end,
                                const Input& input, Columns columns, float* out, int64_t out_stride,
                                float* up_scratch) const {
  const int64_t n = end - begin;
  multiply(gate, begin, end, input, columns, out, out_stride, row_of(up, begin));
  multiply(up, begin, end, input, columns, up_scratch, n, row_of(gate, end));
  for (int c = 0; c < columns.n; ++c) {
    kernels_.swiglu(out + c * out_stride, up_scratch + c * n, n);
  }
}

float* CpuBackend::take_scratch(int n_columns, RowPieces pieces) {
  return scratch_.take<float>(static_cast<size_t>(n_columns * pieces.rows() * team_.size()));
}

void CpuBackend::project(Rows x, const Norm& norm, std::span<const Projection> projections) {
  Input input = take_input(x.n, x.width, {});
  RowList<const Projection*> list(pieces_of(projections.front().weight->row_bytes(), x.n));
  for (const Projection& p : projections) {
    add_reader(input, *p.weight);
    list.add(&p, p.weight->dims[1]);
  }
  team_.run([&](Worker& worker) {
    list.foresee(worker, [&](const Projection* p, int64_t begin, int64_t end) {
      foresee(*p->weight, begin, end);
    });
    fill_input(worker, input, x, &norm);
    list.share(worker, [&](const Projection* p, int64_t begin, int64_t end) {
      multiply(*p->weight, begin, end, input, {.n = x.n}, p->out.data + begin, p->out.width);
    });
  });
}

void CpuBackend::project_add(Rows x, const Tensor& weight, Rows residual) {
  const Input input = take_input(x.n, x.width, {&weight});
  const RowPieces pieces = pieces_of(weight.row_bytes(), x.n);
  RowList<const Tensor*> list(pieces);
  list.add(&weight, weight.dims[1]);
  float* scratch = take_scratch(x.n, pieces);
  team_.run([&](Worker& worker) {
    list.foresee(worker,
                 [&](const Tensor*, int64_t begin, int64_t end) { foresee(weight, begin, end); });
    fill_input(worker, input, x, nullptr);
    float* mine = scratch + worker.index() * x.n * pieces.rows();
    list.share(worker, [&](const Tensor*, int64_t begin, int64_t end) {
      const int64_t n = end - begin;
      multiply(weight, begin, end, input, {.n = x.n}, mine, n);
      for (int r = 0; r < x.n; ++r) {
        if (r + kRowsAhead < x.n) prefetch_to_write(residual.row(r + kRowsAhead) + begin, n);
        kernels_.add_scaled(residual.row(r) + begin, mine + r * n, 1.0f, n);
      }
    });
  });
}

void CpuBackend::gate_up(Rows x, const Norm& norm, const Tensor& gate, const Tensor& up, Rows out) {
  const Input input = take_input(x.n, x.width, {&gate, &up});
  const RowPieces pieces = pieces_of(gate.row_bytes(), x.n);
  RowList<const Tensor*> list(pieces);
  list.add(&gate, gate.dims[1]);
  float* scratch = take_scratch(x.n, pieces);
  team_.run([&](Worker& worker) {
    list.foresee(worker,
                 [&](const Tensor*, int64_t begin, int64_t end) { foresee(gate, begin, end); });
    fill_input(worker, input, x, &norm);
    float* mine = scratch + worker.index() * x.n * pieces.rows();
    list.share(worker, [&](const Tensor*, int64_t begin, int64_t end) {
      multiply_gated(gate, up, begin, end, input, {.n = x.n}, out.data + begin, out.width, mine);
    });
  });
}

void CpuBackend::head(Rows h, std::span<const int32_t> wanted, const Norm& norm,
                      const Tensor& table, float* logits) {
  const auto n = static_cast<int>(wanted.size());
  const Input input = take_input(n, h.width, {&table});
  Rows x = rows(n, h.width);
  RowList<const Tensor*> list(pieces_of(table.row_bytes(), n));
  list.add(&table, table.dims[1]);
  team_.run([&](Worker& worker) {
    worker.for_each_chunk(wanted.size(), 4, [&](size_t begin, size_t end) {
      for (auto i = static_cast<int>(begin); i < static_cast<int>(end); ++i) {
        kernels_.rms_norm(h.row(wanted[static_cast<size_t>(i)]), norm.weight, x.row(i), h.width,
                          norm.epsilon);
      }
    });
    worker.barrier();
    list.foresee(worker,
                 [&](const Tensor*, int64_t begin, int64_t end) { foresee(table, begin, end); });
    fill_input(worker, input, x, nullptr);
    list.share(worker, [&](const Tensor*, int64_t begin, int64_t end) {
      multiply(table, begin, end, input, {.n = n}, logits + begin, table.dims[1]);
    });
  });
}

}  // namespace freshet
