#include "kernels/cpu/simd/neon.h"
#include "simd_cases.h"
#include "simd_tags.h"

namespace freshet::kernels {
constinit const SimdTag kNeonTag = simd_tag<Neon>();
}
