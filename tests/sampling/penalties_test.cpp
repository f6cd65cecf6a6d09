// Repetition, presence and frequency penalties, their window, and DRY.
#include "sampling/chain_support.h"

namespace freshet {
namespace {

// The logit that each token ends up with, relative to token 0's.
std::vector<double> logits_after(Sampler& sampler, const std::vector<float>& logits) {
  const auto p = distribution_of(sampler, logits);
  std::vector<double> result;
  for (size_t i = 0; i < logits.size(); ++i) {
    result.push_back(std::log(p.at(static_cast<TokenId>(i)) / p.at(0)));
  }
  return result;
}

void expect_near(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5) << i;
}

TEST(RepeatPenalty, DividesPositiveAndMultipliesNegativeLogits) {
  SamplingOptions options;
  options.repeat_penalty = 2.0f;
  Sampler sampler(options, 4);
  sampler.accept_prompt(std::vector<TokenId>{1, 2, 2});
  expect_near(logits_after(sampler, {0.0f, 3.0f, -1.0f, 3.0f}), {0.0, 1.5, -2.0, 3.0});
}

TEST(PresencePenalty, IsTheSameHoweverOftenATokenOccurred) {
  SamplingOptions options;
  options.presence_penalty = 0.5f;
  Sampler sampler(options, 3);
  sampler.accept_prompt(std::vector<TokenId>{1, 2, 2, 2});
  expect_near(logits_after(sampler, {0.0f, 1.0f, 1.0f}), {0.0, 0.5, 0.5});
}

TEST(FrequencyPenalty, GrowsWithEachOccurrence) {
  SamplingOptions options;
  options.frequency_penalty = 0.5f;
  Sampler sampler(options, 3);
  sampler.accept_prompt(std::vector<TokenId>{1, 2, 2, 2});
  expect_near(logits_after(sampler, {0.0f, 1.0f, 1.0f}), {0.0, 0.5, -0.5});
}

TEST(PenaltyWindow, ForgetsTokensThatLeftIt) {
  SamplingOptions options;
  options.frequency_penalty = 1.0f;
  options.repeat_last_n = 3;
  Sampler sampler(options, 4);
  for (const TokenId id : {1, 1, 2, 3, 1}) sampler.accept(id);  // the window holds 2, 3, 1
  expect_near(logits_after(sampler, {0.0f, 0.0f, 0.0f, 0.0f}), {0.0, -1.0, -1.0, -1.0});
  sampler.accept(1);  // 3, 1, 1
  expect_near(logits_after(sampler, {0.0f, 0.0f, 0.0f, 0.0f}), {0.0, -2.0, 0.0, -1.0});
}

TEST(PenaltyWindow, OfZeroTurnsPenaltiesOff) {
  SamplingOptions options;
  options.frequency_penalty = 1.0f;
  options.repeat_last_n = 0;
  Sampler sampler(options, 2);
  sampler.accept(1);
  expect_near(logits_after(sampler, {0.0f, 0.0f}), {0.0, 0.0});
}

TEST(PenaltyWindow, OfMinusOneIsTheWholeContext) {
  SamplingOptions options;
  options.frequency_penalty = 0.01f;
  options.repeat_last_n = -1;
  Sampler sampler(options, 2);
  for (int i = 0; i < 1000; ++i) sampler.accept(1);
  expect_near(logits_after(sampler, {0.0f, 0.0f}), {0.0, -10.0});
}

SamplingOptions dry_options() {
  SamplingOptions options;
  options.dry_multiplier = 1.0f;
  options.dry_base = 2.0f;
  options.dry_allowed_length = 2;
  return options;
}

const std::vector<float> kFlat(10, 0.0f);

TEST(Dry, PunishesTheTokenThatWouldContinueAPassage) {
  Sampler sampler(dry_options(), kFlat.size());
  sampler.accept_prompt(std::vector<TokenId>{1, 2, 3, 4, 9, 1, 2, 3});  // 4 would make it longer
  std::vector<double> expected(10, 0.0);
  expected[4] = -2.0;  // a passage of 3: 1 * 2^(3 - 2)
  expect_near(logits_after(sampler, kFlat), expected);
}

TEST(Dry, LeavesRepeatsShorterThanAllowedAlone) {
  Sampler sampler(dry_options(), kFlat.size());
  sampler.accept_prompt(std::vector<TokenId>{3, 4, 9, 3});
  expect_near(logits_after(sampler, kFlat), std::vector<double>(10, 0.0));
}

TEST(Dry, TakesTheLongestPassageWhereSeveralContinueAlike) {
  Sampler sampler(dry_options(), kFlat.size());
  sampler.accept_prompt(std::vector<TokenId>{7, 1, 2, 3, 4, 8, 2, 3, 4, 5, 2, 3, 6, 7, 1, 2, 3});
  std::vector<double> expected(10, 0.0);
  expected[4] = -4.0;  // after 7 1 2 3 (4 long) and after 2 3 (2 long)
  expected[6] = -1.0;  // after 2 3
  expect_near(logits_after(sampler, kFlat), expected);
}

TEST(Dry, CountsOverlappingRepeats) {
  Sampler sampler(dry_options(), kFlat.size());
  sampler.accept_prompt(std::vector<TokenId>{5, 5, 5, 5});
  std::vector<double> expected(10, 0.0);
  expected[5] = -2.0;  // "5 5 5" came before the last 5
  expect_near(logits_after(sampler, kFlat), expected);
}

TEST(Dry, DoesNotExtendAcrossABreaker) {
  SamplingOptions options = dry_options();
  options.dry_breakers = {1};
  Sampler sampler(options, kFlat.size());
  sampler.accept_prompt(std::vector<TokenId>{7, 1, 2, 3, 4, 9, 7, 1, 2, 3});
  std::vector<double> expected(10, 0.0);
  expected[4] = -1.0;  // only 2 3 counts
  expect_near(logits_after(sampler, kFlat), expected);
}

TEST(Dry, LooksBackOverItsWindowOnly) {
  SamplingOptions options = dry_options();
  options.dry_penalty_last_n = 6;
  Sampler sampler(options, kFlat.size());
  std::vector<TokenId> text = {1, 2, 3, 4};
  for (int i = 0; i < 30; ++i) text.insert(text.end(), {5, 6, 7, 8, 9, 0});
  text.insert(text.end(), {1, 2, 3});
  sampler.accept_prompt(text);
  expect_near(logits_after(sampler, kFlat), std::vector<double>(10, 0.0));
}

TEST(Dry, AgreesWithAPlainSearchOnRandomTexts) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    uint32_t state = seed;
    std::vector<TokenId> text;
    for (int i = 0; i < 60; ++i) {
      state = state * 1664525u + 1013904223u;
      text.push_back(static_cast<TokenId>(1 + (state >> 28) % 3));
    }
    Sampler sampler(dry_options(), kFlat.size());
    sampler.accept_prompt(text);
    std::vector<double> expected(10, 0.0);
    for (size_t next = 1; next < text.size(); ++next) {
      size_t length = 0;
      while (length < next && text[next - 1 - length] == text[text.size() - 1 - length]) ++length;
      double& logit = expected[static_cast<size_t>(text[next])];
      if (length >= 2) logit = std::min(logit, -std::pow(2.0, static_cast<double>(length) - 2.0));
    }
    // Far below the float range of probabilities, only "practically impossible" can be seen.
    const auto p = distribution_of(sampler, kFlat);
    for (TokenId id = 0; id < 10; ++id) {
      const double expected_ratio = std::exp(expected[static_cast<size_t>(id)]);
      EXPECT_NEAR(p.at(id) / p.at(0), expected_ratio, 1e-5) << "seed " << seed << " token " << id;
    }
  }
}

TEST(Dry, SurvivesPassagesOfAnyLength) {
  SamplingOptions options = dry_options();
  options.dry_base = 100.0f;
  options.dry_multiplier = 100.0f;
  Sampler sampler(options, kFlat.size());
  sampler.accept_prompt(std::vector<TokenId>(20000, 5));
  EXPECT_EQ(distribution_of(sampler, kFlat).at(5), 0.0);
}

}  // namespace
}  // namespace freshet
