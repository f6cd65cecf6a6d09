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

/// The rows of a product, kRows at a time, each from a stream of its own: a set of kRows streams,
/// or several sets by turns, lie one behind the other in a group of rows.
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
///
/// A Xeon (Emerald Rapids) reads each stream so far ahead and no farther, and more of them faster:
/// two cores, AVX-512, Q4_K in pieces of 768 KiB, GB/s: two streams as on Zen 4 23.3, two long ones
/// 24.5, four 26.7, eight 30.3, where plain reading of four gives 25.6; eight in groups of 48 KiB
/// 23.7, asked for 16 KiB ahead into the second cache 27.6. Pieces of 192 KiB want four: 26.0, of
/// eight 24.2.
template <int kRows, bool kMayReadFar>
class RowStreams {
 public:
  static constexpr int kMostSets = 8 / kRows;

  FRESHET_INLINE explicit RowStreams(const MatrixProduct& p)
      : p_(p),
        sets_(sets_of(p)),
        group_(p.read_ahead.in_groups ? rows_of_group(p.row_bytes) : p.rows),
        rows_ahead_(
            static_cast<int>((p.read_ahead.far / n_streams() + p.row_bytes - 1) / p.row_bytes)) {}

  /// Asks for the beginnings of all streams, while there is something else to do first.
  FRESHET_INLINE void ask_for_beginnings() const {
    if (reads_far()) return;  // the products before have done so
    const int rows = group_ < p_.rows ? group_ : p_.rows;
    for (int i = 0; i < p_.read_ahead.near; i += 64) {
      for (int s = 0; s < n_streams(); ++s) {
        _mm_prefetch(p_.weight_row(begin_of(s, rows)) + i, _MM_HINT_T0);
      }
    }
  }
  /// Goes on to the next rows, if there are any.
  FRESHET_INLINE bool next() {
    if (++i_ < n_) {
      for (int s = 0; s < n_streams(); ++s) at_[s] += p_.row_bytes;
    } else if (!next_group()) {
      return false;
    }
    if (!reads_far()) return true;
    const int target = i_ + rows_ahead_;
    for (int s = 0; s < n_streams(); ++s) {
      const char* ahead = target < n_           ? at(s) + rows_ahead_ * p_.row_bytes
                          : next_[s] != nullptr ? next_[s] + (target - n_) * p_.row_bytes
                                                : at(s);
      far_[s] = ahead - at(s);
    }
    return true;
  }
  /// How many sets of kRows streams go by turns: set i has streams kRows * i ...
  [[nodiscard]] FRESHET_INLINE int sets() const { return sets_; }
  /// Row of stream s.
  [[nodiscard]] FRESHET_INLINE int row(int s) const { return first_[s] + i_; }
  [[nodiscard]] FRESHET_INLINE const char* at(int s) const { return at_[s]; }

  /// Asks for the lines that begin in bytes [kBegin, kEnd) of what is read now of stream s, or
  /// rather for those that lie ahead: far ahead into the second cache, which has room for more
  /// requests on their way, and near into the first. Best called between products: many requests
  /// at once wait for each other.
  template <int kBegin, int kEnd>
  FRESHET_INLINE void ask(int s, const void* now) const {
    constexpr int kLine = 64, kFirst = (kBegin + kLine - 1) / kLine * kLine;
    const auto* near = static_cast<const char*>(now) + p_.read_ahead.near;
    if (reads_far()) {
      const auto* far = static_cast<const char*>(now) + far_[s];
#pragma GCC unroll 32
      for (int i = kFirst; i < kEnd; i += kLine) _mm_prefetch(far + i, _MM_HINT_T1);
    }
#pragma GCC unroll 32
    for (int i = kFirst; i < kEnd; i += kLine) _mm_prefetch(near + i, _MM_HINT_T0);
  }

 private:
  static FRESHET_INLINE int sets_of(const MatrixProduct& p) {
    constexpr int64_t kShortest = int64_t{32} << 10;  // of a stream
    const int64_t fit = p.rows * p.row_bytes / (kRows * kShortest);
    const int sets =
        p.read_ahead.streams / kRows < kMostSets ? p.read_ahead.streams / kRows : kMostSets;
    return fit < 1 || sets < 1 ? 1 : fit < sets ? static_cast<int>(fit) : sets;
  }
  [[nodiscard]] FRESHET_INLINE int n_streams() const { return sets_ * kRows; }
  [[nodiscard]] FRESHET_INLINE bool reads_far() const {
    return kMayReadFar && p_.read_ahead.far != 0;
  }
  FRESHET_INLINE bool next_group() {
    const int begin = end_;
    if (begin >= p_.rows) return false;
    const int rows = group_ < p_.rows - begin ? group_ : p_.rows - begin;
    end_ = begin + rows;
    i_ = 0;
    n_ = streams(rows);
    for (int s = 0; s < n_streams(); ++s) {
      first_[s] = begin + begin_of(s, rows);
      at_[s] = p_.weight_row(first_[s]);
    }
    if (!reads_far()) return true;
    const bool last = end_ == p_.rows;
    const char* behind = last ? static_cast<const char*>(p_.next) : p_.weight_row(end_);
    const int next_rows = last || p_.rows - end_ > group_ ? group_ : p_.rows - end_;
    for (int s = 0; s < n_streams(); ++s) {
      next_[s] = behind == nullptr
                     ? nullptr
                     : behind + begin_of((s + 1) % n_streams(), next_rows) * p_.row_bytes;
    }
    return true;
  }
  /// Rows of each stream; they overlap where rows are not a multiple of the streams.
  [[nodiscard]] FRESHET_INLINE int streams(int rows) const {
    return (rows + n_streams() - 1) / n_streams();
  }
  [[nodiscard]] FRESHET_INLINE int begin_of(int s, int rows) const {
    const int n = streams(rows);
    return s * n < rows - n ? s * n : rows - n;
  }

  const MatrixProduct& p_;
  int sets_, group_, rows_ahead_;
  int end_ = 0, i_ = 0, n_ = 0;
  int first_[kRows * kMostSets];
  const char* at_[kRows * kMostSets];
  const char* next_[kRows * kMostSets];
  int64_t far_[kRows * kMostSets];
};

}  // namespace freshet::kernels
