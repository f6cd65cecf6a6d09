// One pass through the model: which rows, of which sequences, and where those remember.
#pragma once

#include <freshet/types.h>

#include <atomic>
#include <cstdint>
#include <span>

namespace freshet {

/// Gated convolution inputs that a sequence keeps, so that a short step back is an index move.
inline constexpr int kConvRing = 16;

/// A sequence's rows in a step, and its memory as raw addresses on the device.
struct StepSequence {
  int first_row;  ///< of the step; its rows are consecutive
  int n_rows;
  int64_t first_position;  ///< of its first row
  /// Page i holds positions 64 i .. 64 i + 63 of every attention layer; this sequence alone may
  /// write from first_position on.
  void* const* pages;
  /// Page i's convolution state after its last position, [conv layers, taps - 1, hidden]; null
  /// where this step does not reach the end of page i.
  float* const* page_states;
  float* conv_ring;  ///< [conv layers, kConvRing, hidden], position p in slot p mod kConvRing
};

/// Rows grouped by sequence, positions ascending. Prefill and decode are the same thing.
struct Step {
  std::span<const TokenId> tokens;  ///< [rows]
  std::span<const StepSequence> sequences;
  const float*
      rotations;  ///< [rows, head_dim]: cos[head_dim / 2], sin[head_dim / 2] of the row's position
  const std::atomic<bool>* cancel = nullptr;

  [[nodiscard]] int rows() const noexcept { return static_cast<int>(tokens.size()); }
};

}  // namespace freshet
