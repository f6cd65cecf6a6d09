#include "kernels/cpu/simd/avx_vnni.h"

#include "kernels/cpu/make_kernels.h"
#include "kernels/cpu/peak_x86.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {

constinit const Kernels kAvxVnniKernels = make_kernels<AvxVnni>(Formats{});

}  // namespace freshet::kernels
