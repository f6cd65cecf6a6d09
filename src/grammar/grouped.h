#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace freshet {

/// Items by their keys, in their order: a counting sort of their indices. Keeps its memory.
class Grouped {
 public:
  /// key_of(i) < n_keys for every i < n_items.
  template <class KeyOf>
  void assign(size_t n_items, size_t n_keys, KeyOf key_of) {
    begin_.assign(n_keys + 1, 0);
    for (uint32_t i = 0; i < n_items; ++i) ++begin_[key_of(i) + 1];
    for (size_t key = 1; key <= n_keys; ++key) begin_[key] += begin_[key - 1];
    next_ = begin_;
    items_.resize(n_items);
    for (uint32_t i = 0; i < n_items; ++i) items_[next_[key_of(i)]++] = i;
  }

  [[nodiscard]] std::span<const uint32_t> of(uint32_t key) const {
    return std::span(items_).subspan(begin_[key], begin_[key + 1] - begin_[key]);
  }

 private:
  std::vector<uint32_t> begin_;
  std::vector<uint32_t> items_;
  std::vector<uint32_t> next_;
};

}  // namespace freshet
