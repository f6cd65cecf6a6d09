// Quantised files against the float forward of the same weights: the logits of a quantised file
// must be near those of a file that holds the same blocks decoded to F32, which the engine computes
// as the goldens demand.
//
// The weights are the same numbers, so all that differs is that activations meet integer weights as
// signed bytes, wrong by up to 1/254 of their block's largest. Float formats read activations as
// they are and agree bit for bit.
#include <freshet/engine.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "engine/streams.h"
#include "support/edited_model.h"
#include "support/temporary_folder.h"
#include "support/tiny_models.h"

namespace freshet::testing {
namespace {

constexpr uint64_t kSeeds[] = {1, 2, 3};
constexpr int64_t kTokens = 48;

/// Of each position, in ascending order: the distance between two rows of logits in relation to
/// the spread of the true ones, both as root mean squares over the vocabulary.
std::vector<double> errors_of(std::span<const float> got, std::span<const float> want,
                              size_t vocab) {
  std::vector<double> errors;
  for (size_t begin = 0; begin < want.size(); begin += vocab) {
    double mean = 0, spread = 0, distance = 0;
    for (size_t i = begin; i < begin + vocab; ++i) mean += want[i] / static_cast<double>(vocab);
    for (size_t i = begin; i < begin + vocab; ++i) {
      spread += (want[i] - mean) * (want[i] - mean);
      distance += static_cast<double>(got[i] - want[i]) * (got[i] - want[i]);
    }
    errors.push_back(std::sqrt(distance / spread));
  }
  std::ranges::sort(errors);
  return errors;
}

std::vector<float> logits_of(const std::string& file, CacheFormat key, CacheFormat value,
                             uint64_t seed) {
  Engine engine = Engine::open(file, {.key_cache = key, .value_cache = value});
  return read_all(engine, random_tokens(engine, kTokens, seed));
}

std::vector<float> logits_of(const std::string& file, uint64_t seed) {
  return logits_of(file, CacheFormat::kF32, CacheFormat::kF32, seed);
}

// THE table of tolerances: about 2.5 times the worst of three seeds of the tiny models, measured on
// this table's own test (the errors stand among the properties of its report). The dense bound
// holds for every position. With experts it holds for half of them, for where two experts score
// nearly the same a small error chooses another one and moves the position far.
//
// The weights' precision does not show, because both sides have the same weights; what shows is how
// finely activations are rounded before they meet them:
//   blocks of 32    about 4 %, the same for all of them: the step is 1/127 of the largest of 32,
//   and
//                   gated activations have long tails. MXFP4's powers of two widen them a little.
//   blocks of 256   about 7 %: the largest of 256 sets the step.
//   with a minimum  about 4 % in spite of blocks of 256: random minima give every group of 32
//   weights
//                   a mean of its own, which adds up over the group while rounding errors cancel.
struct Tolerance {
  const char* type;
  double dense;  ///< of the worst position
  double moe;    ///< of the median position
};
void PrintTo(const Tolerance& tolerance, std::ostream* out) { *out << tolerance.type; }

constexpr Tolerance kTolerances[] = {
    {"f32", 0, 0},           {"f16", 0, 0},          {"bf16", 0, 0},        {"q4_0", 0.11, 0.065},
    {"q4_1", 0.11, 0.065},   {"q5_0", 0.11, 0.065},  {"q5_1", 0.11, 0.065}, {"q8_0", 0.11, 0.065},
    {"iq4_nl", 0.11, 0.065}, {"mxfp4", 0.14, 0.065}, {"q2_k", 0.095, 0.05}, {"q4_k", 0.095, 0.05},
    {"q5_k", 0.095, 0.05},   {"q3_k", 0.18, 0.115},  {"q6_k", 0.18, 0.115}, {"iq4_xs", 0.18, 0.115},
};

class Quantised : public ::testing::TestWithParam<Tolerance> {
 protected:
  /// Errors of the quantised file of that shape and seed.
  static std::vector<double> errors(const SynthShape& shape, uint64_t seed) {
    const TemporaryFolder folder;
    const std::string floats = folder.path() / "floats.gguf";
    const std::string& quantised = model_file(shape, GetParam().type, seed);
    EditedModel(quantised).decoded_to_floats().write(floats);
    return errors_of(logits_of(quantised, seed), logits_of(floats, seed),
                     static_cast<size_t>(shape.vocab));
  }
};

TEST_P(Quantised, LogitsOfADenseModelAreNearTheFloatForward) {
  for (const uint64_t seed : kSeeds) {
    const double worst = errors(tiny_dense(), seed).back();
    RecordProperty("worst_of_seed_" + std::to_string(seed), std::to_string(worst));
    EXPECT_LE(worst, GetParam().dense) << "seed " << seed;
  }
}

TEST_P(Quantised, LogitsOfAModelWithExpertsAreNearTheFloatForward) {
  for (const uint64_t seed : kSeeds) {
    const double median = errors(tiny_moe(), seed)[kTokens / 2];
    RecordProperty("median_of_seed_" + std::to_string(seed), std::to_string(median));
    EXPECT_LE(median, GetParam().moe) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryFormat, Quantised, ::testing::ValuesIn(kTolerances),
                         [](const auto& param) { return std::string(param.param.type); });

TEST(QuantisedTable, NamesEveryWeightFormat) {
  std::vector<std::string> named;
  for (const Tolerance& tolerance : kTolerances) named.emplace_back(tolerance.type);
  std::vector<std::string> known = all_weight_types();
  std::ranges::sort(named);
  std::ranges::sort(known);
  EXPECT_EQ(named, known);
}

// The same for the caches, against keys and values in F32. A half keeps 11 bits; q8_0 rounds to
// 1/127 of the largest of 32 dimensions, in one layer of three.
struct CacheTolerance {
  CacheFormat key, value;
  double worst;
};
void PrintTo(const CacheTolerance& t, std::ostream* out) {
  *out << name_of(t.key) << '_' << name_of(t.value);
}

constexpr CacheTolerance kCacheTolerances[] = {
    {CacheFormat::kF32, CacheFormat::kF32, 0},
    {CacheFormat::kF32, CacheFormat::kF16, 5e-4},
    {CacheFormat::kF16, CacheFormat::kF32, 5e-4},
    {CacheFormat::kF16, CacheFormat::kF16, 7e-4},
    {CacheFormat::kF32, CacheFormat::kQ8_0, 0.0145},
    {CacheFormat::kF16, CacheFormat::kQ8_0, 0.0145},
    {CacheFormat::kQ8_0, CacheFormat::kF32, 0.0145},
    {CacheFormat::kQ8_0, CacheFormat::kF16, 0.0145},
    {CacheFormat::kQ8_0, CacheFormat::kQ8_0, 0.018},
};

class QuantisedCache : public ::testing::TestWithParam<CacheTolerance> {};

TEST_P(QuantisedCache, LogitsAreNearThoseOfAnF32Cache) {
  for (const uint64_t seed : kSeeds) {
    const std::string& file = model_file(tiny_dense(), "f32", seed);
    const std::vector<float> got = logits_of(file, GetParam().key, GetParam().value, seed);
    const double worst =
        errors_of(got, logits_of(file, seed), static_cast<size_t>(tiny_dense().vocab)).back();
    RecordProperty("worst_of_seed_" + std::to_string(seed), std::to_string(worst));
    EXPECT_LE(worst, GetParam().worst) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryCache, QuantisedCache, ::testing::ValuesIn(kCacheTolerances),
                         [](const auto& param) {
                           return std::string(name_of(param.param.key)) + "_" +
                                  name_of(param.param.value);
                         });

}  // namespace
}  // namespace freshet::testing
