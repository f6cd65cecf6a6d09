// Importance: for each column of each matrix, the mean square of what it was multiplied with. In a
// file it is a GGUF of llama.cpp's layout, so that both programs read each other's:
//   general.type "imatrix"; imatrix.datasets [str]; imatrix.chunk_count u32, imatrix.chunk_size u32
//   NAME.in_sum2  F32 [n_in, n_matrices]   sums of squares; a matrix per expert, else one
//   NAME.counts   F32 [1, n_matrices]      rows that were added up
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// Of one tensor: n_matrices() matrices that read columns() numbers each.
struct ColumnSums {
  std::vector<double> squares;   ///< [n_matrices, columns]
  std::vector<uint64_t> counts;  ///< [n_matrices]: rows seen
};

/// Sums while they are gathered, by the weight's name.
using ImportanceSums = std::map<std::string, ColumnSums, std::less<>>;

struct ImportanceSource {
  std::string dataset;  ///< what the text was called
  int64_t n_windows = 0, window = 0;
};

/// The file appears under its name when it is complete. Throws like GgufWriter::write.
void write_importance(const std::string& path, const ImportanceSums& sums,
                      const ImportanceSource& source);

/// A file of importance, read.
class Importance {
 public:
  /// Throws Error{kBadFile} if it is no such file or holds numbers that cannot be.
  explicit Importance(const std::string& path);

  /// float[columns] for matrix `index` of that tensor; empty if nothing is known of it: it was
  /// never multiplied with. Throws Error{kBadFile} if the tensor's sizes are others.
  [[nodiscard]] std::span<const float> of(std::string_view tensor, int64_t columns,
                                          int64_t n_matrices, int64_t index) const;
  [[nodiscard]] bool knows(std::string_view tensor) const { return means_.contains(tensor); }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::vector<std::string>& datasets() const noexcept { return datasets_; }
  [[nodiscard]] uint32_t n_windows() const noexcept { return n_windows_; }
  [[nodiscard]] size_t size() const noexcept { return means_.size(); }

 private:
  struct Means {
    int64_t columns, n_matrices;
    std::vector<float> mean;  // [n_matrices, columns]
    std::vector<bool> known;  // [n_matrices]
  };

  std::string path_;
  std::vector<std::string> datasets_;
  uint32_t n_windows_ = 0;
  std::map<std::string, Means, std::less<>> means_;
};

}  // namespace freshet
