#include "kernels/cpu/simd/avx2.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_x86.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {

constinit const Kernels kAvx2Kernels = make_kernels<Avx2>(Formats{});

}  // namespace freshet::kernels
