#include "kernels/cpu/simd/avx2.h"
#include "simd_cases.h"
#include "simd_tags.h"

namespace freshet::kernels {
constinit const SimdTag kAvx2Tag = simd_tag<Avx2>();
}
