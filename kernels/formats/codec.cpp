#include "kernels/formats/codec.h"

#include "kernels/formats/formats.h"

namespace freshet::kernels {
namespace {

template <class F>
void decode_blocks(const void* in, float* out, int64_t n) noexcept {
  const auto* block = static_cast<const typename F::Block*>(in);
  for (int64_t i = 0; i < n; i += F::kBlockSize) F::decode(*block++, out + i);
}

/// Calls run with the description of the format.
template <class Run, class... F>
void with_format(Format format, FormatList<F...>, const Run& run) {
  ((F::kId == format ? run(F{}) : void()), ...);
}

}  // namespace

void decode_row(Format format, const void* in, float* out, int64_t n) noexcept {
  with_format(format, Formats{}, [&]<class F>(F) { decode_blocks<F>(in, out, n); });
}

}  // namespace freshet::kernels
