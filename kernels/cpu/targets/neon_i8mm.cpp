#include "kernels/cpu/simd/neon_i8mm.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_neon.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {

constinit const Kernels kNeonI8mmKernels = make_kernels<NeonI8mm>(Formats{});

}  // namespace freshet::kernels
