#include "simd_tags.h"

namespace freshet::kernels {

std::span<const SimdTag* const> simd_tags() {
  static constexpr const SimdTag* kTags[] = {&kAvx2Tag, &kAvxVnniTag, &kAvx512VnniTag};
  return kTags;
}

}  // namespace freshet::kernels
