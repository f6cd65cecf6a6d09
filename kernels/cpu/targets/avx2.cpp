#include "kernels/cpu/simd/avx2.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_x86.h"
#include "kernels/cpu/targets/targets.h"
#include "kernels/cpu/tuned/avx2_panel.h"

namespace freshet::kernels {

template <>
struct Products<Avx2> {
  static constexpr ReadAhead kReadAhead = kNearAhead;
  template <class F>
  static constexpr void (*of_floats())(const MatrixProduct&) noexcept {
    return multiply_float<Avx2, F>;
  }
  template <class F>
  static constexpr void (*of_bytes())(const MatrixProduct&) noexcept {
    return avx2::multiply<Avx2, F>;
  }
};

constinit const Kernels kAvx2Kernels = make_kernels<Avx2>(Formats{});

}  // namespace freshet::kernels
