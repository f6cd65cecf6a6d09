#include "kernels/cpu/simd/neon_dotprod.h"
#include "simd_cases.h"
#include "simd_tags.h"

namespace freshet::kernels {
constinit const SimdTag kNeonDotprodTag = simd_tag<NeonDotprod>();
}
