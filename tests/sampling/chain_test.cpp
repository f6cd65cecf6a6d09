// Temperature in its three forms, mirostat, and the order of stages.
#include "sampling/chain_support.h"
#include "sampling/mirostat.h"

namespace freshet {
namespace {

const std::vector<float> kLogits = logits_of({0.5, 0.25, 0.25});

TEST(Temperature, RaisesProbabilitiesToItsInverse) {
  SamplingOptions options;
  options.temperature = 0.5f;  // squares: 1/4, 1/16, 1/16
  expect_distribution(distribution_of(options, kLogits),
                      {{0, 2.0 / 3}, {1, 1.0 / 6}, {2, 1.0 / 6}});
}

TEST(Temperature, ExtremesNeitherOverflowNorDivideByZero) {
  SamplingOptions options;
  options.temperature = std::numeric_limits<float>::denorm_min();
  const auto cold = distribution_of(options, {3e38f, -3e38f, 3e38f});
  EXPECT_EQ(cold.at(0), 0.5);
  EXPECT_EQ(cold.at(1), 0.0);
  options.temperature = 100.0f;
  EXPECT_NEAR(distribution_of(options, {1.0f, 2.0f}).at(0), 0.4975, 1e-4);
}

TEST(DynamicTemperature, IsHighWhereTheDistributionIsOpen) {
  SamplingOptions options;
  options.temperature = 1.0f;
  options.dynatemp_range = 0.5f;
  // Two equal choices: H / ln n = 1, T = 1.5; equal they stay.
  expect_distribution(distribution_of(options, {2.0f, 2.0f}), {{0, 0.5}, {1, 0.5}});
}

TEST(DynamicTemperature, FollowsTheNormalisedEntropy) {
  SamplingOptions options;
  options.temperature = 1.0f;
  options.dynatemp_range = 0.5f;
  options.dynatemp_exponent = 2.0f;
  // H = 1.5 ln 2, so T = 0.5 + (1.5 ln 2 / ln 3)^2.
  const double openness = 1.5 * std::log(2.0) / std::log(3.0);
  const double t = 0.5 + openness * openness;
  const double a = std::pow(0.5, 1.0 / t), b = std::pow(0.25, 1.0 / t), sum = a + 2.0 * b;
  expect_distribution(distribution_of(options, kLogits),
                      {{0, a / sum}, {1, b / sum}, {2, b / sum}});
}

TEST(DynamicTemperature, OfZeroLeavesTheBest) {
  SamplingOptions options;
  options.temperature = 0.5f;
  options.dynatemp_range = 0.5f;
  expect_distribution(distribution_of(options, {2000.0f, 1.0f, 0.0f}), {{0, 1.0}});
}

TEST(Mirostat, DropsWhatIsMoreSurprisingThanTwiceTheTarget) {
  SamplingOptions options;
  options.mirostat = 2;
  options.mirostat_tau = 0.75f;  // mu = 1.5 bits: surprises are 1, 2, 2
  expect_distribution(distribution_of(options, kLogits), {{0, 1.0}});
  options.mirostat_tau = 1.05f;
  expect_distribution(distribution_of(options, kLogits), {{0, 0.5}, {1, 0.25}, {2, 0.25}});
}

TEST(Mirostat, MovesAgainstTheErrorOfEachAcceptedToken) {
  Mirostat mirostat(3.0f, 0.5f);
  EXPECT_DOUBLE_EQ(mirostat.mu(), 6.0);
  mirostat.observe(0.25f);  // 2 bits, 1 too few
  EXPECT_NEAR(mirostat.mu(), 6.5, 1e-12);
  mirostat.observe(0.0078125f);  // 7 bits, 4 too many
  EXPECT_NEAR(mirostat.mu(), 4.5, 1e-12);
}

TEST(Mirostat, WidensWhileTheTextIsTooPredictable) {
  SamplingOptions options;
  options.mirostat = 2;
  options.mirostat_tau = 0.75f;
  options.mirostat_eta = 1.0f;
  Sampler sampler(options, kLogits.size());
  EXPECT_EQ(distribution_of(sampler, kLogits).size(), 1u);
  sampler.accept(0);  // surprise 0: mu = 1.5 + 0.75
  EXPECT_EQ(distribution_of(sampler, kLogits).size(), 3u);
}

TEST(Mirostat, LearnsNothingFromPromptsOrForcedTokens) {
  SamplingOptions options;
  options.mirostat = 2;
  options.mirostat_tau = 0.75f;
  options.mirostat_eta = 1.0f;
  Sampler sampler(options, kLogits.size());
  sampler.accept_prompt(std::vector<TokenId>{0, 0, 0});
  sampler.accept(1);
  (void)distribution_of(sampler, kLogits);
  sampler.accept(2);  // it had been cut off
  EXPECT_EQ(distribution_of(sampler, kLogits).size(), 1u);
}

TEST(Mirostat, TakesThePlaceOfTheTruncatingStages) {
  SamplingOptions options;
  options.mirostat = 2;
  options.mirostat_tau = 5.0f;
  options.top_k = 1;
  options.min_p = 0.9f;
  options.temperature = 0.5f;
  expect_distribution(distribution_of(options, kLogits),
                      {{0, 2.0 / 3}, {1, 1.0 / 6}, {2, 1.0 / 6}});
}

TEST(Order, DecidesWhetherTruncationSeesTheTemperature) {
  SamplingOptions options;
  options.temperature = 0.5f;
  options.top_p = 0.6f;  // by default of (1/2, 1/4, 1/4), after temperature of (2/3, 1/6, 1/6)
  expect_distribution(distribution_of(options, kLogits), {{0, 0.8}, {1, 0.2}});
  options.order = parse_sampler_order("temperature;top_p");
  expect_distribution(distribution_of(options, kLogits), {{0, 1.0}});
}

TEST(Order, LeavesOutTheStagesThatAreNotNamed) {
  SamplingOptions options;
  options.temperature = 0.5f;
  options.top_k = 1;
  options.repeat_penalty = 5.0f;
  options.order = parse_sampler_order("temperature");
  Sampler sampler(options, kLogits.size());
  sampler.accept(0);
  expect_distribution(distribution_of(sampler, kLogits),
                      {{0, 2.0 / 3}, {1, 1.0 / 6}, {2, 1.0 / 6}});
}

TEST(Order, PenaltiesAfterTruncationCannotBringATokenBack) {
  SamplingOptions options;
  options.top_k = 2;
  options.presence_penalty = 50.0f;
  options.order = parse_sampler_order("top_k;penalties");
  Sampler sampler(options, kLogits.size());
  sampler.accept(0);
  const auto left = distribution_of(sampler, kLogits);
  EXPECT_EQ(left.size(), 2u);
  EXPECT_NEAR(left.at(1), 1.0, 1e-6);
}

}  // namespace
}  // namespace freshet
