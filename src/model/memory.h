// What a sequence remembers: pages of keys and values, and the state of its convolutions.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "backend/step.h"
#include "base/buffer.h"
#include "kernels/cpu/layouts.h"
#include "model/config.h"

namespace freshet {

/// Sizes of everything a sequence remembers, from the model's shape and the cache types.
struct MemoryShape {
  MemoryShape(const Config& config, kernels::CacheType key, kernels::CacheType value);

  int n_conv_layers = 0;
  int taps = 0;
  int64_t hidden = 0;
  std::vector<int64_t> page_offsets;  // [n_layers], of attention layers within a page
  int64_t page_bytes = 0;             // keys and values of kPageSize positions

  /// Floats of the convolution state at one position: [conv layers, taps - 1, hidden].
  [[nodiscard]] int64_t state_size() const { return n_conv_layers * (taps - 1) * hidden; }
  /// Bytes that n positions occupy, page states included, the ring not.
  [[nodiscard]] uint64_t bytes_for(int64_t n) const;
  [[nodiscard]] uint64_t ring_bytes() const;
};

/// Copying is forking: pages are shared, and the one that is about to be written is copied first.
///
/// The state of the convolutions cannot be taken back by forgetting rows, so it is kept at three
/// distances: a ring of the last kConvRing gated inputs (short steps back move an index), the state
/// at the end of every full page, and states that checkpoint() keeps on request.
class Memory {
 public:
  explicit Memory(const MemoryShape& shape);
  Memory(const Memory&);
  Memory(Memory&&) noexcept = default;
  Memory& operator=(const Memory&) = delete;
  Memory& operator=(Memory&&) noexcept = default;
  ~Memory() = default;

  /// Positions remembered.
  [[nodiscard]] int64_t length() const noexcept { return length_; }

  /// Forgets positions from `length` on, and as many before it as it takes to know the convolution
  /// state: at most kPageSize - 1. Returns the new length.
  int64_t rewind(int64_t length);
  /// Keeps the convolution state at the end; of several, the latest kMaxCheckpoints.
  void checkpoint();
  static constexpr size_t kMaxCheckpoints = 64;

  /// Bytes that prepare(n) would allocate.
  [[nodiscard]] uint64_t bytes_to_prepare(int n) const;
  /// Makes room for n more positions and describes them to a device. Until commit(n) the sequence
  /// has not grown; abandon() after a step that did not finish. The addresses hold until the next
  /// call.
  [[nodiscard]] StepSequence prepare(int first_row, int n);
  void commit(int n);
  void abandon();

 private:
  struct Page {
    explicit Page(const MemoryShape& shape) : cells(static_cast<size_t>(shape.page_bytes)) {}
    Buffer cells;
    Buffer end_state;  // once the page is full
  };
  struct Checkpoint {
    int64_t length;
    std::shared_ptr<const std::vector<float>> state;
  };

  [[nodiscard]] int64_t history_start(int64_t length) const;
  [[nodiscard]] bool ring_reaches(int64_t length) const;
  void restore(int64_t length, const float* state);
  [[nodiscard]] float* ring_slot(int layer, int64_t position);

  const MemoryShape* shape_;
  int64_t length_ = 0;
  std::vector<std::shared_ptr<Page>> pages_;
  Buffer ring_;                         // [conv layers, kConvRing, hidden]
  int64_t ring_start_ = 0;              // the oldest position whose gated input the ring holds
  std::deque<Checkpoint> checkpoints_;  // lengths ascend
  std::vector<void*> page_cells_;       // as prepare() last described them
  std::vector<float*> page_states_;
};

}  // namespace freshet
