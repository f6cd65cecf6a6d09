#include "kernels/cpu/dispatch.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {
namespace {

constexpr Target kTargets[] = {{&kScalarKernels, []() noexcept { return true; }}};

}  // namespace

ReadAhead read_ahead_here(const Kernels& kernels) noexcept { return kernels.read_ahead; }

TargetList targets() noexcept { return {kTargets, 1}; }

}  // namespace freshet::kernels
