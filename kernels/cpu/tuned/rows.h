// What the row kernels of x86 targets share.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/cpu/product.h"
#include "kernels/inline.h"

namespace freshet::kernels {

/// Weights that a row may have where its activations are put in order on the stack; for longer
/// ones, which no model has, there is dot_bytes.h.
inline constexpr int64_t kLongestRow = 16384;

/// The rows of a product, a few at a time, each from a stream of its own: a group of rows
/// (rows_of_group) is N streams, one behind the other.
///
/// That suits what reads ahead in a processor, which loses its way where rows are read by turns
/// that lie in one page, and yet groups follow each other without a pause, since near its end each
/// stream asks for one of the next group: the last for the first, which it runs into, and the
/// others for their successors. What follows the last group is the product's `next`.
///
/// One core of a Zen 4 from memory, of what plain reading gives (28 to 31 GB/s), tasks of 1.5 MiB
/// and of 48 KiB: Q4_K 0.93 and 0.62 before `next`; Q6_K 0.93 and 0.60. One request per line, 2 KiB
/// ahead, all before the first product: 0.92 and 0.65, 0.78 and 0.47. Neighbouring rows by turns,
/// so asked for: 0.93 and 0.92, but 3 % less where both cores share what memory gives; without
/// being asked for 0.50, since what reads ahead in the processor gives up.
template <int N>
class RowStreams {
 public:
  FRESHET_INLINE explicit RowStreams(const MatrixProduct& p)
      : p_(p),
        group_(rows_of_group(p.row_bytes)),
        rows_ahead_(static_cast<int>((kFar / N + p.row_bytes - 1) / p.row_bytes)) {}

  /// Goes on to the next rows, if there are any.
  FRESHET_INLINE bool next() {
    if (++i_ >= n_ && !next_group()) return false;
    const int target = i_ + rows_ahead_;
    for (int s = 0; s < N; ++s) {
      const char* ahead = target < n_           ? at(s) + rows_ahead_ * p_.row_bytes
                          : next_[s] != nullptr ? next_[s] + (target - n_) * p_.row_bytes
                                                : at(s);
      far_[s] = ahead - at(s);
    }
    return true;
  }
  /// Row of stream s.
  [[nodiscard]] FRESHET_INLINE int row(int s) const { return first_[s] + i_; }
  [[nodiscard]] FRESHET_INLINE const char* at(int s) const { return p_.weight_row(row(s)); }

  /// Asks for the lines that begin in bytes [kBegin, kEnd) of what is read now of stream s, or
  /// rather for those that lie ahead: far ahead into the second cache, which has room for more
  /// requests on their way, and near into the first. Best called between products: many requests
  /// at once wait for each other.
  template <int kBegin, int kEnd>
  FRESHET_INLINE void ask(int s, const void* now) const {
    constexpr int kLine = 64, kNear = 768;
    const auto* from = static_cast<const char*>(now);
#pragma GCC unroll 32
    for (int i = (kBegin + kLine - 1) / kLine * kLine; i < kEnd; i += kLine) {
      _mm_prefetch(from + far_[s] + i, _MM_HINT_T1);
      _mm_prefetch(from + kNear + i, _MM_HINT_T0);
    }
  }

 private:
  static constexpr int64_t kFar = 16384;  // of all streams

  FRESHET_INLINE bool next_group() {
    const int begin = end_;
    if (begin >= p_.rows) return false;
    const int rows = group_ < p_.rows - begin ? group_ : p_.rows - begin;
    end_ = begin + rows;
    i_ = 0;
    n_ = streams(rows);
    const bool last = end_ == p_.rows;
    const char* behind = last ? static_cast<const char*>(p_.next) : p_.weight_row(end_);
    const int next_rows = last || p_.rows - end_ > group_ ? group_ : p_.rows - end_;
    for (int s = 0; s < N; ++s) {
      first_[s] = begin + begin_of(s, rows);
      next_[s] =
          behind == nullptr ? nullptr : behind + begin_of((s + 1) % N, next_rows) * p_.row_bytes;
    }
    return true;
  }
  /// Rows of each stream; they overlap where rows are not a multiple of N.
  static FRESHET_INLINE int streams(int rows) { return (rows + N - 1) / N; }
  static FRESHET_INLINE int begin_of(int s, int rows) {
    const int n = streams(rows);
    return s * n < rows - n ? s * n : rows - n;
  }

  const MatrixProduct& p_;
  int group_, rows_ahead_;
  int end_ = 0, i_ = 0, n_ = 0;
  int first_[N];
  const char* next_[N];
  int64_t far_[N];
};

}  // namespace freshet::kernels
