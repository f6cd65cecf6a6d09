// THE list of weight formats. Everything that must know all of them folds over it.
#pragma once

#include "kernels/formats/bf16.h"
#include "kernels/formats/f16.h"
#include "kernels/formats/f32.h"
#include "kernels/formats/iq4_nl.h"
#include "kernels/formats/iq4_xs.h"
#include "kernels/formats/mxfp4.h"
#include "kernels/formats/q2_k.h"
#include "kernels/formats/q3_k.h"
#include "kernels/formats/q4_0.h"
#include "kernels/formats/q4_1.h"
#include "kernels/formats/q4_k.h"
#include "kernels/formats/q5_0.h"
#include "kernels/formats/q5_1.h"
#include "kernels/formats/q5_k.h"
#include "kernels/formats/q6_k.h"
#include "kernels/formats/q8_0.h"

namespace freshet::kernels {

template <class... F>
struct FormatList {
  static constexpr int kSize = sizeof...(F);
};

// In the order of their GGUF ids.
using Formats = FormatList<F32Format, F16Format, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K,
                           Q5_K, Q6_K, IQ4_NL, IQ4_XS, BF16Format, MXFP4>;

}  // namespace freshet::kernels
