#include "kernels/cpu/simd/scalar.h"
#include "simd_cases.h"
#include "simd_tags.h"

namespace freshet::kernels {
constinit const SimdTag kScalarTag = simd_tag<Scalar>();
}
