// The sampler as a whole: greedy, seeds, masks, bias, end tokens, refusals, log-probabilities.
#include "sampling/sampler.h"

#include "sampling/chain_support.h"
#include "sampling/logprobs.h"
#include "sampling/random.h"

namespace freshet {
namespace {

SamplingOptions greedy() {
  SamplingOptions options;
  options.temperature = 0.0f;
  return options;
}

std::vector<TokenId> draw(Sampler& sampler, const std::vector<float>& logits, int count) {
  std::vector<TokenId> tokens;
  for (int i = 0; i < count; ++i) {
    tokens.push_back(sampler.sample(logits));
    sampler.accept(tokens.back());
  }
  return tokens;
}

TEST(Greedy, TakesTheLowestIdOnTies) {
  Sampler sampler(greedy(), 4);
  EXPECT_EQ(sampler.sample(std::vector<float>{1.0f, 3.0f, 3.0f, 3.0f}), 1);
}

TEST(Greedy, IsAlsoWhatTopKOfOneMeans) {
  SamplingOptions options;
  options.top_k = 1;
  Sampler sampler(options, 4);
  EXPECT_EQ(sampler.sample(std::vector<float>{1.0f, 3.0f, 3.0f, 2.0f}), 1);
}

TEST(Greedy, HeedsPenaltiesBiasAndMask) {
  SamplingOptions options = greedy();
  options.presence_penalty = 1.5f;
  Sampler penalised(options, 3);
  penalised.accept(1);
  EXPECT_EQ(penalised.sample(std::vector<float>{1.0f, 2.0f, 0.0f}), 0);

  options = greedy();
  options.logit_bias = {{2, 3.0f}};
  Sampler biased(options, 3);
  EXPECT_EQ(biased.sample(std::vector<float>{1.0f, 2.0f, 0.0f}), 2);

  Sampler masked(greedy(), 3);
  TokenMask mask(3);
  mask.allow(0);
  mask.allow(2);
  EXPECT_EQ(masked.sample(std::vector<float>{1.0f, 2.0f, 0.0f}, &mask), 0);
}

TEST(Greedy, NeverDropsTheBestBecauseOfXtc) {
  SamplingOptions options = greedy();
  options.xtc_probability = 1.0f;
  options.xtc_threshold = 0.1f;
  Sampler sampler(options, 2);
  EXPECT_EQ(sampler.sample(std::vector<float>{1.0f, 1.1f}), 1);
}

TEST(Greedy, HasADistributionOfOneToken) {
  expect_distribution(distribution_of(greedy(), {1.0f, 2.0f, 0.0f}), {{1, 1.0}});
}

TEST(Logits, OfMinusInfinityAreImpossible) {
  expect_distribution(distribution_of(SamplingOptions{}, {kImpossible, 0.0f, 0.0f, kImpossible}),
                      {{1, 0.5}, {2, 0.5}});
  Sampler sampler(greedy(), 2);
  EXPECT_EQ(sampler.sample(std::vector<float>{kImpossible, -1e30f}), 1);
}

TEST(Logits, ThatAreAllImpossibleAreRefused) {
  for (const SamplingOptions& options : {greedy(), SamplingOptions{}}) {
    Sampler sampler(options, 2);
    EXPECT_NE(message_of(ErrorKind::kBadRequest,
                         [&] {
                           sampler.sample(std::vector<float>{kImpossible, kImpossible});
                         })
                  .find("no token is left"),
              std::string::npos);
  }
}

TEST(Logits, ThatAreNotNumbersAreRefused) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (const SamplingOptions& options : {greedy(), SamplingOptions{}}) {
      Sampler sampler(options, 3);
      const std::string message = message_of(ErrorKind::kBadFile, [&] {
        sampler.sample(std::vector<float>{0.0f, bad, 0.0f});
      });
      EXPECT_NE(message.find("token 1"), std::string::npos) << message;
    }
  }
}

TEST(LogitBias, ShiftsBansAndAddsUp) {
  SamplingOptions options;
  options.logit_bias = {{2, std::log(2.0f)}, {0, kImpossible}, {2, std::log(2.0f)}};
  expect_distribution(distribution_of(options, {5.0f, 0.0f, 0.0f}), {{1, 0.2}, {2, 0.8}});
}

TEST(Mask, IsHeededWhateverTheOrderOfStages) {
  SamplingOptions options;
  options.top_k = 1;
  options.order = parse_sampler_order("top_k");
  Sampler sampler(options, 130);
  std::vector<float> logits(130, 0.0f);
  logits[5] = 10.0f;
  TokenMask mask(130);
  mask.allow(128);
  expect_distribution(distribution_of(sampler, logits, &mask), {{128, 1.0}});
  mask.forbid(128);
  EXPECT_THROW(sampler.sample(logits, &mask), Error);
}

TEST(EndTokens, AreHeldBackUntilTheMinimumLength) {
  SamplingOptions options = greedy();
  options.min_tokens = 2;
  Sampler sampler(options, 3, std::vector<TokenId>{2});
  sampler.accept_prompt(std::vector<TokenId>{0, 0, 0});  // the prompt does not count
  EXPECT_EQ(draw(sampler, {0.0f, 1.0f, 9.0f}, 4), (std::vector<TokenId>{1, 1, 2, 2}));
}

TEST(EndTokens, NeverComeWhenIgnored) {
  SamplingOptions options = greedy();
  options.ignore_eos = true;
  Sampler sampler(options, 3, std::vector<TokenId>{1, 2});
  EXPECT_EQ(draw(sampler, {0.0f, 1.0f, 9.0f}, 3), (std::vector<TokenId>{0, 0, 0}));
}

TEST(Seed, DecidesTheText) {
  const std::vector<float> logits(100, 0.0f);
  SamplingOptions options;
  options.seed = 42;
  Sampler a(options, 100), b(options, 100);
  const auto text = draw(a, logits, 50);
  EXPECT_EQ(draw(b, logits, 50), text);
  options.seed = 43;
  Sampler c(options, 100);
  EXPECT_NE(draw(c, logits, 50), text);
}

TEST(Seed, GivesTheseTokensOnEveryPlatform) {
  std::vector<float> logits(1000);
  for (size_t i = 0; i < logits.size(); ++i) logits[i] = static_cast<float>(i % 17) * 0.37f;
  SamplingOptions options;
  options.seed = 1234567;
  options.temperature = 0.9f;
  options.top_p = 0.95f;
  options.repeat_penalty = 1.1f;
  Sampler sampler(options, logits.size());
  EXPECT_EQ(draw(sampler, logits, 8),
            (std::vector<TokenId>{763, 830, 910, 657, 83, 607, 876, 900}));
}

TEST(Seed, IsToldWhenItWasRandom) {
  const std::vector<float> logits(1000, 0.0f);
  Sampler unseeded(SamplingOptions{}, 1000);
  SamplingOptions options;
  options.seed = unseeded.seed();
  Sampler again(options, 1000);
  EXPECT_EQ(draw(unseeded, logits, 10), draw(again, logits, 10));
  EXPECT_NE(Sampler(SamplingOptions{}, 2).seed(), Sampler(SamplingOptions{}, 2).seed());
}

TEST(Sampling, IsRepeatableUntilATokenIsAccepted) {
  const std::vector<float> logits(1000, 0.0f);
  SamplingOptions options;
  options.seed = 9;
  Sampler sampler(options, 1000);
  const TokenId first = sampler.sample(logits);
  EXPECT_EQ(sampler.sample(logits), first);
  sampler.accept(first);
  EXPECT_NE(sampler.sample(logits), first);
}

TEST(Sampling, OfACopyIsAForkOfTheText) {
  const std::vector<float> logits(1000, 0.0f);
  SamplingOptions options;
  options.seed = 9;
  options.frequency_penalty = 0.5f;
  Sampler sampler(options, 1000);
  draw(sampler, logits, 5);
  Sampler fork = sampler;
  EXPECT_EQ(draw(fork, logits, 5), draw(sampler, logits, 5));
}

TEST(Sampling, DrawsEachTokenAboutAsOftenAsItsProbability) {
  SamplingOptions options;
  options.seed = 3;
  Sampler sampler(options, 3);
  std::map<TokenId, int> counts;
  for (const TokenId id : draw(sampler, logits_of({0.5, 0.2, 0.3}), 20000)) ++counts[id];
  EXPECT_NEAR(counts[0], 10000, 300);  // over four standard deviations
  EXPECT_NEAR(counts[1], 4000, 250);
  EXPECT_NEAR(counts[2], 6000, 270);
}

TEST(Sampling, NeverDrawsATokenOfNoProbability) {
  SamplingOptions options;
  options.seed = 3;
  Sampler sampler(options, 3);
  for (const TokenId id : draw(sampler, {-5000.0f, 0.0f, -5000.0f}, 1000)) ASSERT_EQ(id, 1);
}

TEST(Random, IsUniformAndIndependentOfItsPurpose) {
  double sum = 0.0, product = 0.0;
  constexpr int kDraws = 100000;
  for (uint64_t step = 0; step < kDraws; ++step) {
    const double a = random_unit(0, step, RandomPurpose::kDraw);
    const double b = random_unit(0, step, RandomPurpose::kXtc);
    ASSERT_TRUE(a >= 0.0 && a < 1.0);
    sum += a;
    product += (a - 0.5) * (b - 0.5);
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.004);
  EXPECT_NEAR(product / kDraws, 0.0, 0.001);
}

TEST(Vocabulary, BoundsEveryTokenThatIsNamed) {
  SamplingOptions options;
  options.logit_bias = {{10, 1.0f}};
  EXPECT_NE(message_of(ErrorKind::kBadRequest, [&] { Sampler(options, 10); })
                .find("logit_bias: token 10 is outside the vocabulary of 10 tokens"),
            std::string::npos);
  options.logit_bias = {{-1, 1.0f}};
  EXPECT_THROW(Sampler(options, 10), Error);
  options.logit_bias.clear();
  options.dry_breakers = {10};
  EXPECT_THROW(Sampler(options, 10), Error);
  EXPECT_THROW(Sampler(SamplingOptions{}, 10, std::vector<TokenId>{11}), Error);
  Sampler sampler(SamplingOptions{}, 10);
  EXPECT_THROW(sampler.accept(10), Error);
  EXPECT_THROW(sampler.accept_prompt(std::vector<TokenId>{-1}), Error);
}

TEST(Logprobs, AreOfTheModelsOwnDistribution) {
  const TokenLogprobs result = token_logprobs(logits_of({0.1, 0.4, 0.05, 0.3, 0.15}), 0, 3);
  EXPECT_EQ(result.chosen.id, 0);
  EXPECT_NEAR(result.chosen.logprob, std::log(0.1), 1e-6);
  ASSERT_EQ(result.top.size(), 3u);
  EXPECT_EQ(result.top[0].id, 1);
  EXPECT_NEAR(result.top[0].logprob, std::log(0.4), 1e-6);
  EXPECT_EQ(result.top[1].id, 3);
  EXPECT_EQ(result.top[2].id, 4);
}

TEST(Logprobs, NameTheLowerIdOnTiesAndNoMoreThanThereAre) {
  const TokenLogprobs result = token_logprobs(std::vector<float>{1.0f, 2.0f, 2.0f}, 2, 9);
  ASSERT_EQ(result.top.size(), 3u);
  EXPECT_EQ(result.top[0].id, 1);
  EXPECT_EQ(result.top[1].id, 2);
  EXPECT_TRUE(token_logprobs(std::vector<float>{1.0f}, 0, 0).top.empty());
}

TEST(Logprobs, OfImpossibleTokensAreMinusInfinity) {
  EXPECT_EQ(token_logprobs(std::vector<float>{kImpossible, 0.0f}, 0, 1).chosen.logprob,
            kImpossible);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(token_logprobs(std::vector<float>{nan, 0.0f}, 1, 1), Error);
}

}  // namespace
}  // namespace freshet
