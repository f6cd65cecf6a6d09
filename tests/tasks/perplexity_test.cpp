#include <freshet/perplexity.h>
#include <freshet/synth.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "support/temporary_folder.h"
#include "tasks/random.h"

namespace freshet {
namespace {

using testing::TemporaryFolder;
namespace fs = std::filesystem;

constexpr int64_t kWindow = 32;

class Perplexity : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  Engine open(const std::string& type = "bf16", uint64_t seed = 1, int micro_batch = 2048,
              const char* shape = "nano-moe") const {
    const std::string file = path(std::string(shape) + type + std::to_string(seed));
    if (!fs::exists(file)) write_synth(plan_synth(synth_shape(shape), type), file, seed);
    return Engine::open(file, {.n_threads = 1, .micro_batch = micro_batch});
  }
  TemporaryFolder folder_;
};

std::vector<TokenId> some_tokens(const Engine& engine, int64_t n, uint64_t seed = 4) {
  Random random(seed, 0);
  std::vector<TokenId> tokens;
  for (int64_t i = 0; i < n; ++i) {
    const auto vocab = static_cast<uint64_t>(engine.model().vocab_size);
    tokens.push_back(static_cast<TokenId>(random.below(vocab)));
  }
  return tokens;
}

/// log p of every token at each scored position, computed plainly: [positions][vocab].
std::vector<std::vector<double>> plain_predictions(Engine& engine, std::vector<TokenId> tokens) {
  std::vector<std::vector<double>> all;
  for (size_t begin = 0; begin + kWindow <= tokens.size(); begin += kWindow) {
    tokens[begin] = *engine.tokenizer().bos();
    Sequence sequence = engine.new_sequence();
    for (size_t i = 0; i + 1 < kWindow; ++i) {
      engine.read(sequence, std::span(tokens).subspan(begin + i, 1));
      if (i + 1 < kWindow / 2) continue;
      double sum = 0;
      for (const float logit : sequence.logits()) sum += std::exp(double{logit});
      auto& row = all.emplace_back();
      for (const float logit : sequence.logits()) row.push_back(logit - std::log(sum));
    }
  }
  return all;
}

template <class Run>
ErrorKind kind_of_error(const Run& run) {
  try {
    run();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::kUsage;
}

TEST_F(Perplexity, IsThatOfAPlainComputation) {
  Engine engine = open();
  const std::vector<TokenId> tokens = some_tokens(engine, 3 * kWindow + 5);
  const PerplexityReport report = measure_perplexity(engine, tokens, "", {.window = kWindow});
  EXPECT_EQ(report.n_windows, 3);
  EXPECT_EQ(report.first_scored, kWindow / 2);
  EXPECT_EQ(report.n_scored, 3 * kWindow / 2);
  const auto predictions = plain_predictions(engine, tokens);
  ASSERT_EQ(predictions.size(), static_cast<size_t>(report.n_scored));
  double sum = 0, squares = 0;
  for (size_t i = 0; i < predictions.size(); ++i) {
    const size_t half = kWindow / 2;
    const TokenId next = tokens[i / half * kWindow + half + i % half];
    const double loss = -predictions[i][static_cast<size_t>(next)];
    sum += loss;
    squares += loss * loss;
  }
  const auto n = static_cast<double>(predictions.size());
  const double mean = sum / n, error = std::sqrt((squares / n - mean * mean) / (n - 1));
  EXPECT_NEAR(report.mean_loss, mean, 1e-5);
  EXPECT_NEAR(report.standard_error, error, 1e-5);
  EXPECT_NEAR(report.perplexity, std::exp(mean), 1e-4 * std::exp(mean));
  EXPECT_NEAR(report.perplexity_error, std::exp(mean) * error, 1e-3 * std::exp(mean));
}

TEST_F(Perplexity, DoesNotDependOnHowWindowsShareAPass) {
  Engine wide = open("bf16", 1, 2048), narrow = open("bf16", 1, 20);
  const std::vector<TokenId> tokens = some_tokens(wide, 4 * kWindow);
  const PerplexityReport a = measure_perplexity(wide, tokens, path("a"), {.window = kWindow});
  const PerplexityReport b = measure_perplexity(narrow, tokens, path("b"), {.window = kWindow});
  EXPECT_EQ(a.mean_loss, b.mean_loss);
  std::ifstream first(path("a"), std::ios::binary), second(path("b"), std::ios::binary);
  EXPECT_TRUE(std::equal(std::istreambuf_iterator<char>(first), {},
                         std::istreambuf_iterator<char>(second)));
}

TEST_F(Perplexity, ReadsAsManyWindowsAsAskedForAndTellsHowFarItIs) {
  Engine engine = open();
  int64_t last = 0;
  PerplexityOptions options{.window = kWindow, .most_windows = 2};
  options.progress = [&](int64_t done, int64_t total) {
    EXPECT_GT(done, last);
    EXPECT_EQ(total, 2 * (kWindow - 1));
    last = done;
  };
  EXPECT_EQ(measure_perplexity(engine, some_tokens(engine, 5 * kWindow), "", options).n_windows, 2);
  EXPECT_EQ(last, 2 * (kWindow - 1));
}

TEST_F(Perplexity, AModelDoesNotDivergeFromItself) {
  Engine engine = open();
  const std::vector<TokenId> tokens = some_tokens(engine, 2 * kWindow);
  const PerplexityReport base =
      measure_perplexity(engine, tokens, path("base"), {.window = kWindow});
  const PerplexityReport same = compare_perplexity(engine, path("base"), tokens);
  ASSERT_TRUE(same.divergence);
  EXPECT_EQ(same.divergence->mean, 0);
  EXPECT_EQ(same.divergence->most, 0);
  EXPECT_EQ(same.divergence->same_top, 1);
  EXPECT_EQ(same.mean_loss, base.mean_loss);
  EXPECT_NEAR(same.divergence->base_perplexity, base.perplexity, 1e-3 * base.perplexity);
}

TEST_F(Perplexity, DivergenceIsThatOfAPlainComputation) {
  Engine base = open(), other = open("q4_0", 2);
  const std::vector<TokenId> tokens = some_tokens(base, 3 * kWindow);
  (void)measure_perplexity(base, tokens, path("base"), {.window = kWindow});
  const PerplexityReport report = compare_perplexity(other, path("base"), {});
  const auto p = plain_predictions(base, tokens), q = plain_predictions(other, tokens);
  std::vector<double> divergences;
  double same_top = 0, sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    double d = 0;
    for (size_t t = 0; t < p[i].size(); ++t) d += std::exp(p[i][t]) * (p[i][t] - q[i][t]);
    divergences.push_back(d);
    sum += d;
    same_top += std::ranges::max_element(p[i]) - p[i].begin() ==
                        std::ranges::max_element(q[i]) - q[i].begin()
                    ? 1
                    : 0;
  }
  std::ranges::sort(divergences);
  const auto n = static_cast<double>(p.size());
  ASSERT_TRUE(report.divergence);
  EXPECT_NEAR(report.divergence->mean, sum / n, 1e-3 * sum / n);
  EXPECT_NEAR(report.divergence->most, divergences.back(), 1e-3 * divergences.back());
  const double median = (divergences[p.size() / 2 - 1] + divergences[p.size() / 2]) / 2;
  EXPECT_NEAR(report.divergence->median, median, 1e-3 * median);
  EXPECT_LE(report.divergence->percentile_99, report.divergence->most);
  EXPECT_GE(report.divergence->percentile_99, divergences[p.size() - 2]);
  EXPECT_NEAR(report.divergence->same_top, same_top / n, 1e-9);
}

TEST_F(Perplexity, RefusesTextsAndWindowsThatDoNotFit) {
  Engine engine = open();
  const auto kind = [&](int64_t n_tokens, int64_t window) {
    return kind_of_error([&] {
      (void)measure_perplexity(engine, some_tokens(engine, n_tokens), path("x"),
                               {.window = window});
    });
  };
  EXPECT_EQ(kind(kWindow - 1, kWindow), ErrorKind::kBadRequest);
  EXPECT_EQ(kind(100, 2), ErrorKind::kBadRequest);
  EXPECT_EQ(kind(100, engine.setup().context + 1), ErrorKind::kBadRequest);
  EXPECT_FALSE(fs::exists(path("x")));
}

TEST_F(Perplexity, RefusesPredictionsOfSomethingElse) {
  Engine engine = open();
  const std::vector<TokenId> tokens = some_tokens(engine, 2 * kWindow);
  (void)measure_perplexity(engine, tokens, path("base"), {.window = kWindow});
  Engine other = open("bf16", 1, 2048, "tiny");
  ASSERT_NE(other.model().vocab_size, engine.model().vocab_size);
  const auto kind = [&](Engine& with, const std::string& base, const std::vector<TokenId>& text) {
    return kind_of_error([&] { (void)compare_perplexity(with, base, text); });
  };
  EXPECT_EQ(kind(other, path("base"), {}), ErrorKind::kBadFile);
  EXPECT_EQ(kind(engine, path("base"), some_tokens(engine, 2 * kWindow, 9)), ErrorKind::kBadFile);
  EXPECT_EQ(kind(engine, path("absent"), {}), ErrorKind::kBadFile);

  std::ifstream in(path("base"), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const auto damaged = [&](const std::string& bytes) {
    std::ofstream(path("damaged"), std::ios::binary) << bytes;
    return kind(engine, path("damaged"), {});
  };
  EXPECT_EQ(damaged(whole.substr(0, whole.size() - 2)), ErrorKind::kBadFile);
  EXPECT_EQ(damaged(whole.substr(0, 10)), ErrorKind::kBadFile);
  EXPECT_EQ(damaged("another file, long enough to have a header"), ErrorKind::kBadFile);
  for (size_t field = 8; field < 28; field += 4) {  // version and sizes
    std::string bytes = whole;
    bytes.replace(field, 4, "\xFF\xFF\xFF\xFF");
    EXPECT_EQ(damaged(bytes), ErrorKind::kBadFile) << field;
    bytes.replace(field, 4, std::string(4, '\0'));
    EXPECT_EQ(damaged(bytes), ErrorKind::kBadFile) << field;
  }
  std::string bytes = whole;
  bytes.replace(40, 4, "\xFF\xFF\xFF\xFF");  // a token
  EXPECT_EQ(damaged(bytes), ErrorKind::kBadFile);
}

TEST_F(Perplexity, SavesNothingWhenItIsCancelledOrAFileIsThere) {
  Engine engine = open();
  const std::vector<TokenId> tokens = some_tokens(engine, 8 * kWindow);
  std::atomic<bool> cancel{true};
  EXPECT_EQ(kind_of_error([&] {
              (void)measure_perplexity(engine, tokens, path("x"),
                                       {.window = kWindow, .cancel = &cancel});
            }),
            ErrorKind::kCancelled);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);  // the model
  std::ofstream(path("x")) << "precious";
  EXPECT_EQ(kind_of_error(
                [&] { (void)measure_perplexity(engine, tokens, path("x"), {.window = kWindow}); }),
            ErrorKind::kUsage);
  EXPECT_EQ(fs::file_size(path("x")), 8u);
}

}  // namespace
}  // namespace freshet
