#include "kernels/cpu/simd/avx512.h"
#include "simd_cases.h"
#include "simd_tags.h"

namespace freshet::kernels {
constinit const SimdTag kAvx512VnniTag = simd_tag<Avx512Vnni>();
}
