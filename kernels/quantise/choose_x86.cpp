#include "kernels/quantise/quantise.h"

namespace freshet::kernels {

const Quantisers& choose_quantisers() noexcept {
  return __builtin_cpu_supports("avx2") ? kAvx2Quantisers : kBaselineQuantisers;
}

}  // namespace freshet::kernels
