// Each truncating stage leaves exactly the tokens, and the probabilities, that its paper says.
#include <algorithm>
#include <random>

#include "sampling/chain_support.h"

namespace freshet {
namespace {

const std::vector<float> kLogits = logits_of({0.1, 0.4, 0.05, 0.3, 0.15});

TEST(Truncation, NeutralOptionsGiveTheModelsOwnDistribution) {
  expect_distribution(distribution_of(SamplingOptions{}, kLogits),
                      {{0, 0.1}, {1, 0.4}, {2, 0.05}, {3, 0.3}, {4, 0.15}});
}

TEST(Truncation, TopKKeepsTheKMostLikely) {
  SamplingOptions options;
  options.top_k = 2;
  expect_distribution(distribution_of(options, kLogits), {{1, 4.0 / 7}, {3, 3.0 / 7}});
}

TEST(Truncation, TopKLargerThanTheVocabularyKeepsAll) {
  SamplingOptions options;
  options.top_k = 1000;
  EXPECT_EQ(distribution_of(options, kLogits).size(), 5u);
}

TEST(Truncation, TopKPrefersTheLowerIdOnTies) {
  SamplingOptions options;
  options.top_k = 2;
  expect_distribution(distribution_of(options, {0.0f, 1.0f, 1.0f, 1.0f}), {{1, 0.5}, {2, 0.5}});
}

TEST(Truncation, TopKAgreesWithAFullSortOnALargeVocabulary) {
  std::mt19937 random(7);
  std::vector<float> logits(5000);
  for (float& logit : logits) logit = static_cast<float>(random() % 400) * 0.01f;  // many ties
  std::vector<TokenId> order(logits.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<TokenId>(i);
  std::stable_sort(order.begin(), order.end(), [&](TokenId a, TokenId b) {
    return logits[static_cast<size_t>(a)] > logits[static_cast<size_t>(b)];
  });
  for (const int32_t k : {1, 2, 50, 156, 157, 2000, 4999}) {
    SamplingOptions options;
    options.top_k = k;
    Sampler sampler(options, logits.size());
    const auto choices = sampler.distribution(logits);
    ASSERT_EQ(choices.size(), static_cast<size_t>(k));
    for (size_t i = 0; i < choices.size(); ++i) ASSERT_EQ(choices[i].id, order[i]) << k;
  }
}

TEST(Truncation, TopPKeepsTheFewestThatReachP) {
  SamplingOptions options;
  options.top_p = 0.6f;
  expect_distribution(distribution_of(options, kLogits), {{1, 4.0 / 7}, {3, 3.0 / 7}});
  options.top_p = 0.72f;
  expect_distribution(distribution_of(options, kLogits),
                      {{1, 0.4 / 0.85}, {3, 0.3 / 0.85}, {4, 0.15 / 0.85}});
}

TEST(Truncation, TopPOfZeroKeepsTheBest) {
  SamplingOptions options;
  options.top_p = 0.0f;
  expect_distribution(distribution_of(options, kLogits), {{1, 1.0}});
}

TEST(Truncation, TopPOverAFlatLargeVocabularyKeepsTheShareAskedFor) {
  SamplingOptions options;
  options.top_p = 0.5f;
  const std::vector<float> flat(4096, 3.0f);
  const auto kept = distribution_of(options, flat);
  EXPECT_EQ(kept.size(), 2048u);
  EXPECT_EQ(kept.rbegin()->first, 2047);
}

TEST(Truncation, MinPIsRelativeToTheBest) {
  SamplingOptions options;
  options.min_p = 0.3f;  // of 0.4: 0.12
  expect_distribution(distribution_of(options, kLogits),
                      {{1, 0.4 / 0.85}, {3, 0.3 / 0.85}, {4, 0.15 / 0.85}});
}

TEST(Truncation, MinPOfOneKeepsTheBestAndItsEquals) {
  SamplingOptions options;
  options.min_p = 1.0f;
  expect_distribution(distribution_of(options, {2.0f, 1.0f, 2.0f}), {{0, 0.5}, {2, 0.5}});
}

TEST(Truncation, TypicalPrefersSurpriseNearTheEntropyOverLikelihood) {
  // Entropy 1.392 nats; surprises 2.303, 0.916, 2.996, 1.204, 1.897: distances from the entropy
  // 0.911, 0.476, 1.604, 0.188, 0.505. So token 3 comes first, and the best only after it.
  SamplingOptions options;
  options.typical_p = 0.2f;
  expect_distribution(distribution_of(options, kLogits), {{3, 1.0}});
  options.typical_p = 0.6f;
  expect_distribution(distribution_of(options, kLogits), {{1, 4.0 / 7}, {3, 3.0 / 7}});
  options.typical_p = 0.8f;
  expect_distribution(distribution_of(options, kLogits),
                      {{1, 0.4 / 0.85}, {3, 0.3 / 0.85}, {4, 0.15 / 0.85}});
}

TEST(Truncation, TopNSigmaKeepsLogitsWithinNDeviationsOfTheBest) {
  // Mean 2, deviation 2: with n = 1.5 the bound is 5 - 3 = 2.
  const std::vector<float> logits = {-1.0f, 1.0f, 2.0f, 3.0f, 5.0f};
  const double e2 = std::exp(-3.0), e3 = std::exp(-2.0), sum = 1.0 + e2 + e3;
  SamplingOptions options;
  options.top_n_sigma = 1.49f;
  expect_distribution(distribution_of(options, logits),
                      {{3, e3 / (1.0 + e3)}, {4, 1.0 / (1.0 + e3)}});
  options.top_n_sigma = 1.51f;
  expect_distribution(distribution_of(options, logits),
                      {{2, e2 / sum}, {3, e3 / sum}, {4, 1.0 / sum}});
}

TEST(Truncation, TopNSigmaOverEqualLogitsKeepsAll) {
  SamplingOptions options;
  options.top_n_sigma = 1.0f;
  EXPECT_EQ(distribution_of(options, {1.0f, 1.0f, 1.0f}).size(), 3u);
}

TEST(Truncation, XtcDropsAllTopChoicesButTheLeastLikely) {
  SamplingOptions options;
  options.xtc_probability = 1.0f;
  options.xtc_threshold = 0.12f;  // tokens 1, 3 and 4 are top choices
  expect_distribution(distribution_of(options, kLogits),
                      {{0, 0.1 / 0.3}, {2, 0.05 / 0.3}, {4, 0.15 / 0.3}});
}

TEST(Truncation, XtcDoesNothingWithOneTopChoice) {
  SamplingOptions options;
  options.xtc_probability = 1.0f;
  options.xtc_threshold = 0.35f;
  EXPECT_EQ(distribution_of(options, kLogits).size(), 5u);
}

TEST(Truncation, XtcActsAboutAsOftenAsItsProbability) {
  SamplingOptions options;
  options.xtc_probability = 0.25f;
  options.seed = 5;
  Sampler sampler(options, kLogits.size());
  int acted = 0;
  for (int step = 0; step < 4000; ++step) {
    acted += distribution_of(sampler, kLogits).size() < 5 ? 1 : 0;
    sampler.accept(0);
  }
  EXPECT_NEAR(acted, 1000, 100);
}

}  // namespace
}  // namespace freshet
