#include "kernels/cpu/simd/avx512.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_x86.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {

constinit const Kernels kAvx512VnniKernels = make_kernels<Avx512Vnni>(Formats{});

}  // namespace freshet::kernels
