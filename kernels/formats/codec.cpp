#include "kernels/formats/codec.h"

#include "kernels/formats/formats.h"

namespace freshet::kernels {
namespace {

template <class F>
void decode_blocks(const void* in, float* out, int64_t n) noexcept {
  const auto* block = static_cast<const typename F::Block*>(in);
  for (int64_t i = 0; i < n; i += F::kBlockSize) F::decode(*block++, out + i);
}

template <class F>
void encode_blocks(const float* in, void* out, int64_t n) noexcept {
  auto* block = static_cast<typename F::Block*>(out);
  for (int64_t i = 0; i < n; i += F::kBlockSize) F::encode(in + i, *block++);
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

void encode_row(Format format, const float* in, void* out, int64_t n) noexcept {
  with_format(format, Formats{}, [&]<class F>(F) { encode_blocks<F>(in, out, n); });
}

}  // namespace freshet::kernels
