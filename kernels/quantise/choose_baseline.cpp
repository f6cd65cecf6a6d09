#include "kernels/quantise/quantise.h"

namespace freshet::kernels {

const Quantisers& choose_quantisers() noexcept { return kBaselineQuantisers; }

}  // namespace freshet::kernels
