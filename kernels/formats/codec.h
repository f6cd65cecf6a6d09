// Rows of any weight format to floats and back: the reference, exact and the same on every machine.
// Products read weights through kernels/cpu; this is for embedding rows, tests and quantising.
#pragma once

#include <cstdint>

#include "kernels/formats/format.h"

namespace freshet::kernels {

/// n weights of the row `in` (any alignment) to out[0..n); n is a multiple of the format's block
/// size.
void decode_row(Format format, const void* in, float* out, int64_t n) noexcept;

/// in[0..n), finite, to the row `out` (any alignment); n is a multiple of the format's block size.
/// F32, F16, BF16, the blocks of 32 with an offset or a minimum and MXFP4 round as the `gguf`
/// package does, bit for bit; Q2_K to Q6_K, IQ4_NL and IQ4_XS search for a small squared error.
void encode_row(Format format, const float* in, void* out, int64_t n) noexcept;

}  // namespace freshet::kernels
