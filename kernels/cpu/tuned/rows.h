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

/// How rows ask for weights before they need them. Distances are in bytes.
struct ReadAhead {
  int near;        ///< of each stream, into the first cache
  int far;         ///< of all streams together, into the second cache; 0: not asked for
  bool in_groups;  ///< streams are parts of rows_of_group(), not of the whole product
};

/// What AVX-512 kernels do, measured on Zen 4, and AVX2 ones, measured on Zen 3: see RowStreams.
inline constexpr ReadAhead kFarAhead = {.near = 768, .far = 16384, .in_groups = true};
inline constexpr ReadAhead kNearAhead = {.near = 512, .far = 0, .in_groups = false};

/// The rows of a product, a few at a time, each from a stream of its own: a group of rows is N
/// streams, one behind the other.
///
/// That suits what reads ahead in a processor, which loses its way where rows are read by turns
/// that lie in one page. Groups may follow each other without a pause, since near its end each
/// stream asks for one of the next group: the last for the first, which it runs into, and the
/// others for their successors. What follows the last group is the product's `next`.
///
/// What suits best differs between processors, and has to be measured from memory:
///
/// One core of a Zen 4 from memory, of what plain reading gives (28 to 31 GB/s), tasks of 1.5 MiB
/// and of 48 KiB: Q4_K 0.93 and 0.62 before `next`; Q6_K 0.93 and 0.60. One request per line, 2 KiB
/// ahead, all before the first product: 0.92 and 0.65, 0.78 and 0.47. Neighbouring rows by turns,
/// so asked for: 0.93 and 0.92, but 3 % less where both cores share what memory gives; without
/// being asked for 0.50, since what reads ahead in the processor gives up.
///
/// Zen 3 reads ahead by itself, farther than it can be asked to: there streams had best be long,
/// and requests few and near. Two cores, of what plain reading gives, work of a third of its time
/// beside it: four streams of 12 KiB 0.78; asked for 512 bytes ahead 0.84, 2 KiB ahead 0.71;
/// streams of 96 KiB 0.90; of 384 KiB, asked for 512 bytes ahead, all of it. Pieces of 192 KiB of
/// the 24B, Q4_K, of what plain reading of such pieces gives: 0.84 with a request for each page
/// first, 0.87 without, 0.94 with the beginnings of streams asked for while activations are put in
/// order.
template <int N, ReadAhead kAhead>
class RowStreams {
 public:
  FRESHET_INLINE explicit RowStreams(const MatrixProduct& p)
      : p_(p),
        group_(kAhead.in_groups ? rows_of_group(p.row_bytes) : p.rows),
        rows_ahead_(static_cast<int>((kAhead.far / N + p.row_bytes - 1) / p.row_bytes)) {}

  /// Asks for the beginnings of all streams, while there is something else to do first.
  FRESHET_INLINE void ask_for_beginnings() const {
    const int rows = group_ < p_.rows ? group_ : p_.rows;
    for (int i = 0; i < kAhead.near; i += 64) {
      for (int s = 0; s < N; ++s) {
        _mm_prefetch(p_.weight_row(begin_of(s, rows)) + i, _MM_HINT_T0);
      }
    }
  }
  /// Goes on to the next rows, if there are any.
  FRESHET_INLINE bool next() {
    if (++i_ < n_) {
      for (int s = 0; s < N; ++s) at_[s] += p_.row_bytes;
    } else if (!next_group()) {
      return false;
    }
    if constexpr (kAhead.far == 0) return true;
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
  [[nodiscard]] FRESHET_INLINE const char* at(int s) const { return at_[s]; }

  /// Asks for the lines that begin in bytes [kBegin, kEnd) of what is read now of stream s, or
  /// rather for those that lie ahead: far ahead into the second cache, which has room for more
  /// requests on their way, and near into the first. Best called between products: many requests
  /// at once wait for each other.
  template <int kBegin, int kEnd>
  FRESHET_INLINE void ask(int s, const void* now) const {
    constexpr int kLine = 64;
    const auto* from = static_cast<const char*>(now);
#pragma GCC unroll 32
    for (int i = (kBegin + kLine - 1) / kLine * kLine; i < kEnd; i += kLine) {
      if constexpr (kAhead.far != 0) _mm_prefetch(from + far_[s] + i, _MM_HINT_T1);
      _mm_prefetch(from + kAhead.near + i, _MM_HINT_T0);
    }
  }

 private:
  FRESHET_INLINE bool next_group() {
    const int begin = end_;
    if (begin >= p_.rows) return false;
    const int rows = group_ < p_.rows - begin ? group_ : p_.rows - begin;
    end_ = begin + rows;
    i_ = 0;
    n_ = streams(rows);
    for (int s = 0; s < N; ++s) {
      first_[s] = begin + begin_of(s, rows);
      at_[s] = p_.weight_row(first_[s]);
    }
    if constexpr (kAhead.far == 0) return true;
    const bool last = end_ == p_.rows;
    const char* behind = last ? static_cast<const char*>(p_.next) : p_.weight_row(end_);
    const int next_rows = last || p_.rows - end_ > group_ ? group_ : p_.rows - end_;
    for (int s = 0; s < N; ++s) {
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
  const char* at_[N];
  const char* next_[N];
  int64_t far_[N];
};

}  // namespace freshet::kernels
