#include <algorithm>
#include <cstring>

#include "conformance/cases.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"

namespace freshet::testing {
namespace {

using namespace kernels;

template <class... F>
std::vector<FormatFacts> facts_of(FormatList<F...>) {
  return {{F::kId, F::kName, F::kBlockSize, static_cast<int>(sizeof(typename F::Block)),
           F::kActivation}...};
}

std::vector<int64_t> inner_sizes(const FormatFacts& format) {
  if (format.block_size == 1) return {1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 2053};
  if (format.block_size == 32) return {32, 64, 96, 224, 256, 288, 2080};
  return {256, 512, 768, 2048, 2304};
}

/// Zero, the smallest and largest subnormals, the largest numbers, one: as halves, of either sign.
constexpr uint16_t kExtremeHalves[] = {0x0000, 0x8000, 0x0001, 0x83FF, 0x03FF, 0x7BFF,
                                       0xFBFF, 0x3C00, 0xBC00, 0x0400, 0x2E66, 0xAE66};

uint16_t scale_half(Values values, Numbers& numbers) {
  if (values == Values::kExtreme) return kExtremeHalves[numbers.below(std::size(kExtremeHalves))];
  return float_to_half(0.01f * numbers.unit());
}

uint8_t scale_exponent(Values values, Numbers& numbers) {
  constexpr uint8_t kExtremes[] = {0, 1, 2, 64, 127, 128, 129, 147};
  if (values == Values::kExtreme) return kExtremes[numbers.below(std::size(kExtremes))];
  return static_cast<uint8_t>(118 + numbers.below(5));
}

float float_weight(Values values, Numbers& numbers) {
  constexpr float kExtremes[] = {0.0f,   -0.0f, 1e-40f, -1e-39f, 1.2e-38f, 5e-7f,
                                 -3e-8f, 65504, -65504, 1.0f,    -1e4f,    0.1f};
  if (values == Values::kExtreme) return kExtremes[numbers.below(std::size(kExtremes))];
  return 0.05f * numbers.unit();
}

/// Bytes of a block before its scales are set: any, or all the same at an end of the range.
void fill_codes(std::span<std::byte> block, Values values, Numbers& numbers) {
  constexpr uint8_t kEnds[] = {0x00, 0xFF, 0x7F, 0x80, 0x0F, 0xF0};
  const uint64_t choice = values == Values::kExtreme ? numbers.below(9) : 8;
  for (std::byte& byte : block) {
    byte = static_cast<std::byte>(choice < std::size(kEnds) ? kEnds[choice] : numbers.below(256));
  }
}

template <class F>
void fill_block(typename F::Block& block, Values values, Numbers& numbers) {
  if constexpr (F::kActivation == Activation::kFloat) {
    const float weight = float_weight(values, numbers);
    F::encode(&weight, block);
  } else {
    fill_codes(std::as_writable_bytes(std::span(&block, 1)), values, numbers);
    if constexpr (requires { block.d; }) block.d = scale_half(values, numbers);
    if constexpr (requires { block.dmin; }) block.dmin = scale_half(values, numbers);
    if constexpr (requires { block.m; }) block.m = scale_half(values, numbers);
    if constexpr (requires { block.e; }) block.e = scale_exponent(values, numbers);
  }
}

template <class F>
void fill_row(std::span<std::byte> row, Values values, Numbers& numbers) {
  for (size_t i = 0; i < row.size(); i += sizeof(typename F::Block)) {
    typename F::Block block;
    fill_block<F>(block, values, numbers);
    std::memcpy(&row[i], &block, sizeof(block));
  }
}

template <class... F>
void fill_row_of(FormatList<F...>, Format format, std::span<std::byte> row, Values values,
                 Numbers& numbers) {
  ((F::kId == format ? fill_row<F>(row, values, numbers) : void()), ...);
}

/// One row of activations before it is rounded.
std::vector<float> random_activations(int64_t k, Values values, Numbers& numbers) {
  std::vector<float> x(static_cast<size_t>(k));
  constexpr float kPeaks[] = {0.0f, 1e-30f, 1.1e-30f, 1e-20f, 1.0f, 1e12f};
  for (size_t begin = 0; begin < x.size(); begin += 32) {
    const bool typical = values == Values::kTypical;
    const float peak = typical ? 1.0f : kPeaks[numbers.below(std::size(kPeaks))];
    const bool flat = !typical && numbers.below(2) == 0;  // every byte becomes 127 or -127
    for (size_t i = begin; i < std::min(begin + 32, x.size()); ++i) {
      const float u = numbers.unit();
      x[i] = peak * (flat ? (u < 0 ? -1.0f : 1.0f) : u * u * u);
    }
  }
  return x;
}

}  // namespace

std::span<const FormatFacts> all_formats() {
  static const std::vector<FormatFacts> formats = facts_of(Formats{});
  return formats;
}

std::string ProductCase::text() const {
  return "k " + std::to_string(k) + ", " + std::to_string(rows) + " rows, " +
         std::to_string(columns) + " columns, offset " + std::to_string(offset) +
         (gather ? ", gathered" : "");
}

std::vector<ProductCase> product_cases(const FormatFacts& format) {
  const std::vector<int64_t> sizes = inner_sizes(format);
  const int64_t medium = sizes[sizes.size() / 2], large = sizes.back();
  std::vector<ProductCase> cases;
  for (const int64_t k : sizes) {
    for (const int rows : {1, 2, 3, 15, 16, 17, 33}) {
      for (const int columns : {1, 2, 3, 4, 5, 9}) {
        cases.push_back({k, rows, columns, (rows + columns) % 4});
      }
    }
    if (k == medium) {
      for (int columns = 1; columns <= 40; ++columns) cases.push_back({k, 35, columns});
      for (const int columns : {6, 7, 8, 31, 32, 33}) {
        cases.push_back({k, 16, columns, columns % 4, true});
      }
    }
    if (k == medium || k == large) {
      for (const int columns : {6, 7, 8, 16, 31, 32, 33, 63, 64, 65, 130}) {
        cases.push_back({k, 17, columns});
      }
      cases.push_back({k, 48, 12, 0, true});
      cases.push_back({k, 67, 33, 1});
    }
  }
  return cases;
}

std::vector<ProductGroup> product_groups(const FormatFacts& format) {
  std::vector<ProductGroup> groups;
  for (const ProductCase& c : product_cases(format)) {
    if (groups.empty() || groups.back().k != c.k) groups.push_back({c.k, 0, 0, {}});
    ProductGroup& group = groups.back();
    group.rows = std::max(group.rows, c.rows);
    group.columns = std::max(group.columns, c.columns);
    group.cases.push_back(c);
  }
  return groups;
}

std::vector<std::byte> random_blocks(const FormatFacts& format, int64_t n, Values values,
                                     Numbers& numbers) {
  std::vector<std::byte> row(static_cast<size_t>(n / format.block_size * format.block_bytes));
  fill_row_of(Formats{}, format.format, row, values, numbers);
  return row;
}

ProductOperands::ProductOperands(const FormatFacts& facts, int64_t inner, int n_rows, int n_columns,
                                 Values values, uint64_t seed)
    : format(facts),
      k(inner),
      rows(n_rows),
      columns(n_columns),
      row_bytes_(inner / facts.block_size * facts.block_bytes),
      stride_(activation_layout(facts.activation, inner).bytes) {
  Numbers numbers(seed);
  const std::vector<std::byte> weights = random_blocks(facts, k * rows, values, numbers);
  for (size_t offset = 0; offset < kOffsets; ++offset) {
    weights_.push_back(std::make_unique<GuardedBuffer>(weights, offset));
  }
  activations_.emplace(static_cast<size_t>(columns * stride_));
  // NaN where floats are read, 127 where bytes are.
  const bool floats = facts.activation == Activation::kFloat;
  std::memset(activations_->data(), floats ? 0xFF : 0x7F, static_cast<size_t>(columns * stride_));
  for (int c = 0; c < columns; ++c) {
    const std::vector<float> x = random_activations(k, values, numbers);
    std::byte* out = activations_->data() + c * stride_;
    if (facts.activation == Activation::kFloat) std::memcpy(out, x.data(), x.size() * 4);
    if (facts.activation == Activation::kBytes32) scalar_target().quantize_32(x.data(), k, out);
    if (facts.activation == Activation::kBytes256) scalar_target().quantize_256(x.data(), k, out);
    gather_.push_back(static_cast<int32_t>(numbers.below(static_cast<uint64_t>(columns))));
  }
}

int ProductOperands::activation_row(const ProductCase& c, int column) const {
  return c.gather ? gather_[static_cast<size_t>(column)] : columns - c.columns + column;
}

MatrixProduct ProductOperands::product(const ProductCase& c, float* out, int64_t out_stride) const {
  const std::byte* first = activations_->data() + (c.gather ? 0 : columns - c.columns) * stride_;
  const GuardedBuffer& weights = *weights_[static_cast<size_t>(c.offset)];
  return {.weights = weights.data() + (rows - c.rows) * row_bytes_,
          .row_bytes = row_bytes_,
          .rows = c.rows,
          .k = k,
          .activations = first,
          .activation_stride = stride_,
          .gather = c.gather ? gather_.data() : nullptr,
          .columns = c.columns,
          .out = out,
          .out_stride = out_stride};
}

std::vector<float> ProductOperands::weights(int r) const {
  std::vector<float> out(static_cast<size_t>(k));
  decode_row(format.format, weights_[0]->data() + r * row_bytes_, out.data(), k);
  return out;
}

std::vector<double> ProductOperands::activations(int c) const {
  const std::byte* row = activations_->data() + c * stride_;
  std::vector<double> x(static_cast<size_t>(k));
  const ActivationLayout layout = activation_layout(format.activation, k);
  for (size_t i = 0; i < x.size(); ++i) {
    if (format.activation == Activation::kFloat) {
      x[i] = reinterpret_cast<const float*>(row)[i];
    } else {
      const size_t block = i / static_cast<size_t>(activation_block(format.activation));
      x[i] = static_cast<double>(reinterpret_cast<const float*>(row + layout.scales)[block]) *
             reinterpret_cast<const int8_t*>(row)[i];
    }
  }
  return x;
}

}  // namespace freshet::testing
