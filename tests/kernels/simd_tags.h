// The tags that this build tests, each in a file compiled with its own flags.
#pragma once

#include <span>

#include "simd_cases.h"

namespace freshet::kernels {

extern const SimdTag kScalarTag;
extern const SimdTag kAvx2Tag;
extern const SimdTag kAvxVnniTag;
extern const SimdTag kAvx512VnniTag;
extern const SimdTag kNeonTag;
extern const SimdTag kNeonDotprodTag;
extern const SimdTag kNeonI8mmTag;

/// The tags of this architecture besides scalar; from simd_tags_<architecture>.cpp.
std::span<const SimdTag* const> simd_tags();

}  // namespace freshet::kernels
