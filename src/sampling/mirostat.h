// Mirostat 2: truncation that steers the text's surprise towards a target.
#pragma once

#include <freshet/types.h>

#include "sampling/candidates.h"

namespace freshet {

/// Keeps the candidates whose surprise -log2 p is at most mu, and at least the best; mu starts at
/// 2 tau and after each token moves against the error: mu -= eta * (surprise - tau), the surprise
/// being that of the token among those kept. Basu et al., "Mirostat: a neural text decoding
/// algorithm that directly controls perplexity", arXiv:2007.14966, version 2.0 of their code.
class Mirostat {
 public:
  Mirostat(float tau, float eta)
      : tau_(static_cast<double>(tau)), eta_(static_cast<double>(eta)), mu_(2.0 * tau_) {}

  void truncate(Candidates& candidates) const;

  /// Learns from the token that was chosen with this probability among the kept.
  void observe(float probability);

  [[nodiscard]] double mu() const { return mu_; }

 private:
  double tau_;
  double eta_;
  double mu_;
};

}  // namespace freshet
