#include "simd_tags.h"

namespace freshet::kernels {

std::span<const SimdTag* const> simd_tags() {
  static constexpr const SimdTag* kTags[] = {&kNeonTag, &kNeonDotprodTag, &kNeonI8mmTag};
  return kTags;
}

}  // namespace freshet::kernels
