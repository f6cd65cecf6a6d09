// THE list of weight formats. Everything that must know all of them folds over it.
#pragma once

#include "kernels/formats/f32.h"
#include "kernels/formats/q4_k.h"
#include "kernels/formats/q6_k.h"
#include "kernels/formats/q8_0.h"

namespace freshet::kernels {

template <class... F>
struct FormatList {
  static constexpr int kSize = sizeof...(F);
};

using Formats = FormatList<F32Format, Q8_0, Q4_K, Q6_K>;

}  // namespace freshet::kernels
