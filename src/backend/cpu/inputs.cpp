// Activations as the weights read them: normed, and rounded to bytes where the format multiplies
// bytes.
#include <cstring>

#include "backend/cpu/cpu_backend.h"

namespace freshet {

using kernels::Activation;

Input CpuBackend::take_input(int n, int64_t width, std::initializer_list<const Tensor*> readers) {
  Input input{.n = n, .width = width, .forms = {}};
  for (const Tensor* weight : readers) add_reader(input, *weight);
  return input;
}

void CpuBackend::add_reader(Input& input, const Tensor& weight) {
  const Activation kind = kernels_.of(weight.dtype).activation;
  Input::Form& form = input.forms[static_cast<size_t>(kind)];
  if (form.data != nullptr) return;
  form.stride = kernels::activation_layout(kind, input.width).bytes;
  form.data = scratch_.take<std::byte>(static_cast<size_t>(input.n) * form.stride);
}

void CpuBackend::fill_input_row(const Input& input, int row, const float* x) const {
  for (size_t kind = 0; kind < input.forms.size(); ++kind) {
    const Input::Form& form = input.forms[kind];
    if (form.data == nullptr) continue;
    std::byte* out = form.data + row * form.stride;
    switch (static_cast<Activation>(kind)) {
      case Activation::kFloat:
        if (out != reinterpret_cast<const std::byte*>(x)) {
          std::memcpy(out, x, static_cast<size_t>(input.width) * sizeof(float));
        }
        break;
      case Activation::kBytes32:
        kernels_.quantize_32(x, input.width, out);
        break;
      case Activation::kBytes256:
        kernels_.quantize_256(x, input.width, out);
        break;
    }
  }
}

void CpuBackend::fill_input(Worker& worker, const Input& input, Rows x, const Norm* norm) const {
  worker.for_each_chunk(static_cast<size_t>(input.n), 4, [&](size_t begin, size_t end) {
    for (auto r = static_cast<int>(begin); r < static_cast<int>(end); ++r) {
      if (norm == nullptr) {
        fill_input_row(input, r, x.row(r));
        continue;
      }
      alignas(64) float normed[kMaxWidth];
      kernels_.rms_norm(x.row(r), norm->weight, normed, x.width, norm->epsilon);
      fill_input_row(input, r, normed);
    }
  });
  worker.barrier();
}

}  // namespace freshet
