#include "kernels/quantise/encoders.h"

namespace freshet::kernels {

constinit const Quantisers kAvx2Quantisers = make_quantisers<Avx2>(Formats{});

}  // namespace freshet::kernels
