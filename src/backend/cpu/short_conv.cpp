// Gated short convolution: three multiply-adds per channel and the state they need.
#include <algorithm>
#include <cstring>

#include "backend/cpu/cpu_backend.h"
#include "base/check.h"

namespace freshet {

using kernels::kPageSize;

namespace {

constexpr int kMaxTaps = 8;
/// Channels of one task: enough to outweigh taking it, few enough to share out.
constexpr int64_t kConvChunk = 512;

/// Gated inputs of one layer of one sequence, channels [begin, end).
class ConvHistory {
 public:
  ConvHistory(const StepSequence& sequence, const ConvLayer& layer, int64_t hidden)
      : sequence_(sequence),
        layer_(layer),
        hidden_(hidden),
        ring_(sequence.conv_ring + layer.index * kConvRing * hidden) {}

  /// history[j]: the gated input of position - (taps - 1) + j; zeros before the sequence began.
  void at(int64_t position, int64_t channel, float* zeros, float** history) const {
    for (int j = 0; j < layer_.taps; ++j) {
      const int64_t p = position - (layer_.taps - 1) + j;
      history[j] = p < 0 ? zeros : ring_ + p % kConvRing * hidden_ + channel;
    }
  }
  /// Keeps what the end of a page will need.
  void keep(int64_t position, int64_t begin, int64_t end) const {
    const int64_t page = position / kPageSize;
    const int64_t tap = position % kPageSize - (kPageSize - (layer_.taps - 1));
    if (tap < 0 || sequence_.page_states[page] == nullptr) return;
    float* state = sequence_.page_states[page] + (layer_.index * (layer_.taps - 1) + tap) * hidden_;
    std::memcpy(state + begin, ring_ + position % kConvRing * hidden_ + begin,
                static_cast<size_t>(end - begin) * sizeof(float));
  }

 private:
  const StepSequence& sequence_;
  const ConvLayer& layer_;
  int64_t hidden_;
  float* ring_;
};

}  // namespace

void CpuBackend::short_conv(Rows bcx, const ConvLayer& layer, const Step& step, Rows out) {
  FRESHET_CHECK(layer.taps >= 2 && layer.taps <= kMaxTaps);
  const int64_t hidden = out.width;
  const auto chunks = static_cast<size_t>((hidden + kConvChunk - 1) / kConvChunk);
  team_.run([&](Worker& worker) {
    worker.for_each_chunk(step.sequences.size() * chunks, 1, [&](size_t task, size_t) {
      const StepSequence& sequence = step.sequences[task / chunks];
      const int64_t begin = static_cast<int64_t>(task % chunks) * kConvChunk;
      const int64_t end = std::min(begin + kConvChunk, hidden);
      const ConvHistory history(sequence, layer, hidden);
      alignas(64) float zeros[kConvChunk] = {};
      float taps_weight[kMaxTaps * kConvChunk];
      for (int j = 0; j < layer.taps; ++j) {
        std::memcpy(taps_weight + j * (end - begin), layer.taps_weight + j * hidden + begin,
                    static_cast<size_t>(end - begin) * sizeof(float));
      }
      for (int i = 0; i < sequence.n_rows; ++i) {
        const int64_t position = sequence.first_position + i;
        const float* b = bcx.row(sequence.first_row + i) + begin;
        float* past[kMaxTaps];
        history.at(position, begin, zeros, past);
        kernels_.short_conv(b, b + hidden, b + 2 * hidden, taps_weight, layer.taps, past,
                            out.row(sequence.first_row + i) + begin, end - begin);
        history.keep(position, begin, end);
      }
    });
  });
}

}  // namespace freshet
