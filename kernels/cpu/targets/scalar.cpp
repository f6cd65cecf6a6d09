#include "kernels/cpu/simd/scalar.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_scalar.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {

constinit const Kernels kScalarKernels = make_kernels<Scalar>(Formats{});

}  // namespace freshet::kernels
