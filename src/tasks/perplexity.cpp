#include <freshet/perplexity.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "tasks/prediction_file.h"
#include "tasks/text_windows.h"

namespace freshet {
namespace {

/// Mean of numbers, and its standard error.
class Mean {
 public:
  void add(double x) {
    ++n_;
    sum_ += x;
    squares_ += x * x;
  }
  [[nodiscard]] int64_t n() const noexcept { return n_; }
  [[nodiscard]] double value() const { return sum_ / static_cast<double>(n_); }
  [[nodiscard]] double error() const {
    if (n_ < 2) return 0;
    const double variance = squares_ / static_cast<double>(n_) - value() * value();
    return std::sqrt(std::max(0.0, variance) / static_cast<double>(n_ - 1));
  }

 private:
  int64_t n_ = 0;
  double sum_ = 0, squares_ = 0;
};

/// -log of the token's probability.
double loss_of(std::span<const float> logits, TokenId token) {
  const float top = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - top);
  return std::log(sum) - (double{logits[static_cast<size_t>(token)]} - top);
}

/// What is done with each prediction: called in the order of the windows and their positions, with
/// the token that comes next.
using OnPrediction = std::function<void(std::span<const float> logits, TokenId next)>;

/// Reads all windows, several in one pass, and shows the predictions of tokens first .. window - 1.
void read_windows(Engine& engine, const TextWindows& windows, int64_t first,
                  const PerplexityOptions& options, const OnPrediction& on_prediction) {
  const int64_t length = windows.length();
  const int64_t total = windows.size() * (length - 1);  // the last token predicts nothing scored
  const int64_t group = std::max<int64_t>(1, engine.setup().micro_batch / length);
  int64_t n_read = 0;
  for (int64_t begin = 0; begin < windows.size(); begin += group) {
    const int64_t n = std::min(group, windows.size() - begin);
    std::vector<Sequence> sequences;
    for (int64_t i = 0; i < n; ++i) sequences.push_back(engine.new_sequence());
    const auto read = [&](int64_t from, int64_t to, bool scored) {
      std::vector<Feed> feeds;
      for (int64_t i = 0; i < n; ++i) {
        const std::span<const TokenId> window = windows[begin + i];
        Feed& feed = feeds.emplace_back(Feed{
            .sequence = &sequences[static_cast<size_t>(i)],
            .tokens = window.subspan(static_cast<size_t>(from), static_cast<size_t>(to - from))});
        if (!scored) continue;
        feed.on_logits = [window, &on_prediction](int64_t position, std::span<const float> logits) {
          on_prediction(logits, window[static_cast<size_t>(position) + 1]);
        };
      }
      engine.step(feeds, {.progress =
                              [&](int64_t done, int64_t) {
                                if (options.progress) options.progress(n_read + done, total);
                              },
                          .cancel = options.cancel});
      n_read += n * (to - from);
    };
    // Position p predicts token p + 1.
    if (first > 1) read(0, first - 1, false);
    read(first - 1, length - 1, true);
  }
}

PerplexityReport report_of(const TextWindows& windows, int64_t first, const Mean& loss) {
  const double perplexity = std::exp(loss.value());
  return {.window = windows.length(),
          .n_windows = windows.size(),
          .first_scored = first,
          .n_scored = loss.n(),
          .mean_loss = loss.value(),
          .standard_error = loss.error(),
          .perplexity = perplexity,
          .perplexity_error = perplexity * loss.error()};
}

DivergenceReport divergence_report(std::vector<float>& divergences, const Mean& same_top,
                                   const Mean& base_loss) {
  Mean mean;
  for (const float d : divergences) mean.add(d);
  std::ranges::sort(divergences);
  const size_t n = divergences.size();
  const auto at = [&](double share) {  // linear between the two nearest
    const double place = share * static_cast<double>(n - 1);
    const auto low = static_cast<size_t>(place);
    const size_t high = std::min(low + 1, n - 1);
    return std::lerp(double{divergences[low]}, double{divergences[high]},
                     place - static_cast<double>(low));
  };
  return {.mean = mean.value(),
          .standard_error = mean.error(),
          .median = at(0.5),
          .percentile_99 = at(0.99),
          .most = divergences.back(),
          .same_top = same_top.value(),
          .same_top_error = same_top.error(),
          .base_perplexity = std::exp(base_loss.value())};
}

}  // namespace

PerplexityReport measure_perplexity(Engine& engine, std::vector<TokenId> tokens,
                                    const std::string& save, const PerplexityOptions& options) {
  if (!save.empty() && !options.overwrite) refuse_existing(save);
  const TextWindows windows(engine, std::move(tokens), options.window, options.most_windows);
  const int64_t first = windows.length() / 2;
  const auto vocab = static_cast<size_t>(engine.model().vocab_size);
  std::optional<PredictionWriter> writer;
  std::vector<uint16_t> steps(save.empty() ? 0 : vocab);
  if (!save.empty()) {
    const PredictionShape shape{.vocab = static_cast<uint32_t>(vocab),
                                .window = static_cast<uint32_t>(windows.length()),
                                .first_scored = static_cast<uint32_t>(first),
                                .n_windows = static_cast<uint32_t>(windows.size())};
    writer.emplace(save, shape, windows.all());
  }
  Mean loss;
  read_windows(engine, windows, first, options, [&](std::span<const float> logits, TokenId next) {
    loss.add(loss_of(logits, next));
    if (!writer) return;
    round_prediction(logits, steps);
    writer->add(steps);
  });
  if (writer) writer->commit();
  return report_of(windows, first, loss);
}

PerplexityReport compare_perplexity(Engine& engine, const std::string& base,
                                    const std::vector<TokenId>& tokens,
                                    const PerplexityOptions& options) {
  const PredictionFile file(base);
  const PredictionShape& shape = file.shape();
  if (shape.vocab != static_cast<uint32_t>(engine.model().vocab_size)) {
    fail(ErrorKind::kBadFile,
         "{}: predictions over a vocabulary of {}, but {} has {}; they are of another model", base,
         shape.vocab, engine.model().path, engine.model().vocab_size);
  }
  const TextWindows windows(engine, file.tokens(), shape.window, 0);
  if (!tokens.empty()) {
    const TextWindows given(engine, tokens, shape.window, shape.n_windows);
    if (!std::ranges::equal(given.all(), windows.all())) {
      fail(ErrorKind::kBadFile,
           "{}: its predictions are of another text than the one given; leave -f out to use the "
           "text that it was made from",
           base);
    }
  }
  Mean loss, base_loss, same_top;
  std::vector<float> divergences;
  divergences.reserve(shape.n_scored());
  std::vector<uint16_t> steps(shape.vocab);
  read_windows(engine, windows, shape.first_scored, options,
               [&](std::span<const float> logits, TokenId next) {
                 const std::span<const uint16_t> theirs = file.prediction(divergences.size());
                 round_prediction(logits, steps);
                 loss.add(loss_of(logits, next));
                 base_loss.add(kStep * theirs[static_cast<size_t>(next)] + log_sum(theirs));
                 divergences.push_back(static_cast<float>(divergence(theirs, steps)));
                 const auto top = std::ranges::min_element(steps) - steps.begin();
                 same_top.add(top == std::ranges::min_element(theirs) - theirs.begin() ? 1 : 0);
                 advise_done_with(std::as_bytes(theirs));
               });
  PerplexityReport report = report_of(windows, shape.first_scored, loss);
  report.divergence = divergence_report(divergences, same_top, base_loss);
  return report;
}

}  // namespace freshet
