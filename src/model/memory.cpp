#include "model/memory.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace freshet {

using kernels::kPageSize;

namespace {

int64_t pages_for(int64_t n) { return (n + kPageSize - 1) / kPageSize; }

}  // namespace

MemoryShape::MemoryShape(const Config& config, kernels::CacheType key, kernels::CacheType value)
    : taps(config.conv_taps), hidden(config.hidden) {
  const int64_t head_bytes = kernels::cache_layout(key, value, config.head_dim).bytes;
  for (int i = 0; i < config.n_layers; ++i) {
    page_offsets.push_back(page_bytes);
    page_bytes += config.n_kv_heads[static_cast<size_t>(i)] * head_bytes;
    if (!config.is_attention(i)) ++n_conv_layers;
  }
}

uint64_t MemoryShape::bytes_for(int64_t n) const {
  const auto n_pages = static_cast<uint64_t>(pages_for(n));
  return n_pages *
         (static_cast<uint64_t>(page_bytes) + static_cast<uint64_t>(state_size()) * sizeof(float));
}

uint64_t MemoryShape::ring_bytes() const {
  return static_cast<uint64_t>(n_conv_layers) * kConvRing * hidden * sizeof(float);
}

Memory::Memory(const MemoryShape& shape) : shape_(&shape), ring_(shape.ring_bytes()) {}

Memory::Memory(const Memory& other)
    : shape_(other.shape_),
      length_(other.length_),
      pages_(other.pages_),
      ring_(other.ring_.bytes()),
      ring_start_(other.ring_start_),
      checkpoints_(other.checkpoints_) {
  std::memcpy(ring_.data(), other.ring_.data(), ring_.bytes());
}

/// The first position whose gated input the state at `length` is made of.
int64_t Memory::history_start(int64_t length) const {
  return std::max<int64_t>(0, length - (shape_->taps - 1));
}

bool Memory::ring_reaches(int64_t length) const { return history_start(length) >= ring_start_; }

float* Memory::ring_slot(int layer, int64_t position) {
  return ring_.as<float>().data() +
         (static_cast<int64_t>(layer) * kConvRing + position % kConvRing) * shape_->hidden;
}

void Memory::restore(int64_t length, const float* state) {
  const int n = shape_->taps - 1;
  for (int layer = 0; layer < shape_->n_conv_layers; ++layer) {
    for (int j = 0; j < n; ++j, state += shape_->hidden) {
      const int64_t position = length - n + j;
      if (position < 0) continue;
      std::memcpy(ring_slot(layer, position), state,
                  static_cast<size_t>(shape_->hidden) * sizeof(float));
    }
  }
  length_ = length;
  ring_start_ = history_start(length);
}

int64_t Memory::rewind(int64_t length) {
  FRESHET_CHECK(length >= 0 && length <= length_);
  while (!checkpoints_.empty() && checkpoints_.back().length > length) checkpoints_.pop_back();
  if (ring_reaches(length)) {
    length_ = length;
  } else {
    const int64_t page_end = length / kPageSize * kPageSize;
    const bool kept = !checkpoints_.empty() && checkpoints_.back().length > page_end;
    if (kept) {
      const Checkpoint checkpoint = checkpoints_.back();
      restore(checkpoint.length, checkpoint.state->data());
    } else if (page_end > 0) {
      restore(page_end,
              pages_[static_cast<size_t>(page_end / kPageSize - 1)]->end_state.as<float>().data());
    } else {
      length_ = 0;
      ring_start_ = 0;
    }
  }
  pages_.resize(static_cast<size_t>(pages_for(length_)));
  return length_;
}

void Memory::checkpoint() {
  if (!checkpoints_.empty() && checkpoints_.back().length == length_) return;
  auto state = std::make_shared<std::vector<float>>(static_cast<size_t>(shape_->state_size()));
  float* out = state->data();
  for (int layer = 0; layer < shape_->n_conv_layers; ++layer) {
    for (int64_t p = length_ - (shape_->taps - 1); p < length_; ++p, out += shape_->hidden) {
      if (p < 0) continue;
      std::memcpy(out, ring_slot(layer, p), static_cast<size_t>(shape_->hidden) * sizeof(float));
    }
  }
  checkpoints_.push_back({length_, std::move(state)});
  if (checkpoints_.size() > kMaxCheckpoints) checkpoints_.pop_front();
}

uint64_t Memory::bytes_to_prepare(int n) const {
  const int64_t held = static_cast<int64_t>(pages_.size()) * kPageSize;
  uint64_t bytes = shape_->bytes_for(std::max<int64_t>(0, length_ + n - held));
  if (length_ % kPageSize != 0 && pages_.back().use_count() > 1) {
    bytes += static_cast<uint64_t>(shape_->page_bytes);
  }
  return bytes;
}

StepSequence Memory::prepare(int first_row, int n) {
  if (length_ % kPageSize != 0 && pages_.back().use_count() > 1) {  // copied on write
    auto mine = std::make_shared<Page>(*shape_);
    std::memcpy(mine->cells.data(), pages_.back()->cells.data(), mine->cells.bytes());
    pages_.back() = std::move(mine);
  }
  while (static_cast<int64_t>(pages_.size()) < pages_for(length_ + n)) {
    pages_.push_back(std::make_shared<Page>(*shape_));
  }
  page_cells_.clear();
  page_states_.clear();
  const int64_t full_pages = (length_ + n) / kPageSize;
  for (int64_t i = 0; i < static_cast<int64_t>(pages_.size()); ++i) {
    Page& page = *pages_[static_cast<size_t>(i)];
    const bool ends_here = i >= length_ / kPageSize && i < full_pages;
    if (ends_here && page.end_state.bytes() == 0) {
      page.end_state = Buffer(static_cast<size_t>(shape_->state_size()) * sizeof(float));
    }
    page_cells_.push_back(page.cells.data());
    page_states_.push_back(ends_here ? page.end_state.as<float>().data() : nullptr);
  }
  return {.first_row = first_row,
          .n_rows = n,
          .first_position = length_,
          .pages = page_cells_.data(),
          .page_states = page_states_.data(),
          .conv_ring = ring_.as<float>().data()};
}

void Memory::commit(int n) {
  length_ += n;
  ring_start_ = std::max(ring_start_, length_ - kConvRing);
}

void Memory::abandon() {
  ring_start_ = length_;  // the ring may be half overwritten: nothing before the end counts
  rewind(length_);
}

}  // namespace freshet
