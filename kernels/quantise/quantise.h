// Rows of floats to any weight format, by a search for a small error weighted by importance.
#pragma once

#include <cstdint>

#include "kernels/formats/format.h"
#include "kernels/formats/formats.h"

namespace freshet::kernels {

/// in[0..n), finite, to the row `out` (any alignment); n is a multiple of the format's block size.
/// `importance`, if not null, is float[n], none negative: what a squared error in each column
/// counts for, usually the mean square of what the column is multiplied with. Each block's result
/// depends on its own weights alone, and is the same on every machine.
void quantise_row(Format format, const float* in, const float* importance, void* out,
                  int64_t n) noexcept;

/// A CPU target's encoders, in the order of Formats.
struct Quantisers {
  void (*of[Formats::kSize])(const float* in, const float* importance, void* out,
                             int64_t n) noexcept;
};

extern const Quantisers kBaselineQuantisers;
extern const Quantisers kAvx2Quantisers;

/// The best that this machine runs.
const Quantisers& choose_quantisers() noexcept;

}  // namespace freshet::kernels
