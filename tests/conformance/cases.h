// What every CPU target is asked to do: the shapes of products and of attention, and operands for
// them. Tests compare the answers, benches may time them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/cpu/kernels.h"
#include "support/guarded_buffer.h"
#include "support/numbers.h"

namespace freshet::testing {

/// The oracle.
[[nodiscard]] const kernels::Kernels& scalar_target();
/// Every target of this build that this machine runs, scalar among them.
[[nodiscard]] std::vector<const kernels::Kernels*> targets_that_run_here();

// ---- products -----------------------------------------------------------------------------------

/// A weight format as the tests must know it.
struct FormatFacts {
  kernels::Format format;
  const char* name;
  int block_size;
  int block_bytes;
  kernels::Activation activation;
};
/// Of the format list, in its order.
[[nodiscard]] std::span<const FormatFacts> all_formats();

struct ProductCase {
  int64_t k;
  int rows;
  int columns;
  int offset = 0;       ///< bytes by which the weights are shifted from their natural end
  bool gather = false;  ///< columns named by a list, with repetitions

  [[nodiscard]] std::string text() const;
};

/// Shapes at which kernels go wrong: around vectors, blocks, panels and tiles. Those of one k stand
/// together.
[[nodiscard]] std::vector<ProductCase> product_cases(const FormatFacts& format);

enum class Values {
  kTypical,  ///< what a model holds
  kExtreme,  ///< zero, subnormal, negative and huge scales; bytes at the ends of their range
};

/// Random blocks of the format: n weights (a multiple of the block size).
[[nodiscard]] std::vector<std::byte> random_blocks(const FormatFacts& format, int64_t n,
                                                   Values values, Numbers& numbers);

/// Weights [rows, k] and activations [columns, k] that end at inaccessible pages. What an
/// activation layout leaves unused holds junk.
class ProductOperands {
 public:
  ProductOperands(const FormatFacts& format, int64_t k, int rows, int columns, Values values,
                  uint64_t seed);

  /// The last case.rows weight rows with the last case.columns activation rows, or with those that
  /// gather() names; out[c * out_stride + r].
  [[nodiscard]] kernels::MatrixProduct product(const ProductCase& c, float* out,
                                               int64_t out_stride) const;
  /// The activation row of a case's column.
  [[nodiscard]] int activation_row(const ProductCase& c, int column) const;

  /// Row r as a format's decoder reads it; column c as it was rounded.
  [[nodiscard]] std::vector<float> weights(int r) const;
  [[nodiscard]] std::vector<double> activations(int c) const;

  const FormatFacts format;
  const int64_t k;
  const int rows, columns;

 private:
  static constexpr int kOffsets = 4;

  int64_t row_bytes_;
  int64_t stride_;
  std::vector<std::unique_ptr<GuardedBuffer>> weights_;  // one per offset
  std::optional<GuardedBuffer> activations_;
  std::vector<int32_t> gather_;  // [columns]
};

/// Sizes that hold every case of one k.
struct ProductGroup {
  int64_t k;
  int rows, columns;
  std::vector<ProductCase> cases;
};
[[nodiscard]] std::vector<ProductGroup> product_groups(const FormatFacts& format);

// ---- attention ----------------------------------------------------------------------------------

struct AttentionCase {
  int head_dim;
  int n_heads;
  int64_t n_positions;
};
/// Partial and full pages, one and several splits, one to many heads per key.
[[nodiscard]] std::vector<AttentionCase> attention_cases();

inline constexpr kernels::CacheType kAllCacheTypes[] = {
    kernels::CacheType::kF32, kernels::CacheType::kF16, kernels::CacheType::kQ8_0};
[[nodiscard]] const char* name_of(kernels::CacheType type);

/// Queries, keys and values of one key/value head, and pages that hold NaN where nothing was
/// stored.
class AttentionOperands {
 public:
  /// Appends n_positions keys and values with the kernels of `target`.
  AttentionOperands(const kernels::Kernels& target, kernels::CacheType key,
                    kernels::CacheType value, int head_dim, int64_t n_positions, uint64_t seed);

  /// The query of n_heads heads from `first` on, over the first n positions. An inaccessible page
  /// follows the last of the kHeads heads.
  [[nodiscard]] kernels::AttentionQuery query(int first, int n_heads, int64_t n) const;
  [[nodiscard]] std::span<const std::byte> page(int64_t i) const;
  [[nodiscard]] int64_t n_pages() const { return static_cast<int64_t>(pages_.size()); }

  static constexpr int kHeads = 16;
  const kernels::CacheType key_type, value_type;
  const int head_dim;
  std::vector<float> q, keys, values;  ///< [kHeads, head_dim], [positions, head_dim] twice

 private:
  static constexpr int64_t kPageOffset = 192;  // as if other layers came first

  std::vector<std::unique_ptr<GuardedBuffer>> buffers_;
  std::vector<const void*> pages_;
  std::optional<GuardedBuffer> guarded_q_;
};

}  // namespace freshet::testing
