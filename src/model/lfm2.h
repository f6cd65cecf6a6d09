// The LFM2 family's forward pass: gated short convolutions, grouped-query attention, and
// feed-forward networks that are dense or routed.
#pragma once

#include "backend/backend.h"
#include "model/config.h"
#include "model/weights.h"

namespace freshet {

class Lfm2 {
 public:
  Lfm2(const Config& config, const Weights& weights, Backend& backend);

  /// Reads the step's rows into their sequences' memories; the result stays on the device until the
  /// next forward(). Throws Error{kCancelled} between layers if step.cancel says so.
  void forward(const Step& step);

  /// logits[i] of row wanted[i] of the last forward(): float [wanted, vocab].
  void logits(std::span<const int32_t> wanted, float* logits);

  /// cos and sin of a position's rotation angles: float[head_dim], the cosines first.
  void rotation(int64_t position, float* cos_sin) const;

  /// About what a step of n rows needs beside weights and memories.
  [[nodiscard]] uint64_t scratch_bytes(int n_rows) const;

 private:
  void mix(const ShortConvWeights& w, const Norm& norm, const Step& step);
  void mix(const AttentionWeights& w, const Norm& norm, const Step& step);
  void feed_forward(const DenseWeights& w, const Norm& norm);
  void feed_forward(const ExpertWeights& w, const Norm& norm);

  const Config& config_;
  const Weights& weights_;
  Backend& backend_;
  std::vector<float> inverse_frequencies_;  // [head_dim / 2]
  Rows h_;                                  // [rows, hidden], the residual stream
};

}  // namespace freshet
