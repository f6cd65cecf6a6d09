// The weight rows of a product, or of several side by side, as one list that a team shares out. A
// sum is never split, so neither the pieces nor the number of threads can show in a result.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "base/thread_team.h"
#include "kernels/inline.h"

namespace freshet {

/// How many rows a thread takes at once: whole grains, and `most` of them while there are many. A
/// grain is what a kernel reads as one group (kernels::rows_of_group).
struct RowPieces {
  int64_t grain, most;

  /// Rows of a piece at most.
  [[nodiscard]] int64_t rows() const { return grain * most; }
};

/// Pieces of weights that take `bytes_per_row` bytes each, for so many rows of activations.
///
/// A piece begins with an empty pipe of reads unless it goes on where the last ended: with a few
/// rows of activations they are as large as can be (1.5 MiB), and get smaller towards the end, so
/// that the threads end together. With more, their products hide the reads, and their outputs
/// should stay in a cache: 192 KiB of weights, and for hundreds 64 rows.
RowPieces pieces_of(size_t bytes_per_row, int n_columns);

/// Asks for the translations of all addresses in [at, at + bytes).
///
/// A product that comes to a page whose address it has not yet translated waits, since a processor
/// looks only some hundred instructions ahead: 70 ns a page in a virtual machine, a third of the
/// time that reading the page takes. Asked for together, translations go on side by side. (What the
/// kernels ask for two pages ahead does not replace that: 77 against 81 % of 55 GB/s, 8B Q4_K_M.)
/// That is so on Zen 4; Zen 3 loses by it (kernels::ReadAhead).
FRESHET_INLINE void prefetch_pages(const std::byte* at, size_t bytes) {
  constexpr size_t kPage = 4096;
  for (size_t i = 0; i < bytes; i += kPage) __builtin_prefetch(at + i, 0, 2);
}

/// Parts of any kind, each with its rows.
template <class Part>
class RowList {
 public:
  explicit RowList(RowPieces pieces) : pieces_(pieces) { parts_.reserve(kFewParts); }

  void add(Part part, int64_t n_rows) {
    parts_.push_back({part, n_rows, n_grains_});
    n_grains_ += (n_rows + pieces_.grain - 1) / pieces_.grain;
  }

  /// Calls body(part, begin, end) for the rows that share() will give this worker first, for it to
  /// ask for them while there is nothing else to do.
  template <class F>
  void foresee(const Worker& worker, F&& body) const {
    const int64_t first = n_grains_ * worker.index() / worker.size();
    const int64_t n = n_grains_ * (worker.index() + 1) / worker.size() - first;
    each_part(first, first + std::min(n / 2, pieces_.most), body);
  }

  /// Calls body(part, begin, end) for rows [begin, end) of parts, pieces_.rows() at most, until the
  /// team has done all.
  template <class F>
  void share(Worker& worker, F&& body) const {
    worker.for_each_piece(static_cast<size_t>(n_grains_), 1, static_cast<size_t>(pieces_.most),
                          [&](size_t first, size_t last) {
                            each_part(static_cast<int64_t>(first), static_cast<int64_t>(last),
                                      body);
                          });
  }

 private:
  struct Entry {
    Part part;
    int64_t n_rows, first_grain;
  };

  template <class F>
  void each_part(int64_t first, int64_t last, F&& body) const {
    auto entry = std::ranges::upper_bound(parts_, first, {}, &Entry::first_grain) - 1;
    for (; entry != parts_.end() && entry->first_grain < last; ++entry) {
      const int64_t begin = std::max<int64_t>(first - entry->first_grain, 0) * pieces_.grain;
      const int64_t end = std::min((last - entry->first_grain) * pieces_.grain, entry->n_rows);
      body(entry->part, begin, end);
    }
  }

  // The parts of one token lie in the list itself: nothing to allocate, and nothing far away for
  // the other threads to fetch.
  static constexpr size_t kFewParts = 8;
  RowPieces pieces_;
  int64_t n_grains_ = 0;
  std::array<std::byte, kFewParts * sizeof(Entry) + alignof(Entry)> room_;
  std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
  std::pmr::vector<Entry> parts_{&memory_};
};

}  // namespace freshet
