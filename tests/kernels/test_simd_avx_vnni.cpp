#include "kernels/cpu/simd/avx_vnni.h"
#include "simd_cases.h"
#include "simd_tags.h"

namespace freshet::kernels {
constinit const SimdTag kAvxVnniTag = simd_tag<AvxVnni>();
}
