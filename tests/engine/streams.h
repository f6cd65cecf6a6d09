// Token streams with the logits that a model gives each position: the truth that every schedule of
// reading must reproduce bit for bit.
#pragma once

#include <freshet/engine.h>
#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "support/numbers.h"

namespace freshet::testing {

/// `got` and `want` have the same bits.
[[nodiscard]] ::testing::AssertionResult same_logits(std::span<const float> got,
                                                     std::span<const float> want);

/// Reads all tokens in one call; every position's logits, float[tokens, vocab].
[[nodiscard]] std::vector<float> read_all(Engine& engine, std::span<const TokenId> tokens);

[[nodiscard]] std::vector<TokenId> random_tokens(const Engine& engine, int64_t n, uint64_t seed);

/// Streams that share a beginning with stream 0 and then go their own ways.
class Streams {
 public:
  /// shared[j]: tokens that stream j + 1 has in common with stream 0. All have `length` tokens.
  Streams(Engine& engine, std::span<const int64_t> shared, int64_t length, uint64_t seed);

  [[nodiscard]] int count() const { return static_cast<int>(tokens_.size()); }
  [[nodiscard]] int64_t length() const { return static_cast<int64_t>(tokens_[0].size()); }
  /// Tokens [begin, end) of a stream.
  [[nodiscard]] std::span<const TokenId> tokens(int stream, int64_t begin, int64_t end) const;
  /// What the model says after the token at that position.
  [[nodiscard]] std::span<const float> logits(int stream, int64_t position) const;
  /// Whether the first n tokens of both are the same.
  [[nodiscard]] bool agree(int a, int b, int64_t n) const;

 private:
  size_t vocab_;
  std::vector<std::vector<TokenId>> tokens_;
  std::vector<std::vector<float>> logits_;
};

/// Sequences of one engine on their random ways along the streams: read together in pieces, forked,
/// rewound, marked, cancelled; every position's logits are compared with the truth.
class Schedule {
 public:
  Schedule(Engine& engine, const Streams& streams, uint64_t seed);

  /// Stops at the first failure, which tells the way there.
  void run(int n_actions);

 private:
  struct Walker {
    Sequence sequence;
    int stream;
    std::vector<int64_t> marks;  // lengths at which checkpoint() was called
  };
  static constexpr size_t kMostWalkers = 6;

  void start();
  void read_some(bool cancel);
  void rewind_one();
  void fork_one();
  void mark_one();
  void expect_logits(const Walker& walker, int64_t position, std::span<const float> got);
  [[nodiscard]] Walker& any();

  Engine& engine_;
  const Streams& streams_;
  Numbers numbers_;
  std::vector<Walker> walkers_;
  std::string trail_;
};

}  // namespace freshet::testing
