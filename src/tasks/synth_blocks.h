// Random weights, written directly in a weight format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tasks/random.h"
#include "tensor/dtype.h"

namespace freshet {

/// Fills `out`, whole blocks of the format, with weights of mean 0 and about this standard
/// deviation: random codes under scales that vary by 30 % either way.
void fill_random_blocks(DType dtype, float deviation, Random& random,
                        std::span<std::byte> out) noexcept;

/// n = out.size() / 4 floats, uniform in [0.8, 1.2): the weights of a norm.
void fill_norm_weights(Random& random, std::span<std::byte> out) noexcept;

}  // namespace freshet
