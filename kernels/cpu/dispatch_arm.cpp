#include <sys/auxv.h>

#include "kernels/cpu/dispatch.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {
namespace {

bool always() noexcept { return true; }

// Linux's arch/arm64/include/uapi/asm/hwcap.h.
bool has_dotprod() noexcept { return (getauxval(AT_HWCAP) >> 20 & 1) != 0; }
bool has_i8mm() noexcept { return has_dotprod() && (getauxval(AT_HWCAP2) >> 13 & 1) != 0; }

constexpr Target kTargets[] = {{&kNeonI8mmKernels, has_i8mm},
                               {&kNeonDotprodKernels, has_dotprod},
                               {&kNeonKernels, always},
                               {&kScalarKernels, always}};

}  // namespace

ReadAhead read_ahead_here(const Kernels& kernels) noexcept { return kernels.read_ahead; }

TargetList targets() noexcept { return {kTargets, sizeof(kTargets) / sizeof(kTargets[0])}; }

}  // namespace freshet::kernels
