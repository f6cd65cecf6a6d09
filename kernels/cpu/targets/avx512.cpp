#include "kernels/cpu/simd/avx512.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_x86.h"
#include "kernels/cpu/targets/targets.h"
#include "kernels/cpu/tuned/avx512_panel.h"

namespace freshet::kernels {

template <>
struct Products<Avx512Vnni> {
  static constexpr ReadAhead kReadAhead = kFarAhead;
  template <class F>
  static constexpr void (*of_floats())(const MatrixProduct&) noexcept {
    return multiply_float<Avx512Vnni, F>;
  }
  template <class F>
  static constexpr void (*of_bytes())(const MatrixProduct&) noexcept {
    return avx512::multiply<F>;
  }
};

constinit const Kernels kAvx512VnniKernels = make_kernels<Avx512Vnni>(Formats{});

}  // namespace freshet::kernels
