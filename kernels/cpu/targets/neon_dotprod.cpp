#include "kernels/cpu/simd/neon_dotprod.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_neon.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {

constinit const Kernels kNeonDotprodKernels = make_kernels<NeonDotprod>(Formats{});

}  // namespace freshet::kernels
