// The stages that take candidates away. Each leaves at least one, and does nothing when neutral.
#pragma once

#include <cstdint>

#include "sampling/candidates.h"

namespace freshet {

/// The k most likely; 0 = off. Fan, Lewis and Dauphin, "Hierarchical neural story generation",
/// arXiv:1805.04833.
void keep_top_k(Candidates& candidates, int32_t k);

/// The most likely until their probabilities reach p; 1 = off. Holtzman et al., "The curious case
/// of neural text degeneration", arXiv:1904.09751.
void keep_top_p(Candidates& candidates, float p);

/// Those at least min_p times as likely as the best; 0 = off. Nguyen et al., "Turning up the heat:
/// min-p sampling for creative and coherent LLM outputs", arXiv:2407.01082.
void keep_min_p(Candidates& candidates, float min_p);

/// Those whose surprise is nearest to the entropy, until their probabilities reach p; 1 = off.
/// Meister et al., "Locally typical sampling", arXiv:2202.00666.
void keep_typical(Candidates& candidates, float p);

/// Those within n standard deviations (of all logits in play) of the best; 0 = off. Tang et al.,
/// "Top-n-sigma: not all logits are you need", arXiv:2411.07641.
void keep_top_n_sigma(Candidates& candidates, float n);

/// "Exclude top choices": of the candidates at least as likely as `threshold`, only the least
/// likely stays. The caller decides by chance whether this step is one where it acts. From p-e-w's
/// oobabooga/text-generation-webui pull request 6335.
void exclude_top_choices(Candidates& candidates, float threshold);

}  // namespace freshet
