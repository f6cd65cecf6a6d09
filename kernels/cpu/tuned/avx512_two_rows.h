// AVX-512: two weight rows that are read side by side, and what is asked for ahead of them.
#pragma once

#include "kernels/cpu/simd/avx512.h"

namespace freshet::kernels::avx512 {

/// One row from each half of a task's rows. Prefetching goes kFar ahead into the second cache,
/// which has room for more requests on their way, and kNear ahead into the first. Measured on two
/// cores of a Xeon with 4 KiB pages that read 24 GB/s: 8192/1024 19.5 GB/s, 4096/1024 22.0,
/// 3072/512 24.0, 2048/1024 23.8, 1024/512 21.5.
struct TwoRows {
  static constexpr int64_t kFar = 3072, kNear = 512;
  const char* row[2];
  const char* end[2];  // of the halves
  int64_t half;        // bytes: a half's end to its like in the task that lies behind this one

  template <int kBytes>
  FRESHET_INLINE void prefetch(const void* first, const void* second) const {
    const void* const at[2] = {first, second};
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      const char* near = static_cast<const char*>(at[i]) + kNear;
      const char* far = static_cast<const char*>(at[i]) + kFar;
      if (far >= end[i]) far += half;
#pragma GCC unroll 64
      for (int line = 0; line < kBytes; line += 64) {
        _mm_prefetch(far + line, _MM_HINT_T1);
        _mm_prefetch(near + line, _MM_HINT_T0);
      }
    }
  }
};

}  // namespace freshet::kernels::avx512
