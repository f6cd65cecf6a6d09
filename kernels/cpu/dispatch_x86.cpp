#include <cpuid.h>

#include "kernels/cpu/dispatch.h"
#include "kernels/cpu/targets/targets.h"

namespace freshet::kernels {
namespace {

bool always() noexcept { return true; }

// What not every compiler's __builtin_cpu_supports knows by name is asked of CPUID itself.

/// Leaf 1, ECX bit 29; clang 14 does not know it.
bool has_f16c() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c >> 29 & 1u) != 0;
}

bool has_avx2() noexcept {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2") && has_f16c();
}

/// Leaf 7, subleaf 1, EAX bit 4; gcc 12 does not know it.
bool has_avx_vnni() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a >> 4 & 1u) != 0;
}

bool has_avx512() noexcept {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vbmi") &&
         __builtin_cpu_supports("gfni");
}

/// Leaf 0: the vendor's name, four letters each in EBX, EDX and ECX.
bool is_intel() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(0, &a, &b, &c, &d) != 0 && b == signature_INTEL_ebx &&
         d == signature_INTEL_edx && c == signature_INTEL_ecx;
}

constexpr Target kTargets[] = {{&kAvx512VnniKernels, has_avx512},
                               {&kAvxVnniKernels, has_avx_vnni},
                               {&kAvx2Kernels, has_avx2},
                               {&kScalarKernels, always}};

}  // namespace

ReadAhead read_ahead_here(const Kernels& kernels) noexcept {
  return is_intel() ? kManyStreams : kernels.read_ahead;
}

TargetList targets() noexcept { return {kTargets, sizeof(kTargets) / sizeof(kTargets[0])}; }

}  // namespace freshet::kernels
