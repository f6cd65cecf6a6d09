#include <freshet/generate.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/synthetic_model.h"

namespace freshet {
namespace {

using testing::SyntheticModel;

class Generate : public ::testing::Test {
 protected:
  Generation run(std::string_view prompt, const GenerateOptions& options) {
    Sequence sequence = engine_.new_sequence();
    return generate(engine_, sequence, engine_.tokenizer().encode(prompt), options);
  }

  static GenerateOptions greedy(int64_t max_tokens) {
    GenerateOptions options;
    options.sampling.temperature = 0;
    options.sampling.ignore_eos = true;
    options.max_tokens = max_tokens;
    return options;
  }

  static GenerateOptions random(int64_t max_tokens, uint64_t seed) {
    GenerateOptions options = greedy(max_tokens);
    options.sampling.temperature = 1.0f;
    options.sampling.seed = seed;
    return options;
  }

  SyntheticModel model_;
  Engine engine_ = Engine::open(model_.path(), {.n_threads = 1, .context = 256});
};

TEST_F(Generate, IsReadingAndChoosingByHand) {
  const Generation generation = run("The snow", greedy(6));
  Sequence sequence = engine_.new_sequence();
  engine_.read(sequence, engine_.tokenizer().encode("The snow"));
  for (const TokenId token : generation.tokens) {
    const auto logits = sequence.logits();
    float chosen = logits[static_cast<size_t>(token)];
    for (TokenId id = 0; id < engine_.model().vocab_size; ++id) {
      if (!engine_.tokenizer().is_end_of_generation(id)) {
        EXPECT_LE(logits[static_cast<size_t>(id)], chosen);
      }
    }
    engine_.read(sequence, std::span(&token, 1));
  }
  TextDecoder decoder(engine_.tokenizer());  // random weights say bytes that are no characters
  std::string text;
  for (const TokenId token : generation.tokens) text += decoder.push(token);
  EXPECT_EQ(generation.text, text + decoder.flush());
  EXPECT_EQ(generation.reason, StopReason::kMaxTokens);
}

TEST_F(Generate, TellsTheModelsOwnOpinionOfEachToken) {
  GenerateOptions options = random(12, 3);
  options.sampling.temperature = 2.0f;  // makes no difference to that opinion
  options.top_logprobs = 3;
  const Generation generation = run("The snow", options);
  ASSERT_EQ(generation.logprobs.size(), generation.tokens.size());
  Sequence sequence = engine_.new_sequence();
  engine_.read(sequence, engine_.tokenizer().encode("The snow"));
  for (size_t i = 0; i < generation.tokens.size(); ++i) {
    const TokenLogprobs& told = generation.logprobs[i];
    const auto logits = sequence.logits();
    double total = 0;
    for (const float logit : logits) total += std::exp(static_cast<double>(logit));
    const TokenId token = generation.tokens[i];
    EXPECT_EQ(told.chosen.id, token);
    EXPECT_NEAR(told.chosen.logprob, logits[static_cast<size_t>(token)] - std::log(total), 1e-4);
    ASSERT_EQ(told.top.size(), 3u);
    EXPECT_GE(told.top[0].logprob, told.top[1].logprob);
    EXPECT_EQ(logits[static_cast<size_t>(told.top[0].id)], std::ranges::max(logits));
    engine_.read(sequence, std::span(&token, 1));
  }
  EXPECT_TRUE(run("The snow", random(3, 3)).logprobs.empty());
  options.top_logprobs = GenerateOptions::kMostAlternatives + 1;
  EXPECT_THROW(run("The snow", options), Error);
}

TEST_F(Generate, GivesTheSameTextForTheSameSeed) {
  const Generation one = run("The snow", random(30, 1));
  EXPECT_EQ(one.tokens, run("The snow", random(30, 1)).tokens);
  EXPECT_NE(one.tokens, run("The snow", random(30, 2)).tokens);
  EXPECT_EQ(one.seed, 1u);
}

TEST_F(Generate, ReadsTheTokenThatEndsATurn) {
  GenerateOptions options = greedy(10);
  const TokenId end = *engine_.tokenizer().find("<|im_end|>");
  options.sampling.ignore_eos = false;
  options.sampling.logit_bias = {{end, 10'000.0f}};
  Sequence sequence = engine_.new_sequence();
  const Generation generation =
      generate(engine_, sequence, engine_.tokenizer().encode("Hi"), options);
  EXPECT_EQ(generation.reason, StopReason::kEndOfTurn);
  EXPECT_EQ(generation.tokens, (std::vector<TokenId>{end}));
  EXPECT_EQ(generation.text, "");
  EXPECT_EQ(sequence.tokens().back(), end);
  options.show_special = true;
  EXPECT_EQ(run("Hi", options).text, "<|im_end|>");
}

TEST_F(Generate, StreamsTheTextThatItReturns) {
  std::string streamed;
  GenerateOptions options = random(60, 3);
  options.on_text = [&](std::string_view text) {
    EXPECT_FALSE(text.empty());
    streamed += text;
  };
  EXPECT_EQ(run("Hi", options).text, streamed);
}

TEST_F(Generate, EndsBeforeAStopTextAndShowsNothingOfIt) {
  const Generation whole = run("Hi", random(60, 4));
  ASSERT_GT(whole.text.size(), 12u);
  const std::string stop = whole.text.substr(8, 4);
  GenerateOptions options = random(60, 4);
  options.stop = {stop};
  const Generation cut = run("Hi", options);
  EXPECT_EQ(cut.reason, StopReason::kStopText);
  EXPECT_EQ(cut.text, whole.text.substr(0, whole.text.find(stop)));
}

TEST_F(Generate, StopsWhereTheContextEnds) {
  const Generation generation = run("Hi", greedy(-1));
  EXPECT_EQ(generation.reason, StopReason::kContextFull);
  EXPECT_EQ(generation.prompt_tokens + static_cast<int64_t>(generation.tokens.size()), 256);
}

TEST_F(Generate, KeepsWhatWasGeneratedWhenCancelled) {
  std::atomic<bool> cancel{false};
  GenerateOptions options = greedy(-1);
  options.cancel = &cancel;
  size_t n_bytes = 0;
  options.on_text = [&](std::string_view text) {
    n_bytes += text.size();
    if (n_bytes > 20) cancel = true;
  };
  Sequence sequence = engine_.new_sequence();
  const Generation generation =
      generate(engine_, sequence, engine_.tokenizer().encode("Hi"), options);
  EXPECT_EQ(generation.reason, StopReason::kCancelled);
  EXPECT_EQ(generation.text.size(), n_bytes);
  EXPECT_EQ(sequence.size(),
            generation.prompt_tokens + static_cast<int64_t>(generation.tokens.size()));
}

TEST_F(Generate, LeavesTheSequenceAloneWhenCancelledInThePrompt) {
  const std::atomic<bool> cancel{true};
  GenerateOptions options = greedy(5);
  options.cancel = &cancel;
  Sequence sequence = engine_.new_sequence();
  const Generation generation =
      generate(engine_, sequence, engine_.tokenizer().encode("Hi"), options);
  EXPECT_EQ(generation.reason, StopReason::kCancelled);
  EXPECT_EQ(sequence.size(), 0);
}

TEST_F(Generate, GoesOnFromWhereASequenceStands) {
  Sequence sequence = engine_.new_sequence();
  const auto prompt = engine_.tokenizer().encode("The snow");
  const Generation first = generate(engine_, sequence, prompt, greedy(5));
  const Generation second = generate(engine_, sequence, {}, greedy(5));
  const Generation whole = run("The snow", greedy(10));
  std::vector<TokenId> joined = first.tokens;
  joined.insert(joined.end(), second.tokens.begin(), second.tokens.end());
  EXPECT_EQ(joined, whole.tokens);
}

TEST_F(Generate, RefusesAPromptThatLeavesNoRoom) {
  const std::vector<TokenId> prompt(256, 20);
  Sequence sequence = engine_.new_sequence();
  EXPECT_THROW((void)generate(engine_, sequence, prompt, greedy(1)), Error);
  EXPECT_EQ(sequence.size(), 0);
  EXPECT_NO_THROW((void)generate(engine_, sequence, std::span(prompt).first(255), greedy(1)));
}

TEST_F(Generate, RefusesNothingToGoOnFrom) {
  Sequence sequence = engine_.new_sequence();
  EXPECT_THROW((void)generate(engine_, sequence, {}, greedy(1)), Error);
  const std::vector<TokenId> prompt = {20};
  EXPECT_THROW((void)generate(engine_, sequence, prompt, greedy(-2)), Error);
}

TEST_F(Generate, ReadsThePromptAndStopsAtNoTokens) {
  const Generation generation = run("The snow", greedy(0));
  EXPECT_TRUE(generation.tokens.empty());
  EXPECT_GT(generation.prompt_tokens, 0);
  EXPECT_EQ(generation.reason, StopReason::kMaxTokens);
}

TEST_F(Generate, PenalisesTheConversationAndNotTheNewestPromptAlone) {
  GenerateOptions options = greedy(1);
  Sequence sequence = engine_.new_sequence();
  const TokenId favourite = run("Hi", options).tokens.front();
  auto prompt = engine_.tokenizer().encode("Hi");
  prompt.insert(prompt.begin(), favourite);
  engine_.read(sequence, prompt);
  options.sampling.logit_bias = {{favourite, 50.0f}};
  options.sampling.presence_penalty = 100.0f;
  EXPECT_NE(generate(engine_, sequence, {}, options).tokens.front(), favourite);
}

}  // namespace
}  // namespace freshet
