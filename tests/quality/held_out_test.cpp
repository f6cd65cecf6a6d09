// How well a text that was held out of training is predicted: by every weight format, with every
// cache, in relation to the master in BF16 with an f32 cache.
#include <freshet/perplexity.h>
#include <freshet/quantize.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <ostream>

#include "models/built_in_model.h"
#include "quality/known_questions.h"
#include "support/temporary_folder.h"
#include "support/tiny_models.h"

namespace freshet::testing {
namespace {

const std::string kMaster = FRESHET_MODELS_DIR "/demo/freshet-demo-bf16.gguf";

/// The master's predictions, made once.
class Base {
 public:
  Base() {
    Engine engine = Engine::open(
        kMaster,
        {.n_threads = 1, .key_cache = CacheFormat::kF32, .value_cache = CacheFormat::kF32});
    perplexity_ =
        measure_perplexity(engine, held_out_tokens(engine), path(), {.most_windows = 5}).perplexity;
  }
  [[nodiscard]] std::string path() const { return folder_.path() / "base.kl"; }
  [[nodiscard]] double perplexity() const { return perplexity_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  double perplexity_ = 0;
};

Base& base() {
  static Base made;
  return made;
}

struct Bound {
  const char* type;
  double perplexity;  ///< most, in relation to the master's
  double divergence;  ///< most, the mean in nats
};
void PrintTo(const Bound& bound, std::ostream* out) { *out << bound.type; }

void expect_within(Engine& engine, const Bound& bound) {
  const PerplexityReport report = compare_perplexity(engine, base().path(), {});
  const double ratio = report.perplexity / base().perplexity();
  ::testing::Test::RecordProperty(std::string(bound.type) + "_perplexity", std::to_string(ratio));
  ::testing::Test::RecordProperty(std::string(bound.type) + "_micronats",
                                  std::to_string(1e6 * report.divergence->mean));
  EXPECT_LE(ratio, bound.perplexity) << report.perplexity;
  EXPECT_LE(report.divergence->mean, bound.divergence);
}

TEST(HeldOutText, IsPredictedWellByTheMaster) {
  // The text has questions as well as answers, and nobody can tell what will be asked.
  EXPECT_LE(base().perplexity(), 3.0);
}

// THE table of bounds: about twice what was measured (the measurements stand among the properties
// of the test's report).
constexpr Bound kBounds[] = {
    {"f32", 1.0, 0.0},          {"f16", 1.005, 1.0e-10},    {"bf16", 1.0, 0.0},
    {"q8_0", 1.005, 1.4e-03},   {"q6_k", 1.005, 3.2e-03},   {"q5_1", 1.005, 3.4e-03},
    {"q5_k_m", 1.005, 3.6e-03}, {"q5_k", 1.005, 3.8e-03},   {"q5_0", 1.005, 4.9e-03},
    {"q4_1", 1.035, 1.4e-02},   {"q4_k_m", 1.028, 9.0e-03}, {"q4_k_s", 1.031, 9.7e-03},
    {"q4_k", 1.035, 1.0e-02},   {"q4_0", 1.005, 1.9e-02},   {"iq4_nl", 1.016, 1.8e-02},
    {"iq4_xs", 1.018, 1.6e-02}, {"mxfp4", 1.005, 2.7e-02},  {"q3_k", 1.027, 6.8e-02},
    {"q2_k", 1.109, 2.4e-01},
};

class WeightFormat : public ::testing::TestWithParam<Bound> {};

TEST_P(WeightFormat, PredictsTheHeldOutTextAlmostAsTheMasterDoes) {
  const std::string file = base().folder() / (std::string(GetParam().type) + ".gguf");
  quantize_file(kMaster, file, {.type = GetParam().type, .overwrite = true});
  Engine engine = Engine::open(
      file, {.n_threads = 1, .key_cache = CacheFormat::kF32, .value_cache = CacheFormat::kF32});
  expect_within(engine, GetParam());
  std::filesystem::remove(file);
}

INSTANTIATE_TEST_SUITE_P(HeldOutText, WeightFormat, ::testing::ValuesIn(kBounds),
                         [](const auto& param) { return std::string(param.param.type); });

TEST(WeightFormatTable, NamesEveryTypeThatQuantizeMakes) {
  std::vector<std::string> named;
  for (const Bound& bound : kBounds) named.emplace_back(bound.type);
  std::vector<std::string> known = quantize_types();
  std::ranges::sort(named);
  std::ranges::sort(known);
  EXPECT_EQ(named, known);
}

constexpr Bound kCacheBounds[] = {
    {"f32", 1.0, 0.0}, {"f16", 1.005, 5.8e-08}, {"q8_0", 1.005, 3.0e-05}};

TEST(HeldOutText, IsPredictedAlmostAsWellWithEveryCache) {
  for (const CacheFormat cache : kAllCaches) {
    const auto bound = std::ranges::find(kCacheBounds, std::string(name_of(cache)), &Bound::type);
    ASSERT_NE(bound, std::end(kCacheBounds));
    Engine engine =
        Engine::open(kMaster, {.n_threads = 1, .key_cache = cache, .value_cache = cache});
    expect_within(engine, *bound);
  }
}

TEST(HeldOutText, GetsTheSamePredictionsOnEveryCpuTarget) {
  std::vector<double> losses;
  for (const std::string& target : cpu_targets()) {
    Engine engine = Engine::open_built_in({.n_threads = 1, .cpu_target = target});
    losses.push_back(
        measure_perplexity(engine, held_out_tokens(engine), "", {.most_windows = 1}).mean_loss);
  }
  EXPECT_EQ(losses, std::vector<double>(losses.size(), losses.front()));
}

TEST(ModelInTheBox, IsTheMasterInQ8_0) {
  const TemporaryFolder folder;
  const std::string made = folder.path() / "q8_0.gguf";
  quantize_file(kMaster, made, {.type = "q8_0"});
  std::ifstream file(made, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const std::span<const std::byte> box = built_in_model();
  EXPECT_TRUE(std::ranges::equal(std::as_bytes(std::span(bytes)), box))
      << "freshet quantize models/demo/freshet-demo-bf16.gguf models/demo/freshet-demo-q8_0.gguf "
         "q8_0 --force";
}

}  // namespace
}  // namespace freshet::testing
