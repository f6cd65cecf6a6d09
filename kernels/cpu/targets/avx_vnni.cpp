#include "kernels/cpu/simd/avx_vnni.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_x86.h"
#include "kernels/cpu/targets/targets.h"
#include "kernels/cpu/tuned/avx2_panel.h"

namespace freshet::kernels {

template <>
struct Products<AvxVnni> {
  static constexpr ReadAhead kReadAhead = kNearAhead;
  template <class F>
  static constexpr void (*of_floats())(const MatrixProduct&) noexcept {
    return multiply_float<AvxVnni, F>;
  }
  template <class F>
  static constexpr void (*of_bytes())(const MatrixProduct&) noexcept {
    return avx2::multiply<AvxVnni, F>;
  }
};

constinit const Kernels kAvxVnniKernels = make_kernels<AvxVnni>(Formats{});

}  // namespace freshet::kernels
