// The most multiply-adds that a core can do: loops of one product and nothing else, the roof that
// prefill is measured against.
//
// Each loop is one piece of assembler, accumulators named registers, so that no compiler can spill
// them or find the work superfluous. There are enough accumulators to cover the latency of the
// product on every pipe. The tags' loops are in peak_scalar.h, peak_x86.h and peak_neon.h; a target
// includes its own.
#pragma once

#include <cstdint>

namespace freshet::kernels {

/// bytes(rounds), floats(rounds): the loops, rounds >= 1; kBytes, kFloats: multiply-adds per round.
template <class T>
struct Peak;

/// The product of bytes as T::dot does it. Returns the multiply-adds done.
template <class T>
uint64_t peak_bytes(uint64_t rounds) noexcept {
  Peak<T>::bytes(rounds);
  return rounds * Peak<T>::kBytes;
}

/// The fused multiply-add of floats.
template <class T>
uint64_t peak_floats(uint64_t rounds) noexcept {
  Peak<T>::floats(rounds);
  return rounds * Peak<T>::kFloats;
}

}  // namespace freshet::kernels
