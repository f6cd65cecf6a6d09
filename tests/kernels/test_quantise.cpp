// The searching encoders: the error that they leave against that of others on the same weights
// (goldens/quantiser_errors.txt), and that the machine does not show.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"
#include "kernels/quantise/quantise.h"

namespace freshet::kernels {
namespace {

constexpr size_t kRows = 8, kColumns = 1024;
constexpr const char* kFolder = FRESHET_TESTS_DIR "/kernels/goldens/";

using Row = std::vector<float>;

struct Goldens {
  Row importance;
  std::vector<Row> tensors;  // [kRows * kColumns]: normal, heavy-tailed, trained
};

Goldens load_weights() {
  std::ifstream file(std::string(kFolder) + "quantiser_weights.bin", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(bytes.size(), 2 * kColumns * (1 + 3 * kRows));
  size_t at = 0;
  const auto take = [&](size_t n) {
    Row row(n);
    for (float& x : row) {
      uint16_t half = 0;
      std::memcpy(&half, bytes.data() + at, 2);
      at += 2;
      x = half_to_float(half);
    }
    return row;
  };
  Goldens goldens{take(kColumns), {}};
  for (int i = 0; i < 3; ++i) goldens.tensors.push_back(take(kRows * kColumns));
  return goldens;
}

/// Calls run(F{}) for every format; the blocks of a row are F::Block.
template <class Run>
void for_each_format(const Run& run) {
  [&]<class... F>(FormatList<F...>) { (run(F{}), ...); }(Formats{});
}

Row there_and_back(Format format, size_t block_bytes, const Row& weights, const float* importance) {
  std::vector<uint8_t> blocks(weights.size() / 32 * 128 + block_bytes);
  Row back(weights.size());
  for (size_t r = 0; r < weights.size(); r += kColumns) {
    quantise_row(format, weights.data() + r, importance, blocks.data(), kColumns);
    decode_row(format, blocks.data(), back.data() + r, kColumns);
  }
  return back;
}

/// Sum of squared errors over sum of squares, both weighted.
template <class Weight>
double relative_error(const Row& weights, const Row& back, const Weight& weight) {
  double error = 0, power = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    error += weight(i) * std::pow(double{back[i]} - weights[i], 2);
    power += weight(i) * std::pow(double{weights[i]}, 2);
  }
  return error / power;
}

struct Errors {
  double plain, by_size, by_square, by_importance;
};

Errors errors_of(const std::string& format, const Row& weights, const Row& importance) {
  Errors e{};
  for_each_format([&]<class F>(F) {
    if (format != F::kName) return;
    const Row back = there_and_back(F::kId, sizeof(typename F::Block), weights, nullptr);
    e.plain = relative_error(weights, back, [](size_t) { return 1.0; });
    e.by_size = relative_error(weights, back, [&](size_t i) { return std::fabs(weights[i]); });
    e.by_square =
        relative_error(weights, back, [&](size_t i) { return double{weights[i]} * weights[i]; });
    const Row weighted =
        there_and_back(F::kId, sizeof(typename F::Block), weights, importance.data());
    e.by_importance =
        relative_error(weights, weighted, [&](size_t i) { return importance[i % kColumns]; });
  });
  return e;
}

TEST(Quantise, LeavesNoMoreErrorThanTheEncodersOfOthers) {
  const Goldens goldens = load_weights();
  std::ifstream table(std::string(kFolder) + "quantiser_errors.txt");
  const std::vector<std::string> names = {"normal", "heavy-tailed", "trained"};
  std::string encoder, format, tensor;
  Errors theirs{};
  int n_lines = 0;
  while (table >> encoder >> format >> tensor >> theirs.plain >> theirs.by_size >>
         theirs.by_square >> theirs.by_importance) {
    SCOPED_TRACE(encoder + " " + format + " " + tensor);
    const auto index = std::ranges::find(names, tensor) - names.begin();
    const Errors ours =
        errors_of(format, goldens.tensors.at(static_cast<size_t>(index)), goldens.importance);
    EXPECT_LE(ours.plain, theirs.plain);
    EXPECT_LE(ours.by_size, theirs.by_size);
    EXPECT_LE(ours.by_square, theirs.by_square);
    if (theirs.by_importance > 0) {
      EXPECT_LE(ours.by_importance, theirs.by_importance);
    }
    ++n_lines;
  }
  EXPECT_EQ(n_lines, 3 * (13 + 6));
}

TEST(Quantise, ImportanceBuysPrecisionWhereItIs) {
  const Goldens goldens = load_weights();
  for_each_format([&]<class F>(F) {
    if (F::kActivation == Activation::kFloat) return;
    const Row& weights = goldens.tensors[2];
    const auto error = [&](const float* importance) {
      return relative_error(weights,
                            there_and_back(F::kId, sizeof(typename F::Block), weights, importance),
                            [&](size_t i) { return goldens.importance[i % kColumns]; });
    };
    EXPECT_LT(error(goldens.importance.data()), 0.97 * error(nullptr)) << F::kName;
  });
}

TEST(Quantise, EveryTargetGivesTheBaselinesBlocks) {
  std::mt19937 random(3);
  std::student_t_distribution<float> heavy(3);
  Row weights(256 * 21), importance(weights.size());
  for (float& w : weights) w = 0.02f * heavy(random);
  for (float& x : importance) x = std::fabs(heavy(random));
  std::fill_n(weights.begin() + 512, 256, 0.0f);
  std::fill_n(importance.begin() + 1024, 256, 0.0f);
  weights[300] = 1e30f;
  const Quantisers& best = choose_quantisers();
  int index = 0;
  for_each_format([&]<class F>(F) {
    const size_t n_bytes = weights.size() / F::kBlockSize * sizeof(typename F::Block);
    for (const bool weighted : {false, true}) {
      const float* columns = weighted ? importance.data() : nullptr;
      std::vector<uint8_t> here(n_bytes), there(n_bytes);
      const auto n = static_cast<int64_t>(weights.size());
      best.of[index](weights.data(), columns, here.data(), n);
      kBaselineQuantisers.of[index](weights.data(), columns, there.data(), n);
      EXPECT_EQ(here, there) << F::kName;
    }
    ++index;
  });
}

TEST(Quantise, ABlockDependsOnItselfAlone) {
  const Goldens goldens = load_weights();
  const Row& weights = goldens.tensors[1];
  for_each_format([&]<class F>(F) {
    using Block = typename F::Block;
    std::vector<Block> row(kColumns / F::kBlockSize);
    quantise_row(F::kId, weights.data(), goldens.importance.data(), row.data(), kColumns);
    for (size_t b = 0; b < row.size(); ++b) {
      Block alone{};
      const size_t at = b * F::kBlockSize;
      quantise_row(F::kId, weights.data() + at, goldens.importance.data() + at, &alone,
                   F::kBlockSize);
      EXPECT_EQ(std::memcmp(&alone, &row[b], sizeof alone), 0) << F::kName << ", block " << b;
    }
  });
}

TEST(Quantise, KeepsZerosAndFindsTwoLevels) {
  for_each_format([&]<class F>(F) {
    EXPECT_EQ(there_and_back(F::kId, sizeof(typename F::Block), Row(kColumns, 0.0f), nullptr),
              Row(kColumns, 0.0f))
        << F::kName;
    Row levels(kColumns);
    for (size_t i = 0; i < kColumns; ++i) levels[i] = 0.25f * static_cast<float>(i % 2) - 0.125f;
    const Row back = there_and_back(F::kId, sizeof(typename F::Block), levels, nullptr);
    for (size_t i = 0; i < kColumns; ++i) EXPECT_NEAR(back[i], levels[i], 0.005) << F::kName;
  });
}

}  // namespace
}  // namespace freshet::kernels
