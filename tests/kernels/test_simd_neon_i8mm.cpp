#include "kernels/cpu/simd/neon_i8mm.h"
#include "simd_cases.h"
#include "simd_tags.h"

namespace freshet::kernels {
constinit const SimdTag kNeonI8mmTag = simd_tag<NeonI8mm>();
}
