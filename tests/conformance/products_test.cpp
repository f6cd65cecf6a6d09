// Products of every weight format: all targets give the scalar target's bits, whatever rows and
// columns stand together, and the scalar target is near the plain sum.
#include <cmath>

#include "conformance/compare.h"

namespace freshet::testing {
namespace {

using kernels::Activation;
using kernels::Kernels;
using kernels::MatrixProduct;
using kernels::ReadAhead;

/// All ways of reading weights: no bit may depend on them.
constexpr ReadAhead kReadAheads[] = {kernels::kFarAhead, kernels::kNearAhead,
                                     kernels::kManyStreams};

/// out[c * rows + r] of all rows with all columns, by the scalar target.
std::vector<float> reference_product(const ProductOperands& operands) {
  std::vector<float> out(static_cast<size_t>(operands.rows) *
                         static_cast<size_t>(operands.columns));
  const ProductCase all{operands.k, operands.rows, operands.columns};
  scalar_target()
      .of(operands.format.format)
      .multiply(operands.product(all, out.data(), operands.rows));
  return out;
}

/// One case against the rows and columns of the reference that it is made of; the results end at an
/// inaccessible page and nothing between its columns is written.
void check_case(const Kernels& target, const ProductOperands& operands, const ProductCase& c,
                const ReadAhead& read_ahead, std::span<const float> reference) {
  constexpr float kUntouched = 12345.0f;
  const int stride = c.rows + 3;
  const size_t n = static_cast<size_t>(stride) * static_cast<size_t>(c.columns - 1) +
                   static_cast<size_t>(c.rows);
  const GuardedBuffer buffer(n * sizeof(float));
  const std::span<float> out(buffer.as<float>(), n);
  std::ranges::fill(out, kUntouched);
  MatrixProduct product = operands.product(c, out.data(), stride);
  product.read_ahead = read_ahead;
  target.of(operands.format.format).multiply(product);
  std::vector<float> want(n, kUntouched);
  for (int column = 0; column < c.columns; ++column) {
    const int row = operands.activation_row(c, column);
    const float* from = &reference[static_cast<size_t>(row) * static_cast<size_t>(operands.rows)] +
                        operands.rows - c.rows;
    std::copy_n(from, c.rows, want.begin() + column * stride);
  }
  ASSERT_TRUE(same_bits(out, want)) << operands.format.name << ", " << c.text() << "; columns are "
                                    << stride << " elements apart";
}

class EveryTargetAndFormat
    : public ::testing::TestWithParam<std::tuple<const Kernels*, FormatFacts>> {
 protected:
  const Kernels& target = *std::get<0>(GetParam());
  const FormatFacts& format = std::get<1>(GetParam());

  void check_all_cases(Values values) {
    uint64_t seed = 1;
    // Of scalar there is only to see that a row's result does not depend on its neighbours.
    const size_t step = &target == &scalar_target() ? 7 : 1;
    for (const ProductGroup& group : product_groups(format)) {
      const ProductOperands operands(format, group.k, group.rows, group.columns, values, seed++);
      const std::vector<float> reference = reference_product(operands);
      for (size_t i = 0; i < group.cases.size(); i += step) {
        check_case(target, operands, group.cases[i], kReadAheads[i % 3], reference);
        if (HasFatalFailure()) return;
      }
    }
  }
};

TEST_P(EveryTargetAndFormat, MultipliesToTheScalarBits) { check_all_cases(Values::kTypical); }

TEST_P(EveryTargetAndFormat, MultipliesExtremeBlocksToTheScalarBits) {
  check_all_cases(Values::kExtreme);
}

TEST_P(EveryTargetAndFormat, MultipliesLongRowsToTheScalarBits) {
  // Where tuned rows keep activations on the stack, up to 64 * 256, and a block is left over.
  const int64_t block = std::max<int64_t>(format.block_size, 32);
  for (const int64_t k : {int64_t{64 * 256} - block, int64_t{64 * 256}, int64_t{65 * 256}}) {
    // Of such rows a group is 16: two groups and some rows of a third.
    const ProductOperands operands(format, k, 37, 5, Values::kTypical, 7);
    const std::vector<float> reference = reference_product(operands);
    for (const ReadAhead& read_ahead : kReadAheads) {
      for (const int rows : {5, 32, 35, 37}) {
        check_case(target, operands, {k, rows, 1}, read_ahead, reference);
      }
      check_case(target, operands, {k, 37, 2}, read_ahead, reference);
      check_case(target, operands, {k, 37, 3}, read_ahead, reference);
      check_case(target, operands, {k, 5, 5}, read_ahead, reference);
    }
  }
}

TEST_P(EveryTargetAndFormat, MultipliesMoreColumnsThanAPanelTakesToTheScalarBits) {
  const ProductOperands operands(format, 256, 3, 1023, Values::kTypical, 8);
  const std::vector<float> reference = reference_product(operands);
  for (const int columns : {505, 509, 511, 512, 513, 1023}) {  // tiles that end at the room's end
    check_case(target, operands, {256, 3, columns}, kernels::kNearAhead, reference);
  }
}

/// How far float arithmetic may be from the exact sum of `terms`, whose magnitudes add up to
/// `magnitude`: half a unit in the last place for every rounding on the way, of which a float
/// product has one per step of a lane and five to add the lanes up, a byte product five per block
/// (two factors, two sums, and the decoder's own).
double error_bound(const ProductOperands& operands, double magnitude) {
  const double steps = operands.format.activation == Activation::kFloat
                           ? static_cast<double>(operands.k) / 16 + 6
                           : static_cast<double>(operands.k / operands.format.block_size) * 5;
  return steps * 0x1p-24 * magnitude;
}

TEST_P(EveryTargetAndFormat, MultipliesAsThePlainDefinitionSays) {
  for (const ProductGroup& group : product_groups(format)) {
    const int rows = 5, columns = 7;
    const ProductOperands operands(format, group.k, rows, columns, Values::kTypical, 99);
    std::vector<float> out(rows * columns);
    target.of(format.format).multiply(operands.product({group.k, rows, columns}, out.data(), rows));
    for (int r = 0; r < rows; ++r) {
      const std::vector<float> w = operands.weights(r);
      for (int c = 0; c < columns; ++c) {
        const std::vector<double> x = operands.activations(c);
        double sum = 0, magnitude = 0;
        for (size_t begin = 0; begin < x.size();) {
          // Offsets and minima cancel within a block: its largest weight stands for each.
          const size_t end = begin + static_cast<size_t>(format.block_size);
          double peak = 0, activation = 0;
          for (size_t i = begin; i < end; ++i) {
            sum += static_cast<double>(w[i]) * x[i];
            peak = std::max(peak, std::fabs(static_cast<double>(w[i])));
            activation += std::fabs(x[i]);
          }
          magnitude += 2 * peak * activation;
          begin = end;
        }
        ASSERT_NEAR(out[static_cast<size_t>(c * rows + r)], sum, error_bound(operands, magnitude))
            << "k " << group.k << ", row " << r << ", column " << c;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Products, EveryTargetAndFormat,
                         ::testing::Combine(::testing::ValuesIn(targets_that_run_here()),
                                            ::testing::ValuesIn(all_formats().begin(),
                                                                all_formats().end())),
                         [](const auto& param) {
                           return test_name(*std::get<0>(param.param)) + "_" +
                                  std::get<1>(param.param).name;
                         });

}  // namespace
}  // namespace freshet::testing
