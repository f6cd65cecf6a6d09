// Helpers of the sampling tests: exact distributions instead of counted draws.
#pragma once

#include <freshet/error.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "sampling/sampler.h"

namespace freshet {

inline constexpr float kImpossible = -std::numeric_limits<float>::infinity();

// Logits whose softmax is `probabilities` (which sum to 1).
inline std::vector<float> logits_of(const std::vector<double>& probabilities) {
  std::vector<float> logits;
  for (const double p : probabilities) logits.push_back(static_cast<float>(std::log(p)));
  return logits;
}

inline std::map<TokenId, double> as_map(std::span<const Candidate> choices) {
  std::map<TokenId, double> result;
  for (const Candidate& choice : choices) result[choice.id] = choice.probability;
  return result;
}

// What the sampler would draw from, by token.
inline std::map<TokenId, double> distribution_of(Sampler& sampler, const std::vector<float>& logits,
                                                 const TokenMask* mask = nullptr) {
  return as_map(sampler.distribution(logits, mask));
}

inline std::map<TokenId, double> distribution_of(const SamplingOptions& options,
                                                 const std::vector<float>& logits) {
  Sampler sampler(options, logits.size());
  return distribution_of(sampler, logits);
}

inline void expect_distribution(const std::map<TokenId, double>& found,
                                const std::map<TokenId, double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [id, p] : expected) {
    ASSERT_TRUE(found.contains(id)) << "token " << id;
    EXPECT_NEAR(found.at(id), p, 1e-6) << "token " << id;
  }
}

// The message of the Error that `call` throws; a failure where it throws none.
template <class Call>
std::string message_of(ErrorKind kind, Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

}  // namespace freshet
