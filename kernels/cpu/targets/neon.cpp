#include "kernels/cpu/simd/neon.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_neon.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {

constinit const Kernels kNeonKernels = make_kernels<Neon>(Formats{});

}  // namespace freshet::kernels
