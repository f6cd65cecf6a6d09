#include "model/lfm2.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace freshet {

void Lfm2::forward(const Step& step) {
  h_ = backend_.begin(step.rows(), config_.hidden);  // [rows, hidden]
  backend_.embed(weights_.embedding, step.tokens, h_);
  for (const LayerWeights& layer : weights_.layers) {
    if (step.cancel != nullptr && step.cancel->load(std::memory_order_relaxed)) {
      fail(ErrorKind::kCancelled, "cancelled");
    }
    std::visit([&](const auto& mixer) { mix(mixer, layer.mixer_norm, step); }, layer.mixer);
    std::visit([&](const auto& ffn) { feed_forward(ffn, layer.ffn_norm); }, layer.ffn);
  }
}

void Lfm2::mix(const ShortConvWeights& w, const Norm& norm, const Step& step) {
  backend_.release();
  const Rows bcx = backend_.rows(h_.n, w.in_proj.dims[1]);  // [rows, 3 hidden]
  const Rows y = backend_.rows(h_.n, config_.hidden);       // [rows, hidden]
  backend_.project(h_, norm, {{{&w.in_proj, bcx}}});
  backend_.short_conv(bcx, w.layer, step, y);
  backend_.project_add(y, w.out_proj, h_);
}

void Lfm2::mix(const AttentionWeights& w, const Norm& norm, const Step& step) {
  backend_.release();
  const Rows q = backend_.rows(h_.n, w.q.dims[1]);  // [rows, n_heads * head_dim]
  const Rows k = backend_.rows(h_.n, w.k.dims[1]);  // [rows, n_kv_heads * head_dim]
  const Rows v = backend_.rows(h_.n, w.v.dims[1]);
  const Rows y = backend_.rows(h_.n, w.q.dims[1]);
  backend_.project(h_, norm, {{{&w.q, q}, {&w.k, k}, {&w.v, v}}});
  backend_.attend(q, k, v, w.layer, step, y);
  backend_.project_add(y, w.out, h_);
}

void Lfm2::feed_forward(const DenseWeights& w, const Norm& norm) {
  backend_.release();
  const Rows a = backend_.rows(h_.n, w.gate.dims[1]);  // [rows, ffn]
  backend_.gate_up(h_, norm, w.gate, w.up, a);
  backend_.project_add(a, w.down, h_);
}

void Lfm2::feed_forward(const ExpertWeights& w, const Norm& norm) {
  backend_.release();
  Routing routing = backend_.routing(h_.n, w.router.n_experts, w.router.n_used);
  const Rows x = backend_.rows(h_.n, config_.hidden);                    // [rows, hidden]
  const Rows a = backend_.rows(h_.n * w.router.n_used, w.gate.dims[1]);  // [slots, ffn]
  backend_.route(h_, norm, w.router, x, routing);
  backend_.expert_gate_up(x, routing, w.gate, w.up, a);
  backend_.expert_down_add(a, routing, w.down, h_);
}

void Lfm2::logits(std::span<const int32_t> wanted, float* logits) {
  backend_.release();
  backend_.head(h_, wanted, weights_.final_norm, weights_.head, logits);
}

Lfm2::Lfm2(const Config& config, const Weights& weights, Backend& backend)
    : config_(config), weights_(weights), backend_(backend) {
  for (int d = 0; d < config.head_dim / 2; ++d) {
    const double exponent = 2.0 * d / config.head_dim;
    inverse_frequencies_.push_back(
        1.0f / static_cast<float>(std::pow(static_cast<double>(config.rope_base), exponent)));
  }
}

void Lfm2::rotation(int64_t position, float* cos_sin) const {
  const size_t half = inverse_frequencies_.size();
  for (size_t d = 0; d < half; ++d) {
    // The angle is rounded to float, as in the reference; its cosine then is not rounded twice.
    const double angle = static_cast<float>(position) * inverse_frequencies_[d];
    cos_sin[d] = static_cast<float>(std::cos(angle));
    cos_sin[half + d] = static_cast<float>(std::sin(angle));
  }
}

uint64_t Lfm2::scratch_bytes(int n_rows) const {
  int64_t widest = 4 * config_.hidden;  // floats per row, of the widest half-layer
  for (const LayerWeights& layer : weights_.layers) {
    if (const auto* dense = std::get_if<DenseWeights>(&layer.ffn)) {
      widest = std::max(widest, dense->gate.dims[1]);
    } else {
      const auto& experts = std::get<ExpertWeights>(layer.ffn);
      widest = std::max(widest, experts.router.n_used * (experts.gate.dims[1] + config_.hidden));
    }
  }
  // A quarter more for the same activations rounded to bytes.
  return static_cast<uint64_t>(n_rows) * (config_.hidden + widest) * sizeof(float) * 5 / 4;
}

}  // namespace freshet
