#include "engine/streams.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <string>

namespace freshet::testing {

::testing::AssertionResult same_logits(std::span<const float> got, std::span<const float> want) {
  if (got.size() != want.size()) {
    return ::testing::AssertionFailure() << got.size() << " logits, expected " << want.size();
  }
  for (size_t i = 0; i < got.size(); ++i) {
    if (std::bit_cast<uint32_t>(got[i]) != std::bit_cast<uint32_t>(want[i])) {
      return ::testing::AssertionFailure()
             << "logit " << i << " is " << got[i] << ", expected " << want[i];
    }
  }
  return ::testing::AssertionSuccess();
}

std::vector<float> read_all(Engine& engine, std::span<const TokenId> tokens) {
  std::vector<float> logits;
  Sequence sequence = engine.new_sequence();
  Feed feed{.sequence = &sequence, .tokens = tokens};
  feed.on_logits = [&](int64_t, std::span<const float> row) {
    logits.insert(logits.end(), row.begin(), row.end());
  };
  engine.step({&feed, 1});
  return logits;
}

std::vector<TokenId> random_tokens(const Engine& engine, int64_t n, uint64_t seed) {
  Numbers numbers(seed);
  std::vector<TokenId> tokens;
  for (int64_t i = 0; i < n; ++i) {
    tokens.push_back(
        static_cast<TokenId>(numbers.below(static_cast<uint64_t>(engine.model().vocab_size))));
  }
  return tokens;
}

Streams::Streams(Engine& engine, std::span<const int64_t> shared, int64_t length, uint64_t seed)
    : vocab_(static_cast<size_t>(engine.model().vocab_size)) {
  tokens_.push_back(random_tokens(engine, length, seed));
  for (const int64_t n : shared) {
    std::vector<TokenId> tokens = random_tokens(engine, length, ++seed);
    std::copy_n(tokens_[0].begin(), std::min(n, length), tokens.begin());
    tokens_.push_back(std::move(tokens));
  }
  for (const auto& tokens : tokens_) logits_.push_back(read_all(engine, tokens));
}

std::span<const TokenId> Streams::tokens(int stream, int64_t begin, int64_t end) const {
  return std::span(tokens_[static_cast<size_t>(stream)])
      .subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

std::span<const float> Streams::logits(int stream, int64_t position) const {
  return std::span(logits_[static_cast<size_t>(stream)])
      .subspan(static_cast<size_t>(position) * vocab_, vocab_);
}

bool Streams::agree(int a, int b, int64_t n) const {
  return std::ranges::equal(tokens(a, 0, n), tokens(b, 0, n));
}

Schedule::Schedule(Engine& engine, const Streams& streams, uint64_t seed)
    : engine_(engine), streams_(streams), numbers_(seed) {}

void Schedule::run(int n_actions) {
  for (int i = 0; i < n_actions && !::testing::Test::HasFailure(); ++i) {
    const uint64_t choice = numbers_.below(20);
    if (walkers_.empty() || choice == 0) {
      start();
    } else if (choice < 11) {
      read_some(false);
    } else if (choice < 13) {
      read_some(true);
    } else if (choice < 16) {
      rewind_one();
    } else if (choice < 18) {
      fork_one();
    } else {
      mark_one();
    }
  }
}

Schedule::Walker& Schedule::any() { return walkers_[numbers_.below(walkers_.size())]; }

void Schedule::start() {
  if (walkers_.size() == kMostWalkers) walkers_.erase(walkers_.begin());
  const int stream = static_cast<int>(numbers_.below(static_cast<uint64_t>(streams_.count())));
  walkers_.push_back({engine_.new_sequence(), stream, {}});
  trail_ += "start on " + std::to_string(stream) + "; ";
}

void Schedule::expect_logits(const Walker& walker, int64_t position, std::span<const float> got) {
  EXPECT_TRUE(same_logits(got, streams_.logits(walker.stream, position)))
      << "stream " << walker.stream << ", position " << position << ", after: " << trail_;
}

/// Feeds some of the walkers, each a few tokens or many. A cancelled step is cancelled before its
/// first pass or after it.
void Schedule::read_some(bool cancel) {
  constexpr uint64_t kMost[] = {1, 1, 2, 20, 70, 150};
  std::vector<Feed> feeds;
  std::vector<Walker*> fed;
  std::vector<int64_t> sizes;  // before the step
  for (Walker& walker : walkers_) {
    const int64_t size = walker.sequence.size(), left = streams_.length() - size;
    if (left == 0 || numbers_.below(3) == 0) continue;
    const auto n = static_cast<int64_t>(1 + numbers_.below(kMost[numbers_.below(6)]));
    const int64_t end = size + std::min(left, n);
    feeds.push_back(
        {.sequence = &walker.sequence, .tokens = streams_.tokens(walker.stream, size, end)});
    fed.push_back(&walker);
    sizes.push_back(size);
    if (numbers_.below(3) != 0) {
      feeds.back().on_logits = [this, &walker](int64_t position, std::span<const float> logits) {
        expect_logits(walker, position, logits);
      };
    }
    trail_ += (cancel ? "try " : "read ") + std::to_string(size) + ".." + std::to_string(end) +
              " of " + std::to_string(walker.stream) + ", ";
  }
  if (feeds.empty()) return;
  std::atomic<bool> cancelled{cancel && numbers_.below(2) == 0};
  ReadOptions options{.cancel = &cancelled};
  if (cancel) options.progress = [&](int64_t, int64_t) { cancelled = true; };
  try {
    engine_.step(feeds, options);
  } catch (const Error& error) {
    ASSERT_EQ(error.kind(), ErrorKind::kCancelled) << error.what();
    for (size_t i = 0; i < fed.size(); ++i) ASSERT_EQ(fed[i]->sequence.size(), sizes[i]) << trail_;
    trail_ += "cancelled; ";
    return;
  }
  for (const Walker* walker : fed) {
    expect_logits(*walker, walker->sequence.size() - 1, walker->sequence.logits());
  }
}

void Schedule::rewind_one() {
  constexpr int64_t kSteps[] = {1, 2, 5, 13, 14, 15, 16, 17, 40, 63, 64, 65};
  Walker& walker = any();
  int64_t to = walker.sequence.size() - kSteps[numbers_.below(std::size(kSteps))];
  const uint64_t choice = numbers_.below(6);
  if (choice == 0) to = 0;
  if (choice == 1 && !walker.marks.empty()) to = walker.marks.back();
  to = std::clamp<int64_t>(to, 0, walker.sequence.size());
  while (!walker.marks.empty() && walker.marks.back() > to) walker.marks.pop_back();
  trail_ += "rewind " + std::to_string(walker.sequence.size()) + " to " + std::to_string(to) + "; ";
  walker.sequence.rewind(to);
}

/// The copy takes any stream that has the same past.
void Schedule::fork_one() {
  if (walkers_.size() == kMostWalkers) walkers_.erase(walkers_.begin());
  const Walker& from = any();
  const auto stream = static_cast<int>(numbers_.below(static_cast<uint64_t>(streams_.count())));
  const bool fits = streams_.agree(from.stream, stream, from.sequence.size());
  Walker copy{from.sequence.fork(), fits ? stream : from.stream, from.marks};
  trail_ += "fork at " + std::to_string(copy.sequence.size()) + " to " +
            std::to_string(copy.stream) + "; ";
  walkers_.push_back(std::move(copy));
}

void Schedule::mark_one() {
  Walker& walker = any();
  walker.sequence.checkpoint();
  walker.marks.push_back(walker.sequence.size());
  trail_ += "mark " + std::to_string(walker.sequence.size()) + "; ";
}

}  // namespace freshet::testing
