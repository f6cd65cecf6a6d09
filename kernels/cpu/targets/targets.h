// One table per CPU target that this build carries; dispatch.h chooses among them.
#pragma once

#include "kernels/cpu/kernels.h"

namespace freshet::kernels {

extern const Kernels kScalarKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvxVnniKernels;
extern const Kernels kAvx512VnniKernels;
extern const Kernels kNeonKernels;
extern const Kernels kNeonDotprodKernels;
extern const Kernels kNeonI8mmKernels;

}  // namespace freshet::kernels
