#include <freshet/imatrix.h>

#include <algorithm>

#include "backend/observing_backend.h"
#include "engine/engine_impl.h"
#include "gguf/output_file.h"
#include "models/built_in_model.h"
#include "tasks/importance.h"
#include "tasks/text_windows.h"

namespace freshet {
namespace {

/// Adds up the squares of each weight's inputs.
class Gatherer {
 public:
  void operator()(std::span<const Tensor* const> weights, int64_t matrix,
                  std::span<const float* const> rows) {
    const auto columns = static_cast<size_t>(weights.front()->dims[0]);
    squares_.assign(columns, 0.0);
    for (const float* row : rows) {
      for (size_t c = 0; c < columns; ++c) squares_[c] += double{row[c]} * row[c];
    }
    for (const Tensor* weight : weights) {
      ColumnSums& sums = sums_of(*weight);
      double* to = &sums.squares[static_cast<size_t>(matrix) * columns];
      for (size_t c = 0; c < columns; ++c) to[c] += squares_[c];
      sums.counts[static_cast<size_t>(matrix)] += rows.size();
    }
  }

  [[nodiscard]] const ImportanceSums& sums() const noexcept { return all_; }

 private:
  ColumnSums& sums_of(const Tensor& weight) {
    const auto found = all_.find(weight.name);
    if (found != all_.end()) return found->second;
    const auto n_matrices = static_cast<size_t>(weight.dims[2]);
    ColumnSums& sums = all_[std::string(weight.name)];
    sums.squares.resize(n_matrices * static_cast<size_t>(weight.dims[0]));
    sums.counts.resize(n_matrices);
    return sums;
  }

  ImportanceSums all_;
  std::vector<double> squares_;
};

Engine open_observed(const std::string& model, const EngineOptions& options, Gatherer& gatherer) {
  auto file = model.empty() ? std::make_unique<GgufFile>(built_in_model(), "(built in)")
                            : std::make_unique<GgufFile>(model);
  const BackendWrapper wrap = [&](std::unique_ptr<Backend> backend) {
    return std::make_unique<ObservingBackend>(std::move(backend), std::ref(gatherer));
  };
  return Engine(std::make_unique<Engine::Impl>(std::move(file), options, wrap));
}

}  // namespace

ImatrixReport gather_imatrix(const std::string& model, std::string_view text,
                             const std::string& dataset, const std::string& out,
                             const ImatrixOptions& options) {
  if (!options.overwrite) refuse_existing(out);
  Gatherer gatherer;
  Engine engine = open_observed(model, options.engine, gatherer);
  const TextWindows windows(engine, engine.tokenizer().encode(text), options.window,
                            options.most_windows);
  const int64_t total = windows.size() * windows.length();
  // Several windows in one pass: each expert's weights are read once for all of them.
  const int64_t group = std::max<int64_t>(1, engine.setup().micro_batch / windows.length());
  for (int64_t first = 0; first < windows.size(); first += group) {
    const int64_t n = std::min(group, windows.size() - first);
    std::vector<Sequence> sequences;
    std::vector<Feed> feeds;
    for (int64_t i = 0; i < n; ++i) sequences.push_back(engine.new_sequence());
    for (int64_t i = 0; i < n; ++i) {
      // Logits of every position are asked for, so that the head sees them all.
      feeds.push_back({.sequence = &sequences[static_cast<size_t>(i)],
                       .tokens = windows[first + i],
                       .on_logits = [](int64_t, std::span<const float>) {}});
    }
    engine.step(feeds, {.progress =
                            [&](int64_t done, int64_t) {
                              if (!options.progress) return;
                              options.progress(first * windows.length() + done, total);
                            },
                        .cancel = options.cancel});
  }
  write_importance(out, gatherer.sums(),
                   {.dataset = dataset, .n_windows = windows.size(), .window = windows.length()});
  ImatrixReport report{.n_windows = windows.size(), .window = windows.length(), .n_tokens = total};
  for (const auto& [name, sums] : gatherer.sums()) {
    report.n_matrices += static_cast<int64_t>(sums.counts.size());
    if (name.ends_with("ffn_gate_exps.weight")) {
      report.n_unseen += std::ranges::count(sums.counts, uint64_t{0});
    }
  }
  return report;
}

}  // namespace freshet
