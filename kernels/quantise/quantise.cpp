#include "kernels/quantise/quantise.h"

namespace freshet::kernels {
namespace {

template <class... F>
constexpr int index_of(Format format, FormatList<F...>) noexcept {
  int index = 0;
  static_cast<void>(((F::kId == format || (++index, false)) || ...));
  return index;
}

}  // namespace

void quantise_row(Format format, const float* in, const float* importance, void* out,
                  int64_t n) noexcept {
  choose_quantisers().of[index_of(format, Formats{})](in, importance, out, n);
}

}  // namespace freshet::kernels
