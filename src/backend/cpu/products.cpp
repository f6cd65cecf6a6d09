// Matrix products shared out by weight rows: a sum is never split, so the number of threads cannot
// show in a result.
#include <algorithm>

#include "backend/cpu/cpu_backend.h"
#include "base/check.h"

namespace freshet {
namespace {

/// Rows of several weights as one list of tasks.
struct TaskList {
  struct Part {
    const Projection* projection;
    int64_t chunk;
    size_t first_task;
  };
  std::vector<Part> parts;
  size_t n_tasks = 0;

  TaskList(std::span<const Projection> projections, int n_columns) {
    for (const Projection& p : projections) {
      const int64_t chunk = rows_per_task(*p.weight, n_columns);
      parts.push_back({&p, chunk, n_tasks});
      n_tasks += static_cast<size_t>((p.weight->dims[1] + chunk - 1) / chunk);
    }
  }
  [[nodiscard]] const Part& part_of(size_t task) const {
    size_t i = parts.size() - 1;
    while (parts[i].first_task > task) --i;
    return parts[i];
  }
};

/// Parts of rows far apart are not foreseen by the processor.
void prefetch(const float* x, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) __builtin_prefetch(x + i, 1);
}
constexpr int kAhead = 4;

}  // namespace

int64_t rows_per_task(const Tensor& weight, int n_columns) {
  if (n_columns >= 256) return 64;
  const auto rows = static_cast<int64_t>((size_t{192} << 10) / weight.row_bytes());
  return std::clamp<int64_t>(rows / 16 * 16, 16, 512);
}

void CpuBackend::multiply(const Tensor& weight, int64_t begin, int64_t end, const Input& input,
                          Columns columns, float* out, int64_t out_stride) const {
  const kernels::FormatKernels& format = kernels_.of(weight.dtype);
  const Input::Form& form = input.forms[static_cast<size_t>(format.activation)];
  FRESHET_CHECK(form.data != nullptr && weight.dims[0] == input.width);
  const auto row_bytes = static_cast<int64_t>(weight.row_bytes());
  format.multiply({.weights = weight.data + begin * row_bytes,
                   .row_bytes = row_bytes,
                   .rows = static_cast<int>(end - begin),
                   .k = input.width,
                   .activations = form.data + columns.first * form.stride,
                   .activation_stride = form.stride,
                   .gather = columns.gather,
                   .columns = columns.n,
                   .out = out,
                   .out_stride = out_stride});
}

void CpuBackend::multiply_gated(const Tensor& gate, const Tensor& up, int64_t begin, int64_t end,
                                const Input& input, Columns columns, float* out, int64_t out_stride,
                                float* up_scratch) const {
  const int64_t n = end - begin;
  multiply(gate, begin, end, input, columns, out, out_stride);
  multiply(up, begin, end, input, columns, up_scratch, n);
  for (int c = 0; c < columns.n; ++c) {
    kernels_.swiglu(out + c * out_stride, up_scratch + c * n, n);
  }
}

float* CpuBackend::take_gate_scratch(int n_columns, int64_t chunk) {
  return scratch_.take<float>(static_cast<size_t>(n_columns * chunk * team_.size()));
}

void CpuBackend::project(Rows x, const Norm& norm, std::span<const Projection> projections) {
  Input input = take_input(x.n, x.width, {});
  for (const Projection& p : projections) add_reader(input, *p.weight);
  const TaskList tasks(projections, x.n);
  team_.run([&](Worker& worker) {
    fill_input(worker, input, x, &norm);
    worker.for_each_chunk(tasks.n_tasks, 1, [&](size_t task, size_t) {
      const TaskList::Part& part = tasks.part_of(task);
      const Projection& p = *part.projection;
      const int64_t begin = static_cast<int64_t>(task - part.first_task) * part.chunk;
      const int64_t end = std::min(begin + part.chunk, p.weight->dims[1]);
      multiply(*p.weight, begin, end, input, {.n = x.n}, p.out.data + begin, p.out.width);
    });
  });
}

void CpuBackend::project_add(Rows x, const Tensor& weight, Rows residual) {
  const Input input = take_input(x.n, x.width, {&weight});
  const int64_t chunk = rows_per_task(weight, x.n);
  auto* sums = scratch_.take<float>(static_cast<size_t>(x.n * chunk * team_.size()));
  team_.run([&](Worker& worker) {
    fill_input(worker, input, x, nullptr);
    float* mine = sums + static_cast<int64_t>(worker.index()) * x.n * chunk;
    worker.for_each_chunk(static_cast<size_t>(weight.dims[1]), static_cast<size_t>(chunk),
                          [&](size_t begin, size_t end) {
                            const auto n = static_cast<int64_t>(end - begin);
                            multiply(weight, static_cast<int64_t>(begin), static_cast<int64_t>(end),
                                     input, {.n = x.n}, mine, n);
                            for (int r = 0; r < x.n; ++r) {
                              if (r + kAhead < x.n) {
                                prefetch(residual.row(r + kAhead) + begin, n);
                              }
                              kernels_.add_scaled(residual.row(r) + begin, mine + r * n, 1.0f, n);
                            }
                          });
  });
}

void CpuBackend::gate_up(Rows x, const Norm& norm, const Tensor& gate, const Tensor& up, Rows out) {
  const Input input = take_input(x.n, x.width, {&gate, &up});
  const int64_t chunk = rows_per_task(gate, x.n);
  float* scratch = take_gate_scratch(x.n, chunk);
  team_.run([&](Worker& worker) {
    fill_input(worker, input, x, &norm);
    float* mine = scratch + static_cast<int64_t>(worker.index()) * x.n * chunk;
    worker.for_each_chunk(static_cast<size_t>(gate.dims[1]), static_cast<size_t>(chunk),
                          [&](size_t begin, size_t end) {
                            multiply_gated(gate, up, static_cast<int64_t>(begin),
                                           static_cast<int64_t>(end), input, {.n = x.n},
                                           out.data + begin, out.width, mine);
                          });
  });
}

void CpuBackend::head(Rows h, std::span<const int32_t> wanted, const Norm& norm,
                      const Tensor& table, float* logits) {
  const auto n = static_cast<int>(wanted.size());
  const Input input = take_input(n, h.width, {&table});
  Rows x = rows(n, h.width);
  team_.run([&](Worker& worker) {
    worker.for_each_chunk(wanted.size(), 4, [&](size_t begin, size_t end) {
      for (auto i = static_cast<int>(begin); i < static_cast<int>(end); ++i) {
        kernels_.rms_norm(h.row(wanted[static_cast<size_t>(i)]), norm.weight, x.row(i), h.width,
                          norm.epsilon);
      }
    });
    worker.barrier();
    fill_input(worker, input, x, nullptr);
    worker.for_each_chunk(static_cast<size_t>(table.dims[1]),
                          static_cast<size_t>(rows_per_task(table, n)),
                          [&](size_t begin, size_t end) {
                            multiply(table, static_cast<int64_t>(begin), static_cast<int64_t>(end),
                                     input, {.n = n}, logits + begin, table.dims[1]);
                          });
  });
}

}  // namespace freshet
