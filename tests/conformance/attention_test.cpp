// Caches and attention of every pair of cache types: all targets store the scalar target's bytes
// and compute its bits, and the scalar target is near the plain softmax.
#include <cmath>
#include <cstring>

#include "conformance/compare.h"

namespace freshet::testing {
namespace {

using kernels::AttentionPartial;
using kernels::AttentionQuery;
using kernels::CacheType;
using kernels::Kernels;
using kernels::kPageSize;
using kernels::kSplitPages;

constexpr int64_t kMostPositions = 1030;
constexpr int kHeadDims[] = {32, 64, 128, 256};

int64_t splits_of(int64_t n_positions) {
  return (n_positions + kSplitPages * kPageSize - 1) / (kSplitPages * kPageSize);
}

::testing::AssertionResult same_partial(const AttentionPartial& got, const AttentionPartial& want,
                                        int head_dim) {
  const float got_sums[] = {got.max, got.sum}, want_sums[] = {want.max, want.sum};
  const auto sums = same_bits(got_sums, want_sums);
  if (!sums) return ::testing::AssertionFailure() << "maximum, sum: " << sums.message();
  const auto width = static_cast<size_t>(head_dim);
  return same_bits({got.out, width}, {want.out, width});
}

class EveryTargetAndCache
    : public ::testing::TestWithParam<std::tuple<const Kernels*, CacheType, CacheType>> {
 protected:
  const Kernels& target = *std::get<0>(GetParam());
  const CacheType key = std::get<1>(GetParam()), value = std::get<2>(GetParam());
  const Kernels& scalar = scalar_target();

  [[nodiscard]] const kernels::CacheKernels& cache_of(const Kernels& kernels) const {
    return kernels.caches[static_cast<int>(key)][static_cast<int>(value)];
  }
  /// One head over all positions, its splits merged in order.
  [[nodiscard]] std::vector<float> attend(const Kernels& kernels,
                                          const AttentionQuery& query) const {
    AttentionPartial sum, next;
    cache_of(kernels).attend_split(query, 0, &sum);
    for (int64_t split = 1; split < splits_of(query.n_positions); ++split) {
      cache_of(kernels).attend_split(query, split, &next);
      kernels.merge_partial(&sum, next, query.head_dim);
    }
    std::vector<float> out(static_cast<size_t>(query.head_dim));
    kernels.finish_partial(sum, out.data(), query.head_dim);
    return out;
  }
};

TEST_P(EveryTargetAndCache, StoresTheScalarBytesAndNothingElse) {
  for (const int head_dim : kHeadDims) {
    const AttentionOperands want(scalar, key, value, head_dim, 130, 1);
    const AttentionOperands got(target, key, value, head_dim, 130, 1);
    for (int64_t i = 0; i < got.n_pages(); ++i) {
      ASSERT_TRUE(std::ranges::equal(got.page(i), want.page(i)))
          << "head_dim " << head_dim << ", page " << i;
    }
  }
}

TEST_P(EveryTargetAndCache, AttendsToTheScalarBitsWhateverHeadsStandTogether) {
  std::optional<AttentionOperands> operands;
  for (const AttentionCase& c : attention_cases()) {
    if (!operands || operands->head_dim != c.head_dim) {
      operands.emplace(scalar, key, value, c.head_dim, kMostPositions, 2);
    }
    const int first = AttentionOperands::kHeads - c.n_heads;
    const AttentionQuery query = operands->query(first, c.n_heads, c.n_positions);
    for (int64_t split = 0; split < splits_of(c.n_positions); ++split) {
      std::vector<AttentionPartial> got(static_cast<size_t>(c.n_heads));
      cache_of(target).attend_split(query, split, got.data());
      for (int h = 0; h < c.n_heads; ++h) {
        AttentionPartial want;
        const AttentionQuery alone = operands->query(first + h, 1, c.n_positions);
        cache_of(scalar).attend_split(alone, split, &want);
        ASSERT_TRUE(same_partial(got[static_cast<size_t>(h)], want, c.head_dim))
            << "head " << h << " of " << c.n_heads << ", head_dim " << c.head_dim << ", "
            << c.n_positions << " positions, split " << split;
      }
    }
  }
}

/// What the cache holds of x: to be compared with exact arithmetic on the same numbers.
std::vector<float> as_stored(CacheType type, std::span<const float> x) {
  std::vector<float> stored(x.begin(), x.end());
  if (type == CacheType::kF16) {
    for (float& v : stored) v = kernels::half_to_float(kernels::float_to_half(v));
  }
  if (type == CacheType::kQ8_0) {
    for (size_t b = 0; b < stored.size(); b += 32) {
      float peak = 0;
      for (size_t i = b; i < b + 32; ++i) peak = std::max(peak, std::fabs(stored[i]));
      const float scale = kernels::half_to_float(kernels::float_to_half(peak / 127.0f));
      const float inverse = scale > 0 ? 1.0f / scale : 0.0f;
      for (size_t i = b; i < b + 32; ++i) {
        const float q = std::nearbyint(std::clamp(stored[i] * inverse, -127.0f, 127.0f));
        stored[i] = q * scale;
      }
    }
  }
  return stored;
}

/// softmax(q . keys) . values in double.
std::vector<double> plain_attention(const AttentionOperands& operands, int head, int64_t n) {
  const auto width = static_cast<size_t>(operands.head_dim);
  const std::vector<float> keys = as_stored(operands.key_type, operands.keys);
  const std::vector<float> values = as_stored(operands.value_type, operands.values);
  const float* q = &operands.q[static_cast<size_t>(head) * width];
  std::vector<double> scores(static_cast<size_t>(n));
  for (size_t p = 0; p < scores.size(); ++p) {
    for (size_t d = 0; d < width; ++d) {
      scores[p] += static_cast<double>(q[d]) * keys[p * width + d];
    }
  }
  const double peak = *std::ranges::max_element(scores);
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - peak);
  std::vector<double> out(width);
  for (size_t p = 0; p < scores.size(); ++p) {
    for (size_t d = 0; d < width; ++d) out[d] += scores[p] / sum * values[p * width + d];
  }
  return out;
}

TEST_P(EveryTargetAndCache, AttendsAsThePlainDefinitionSays) {
  // Values are below 3. Scores, below 10 here, are wrong by some units in the last place, and so
  // by as much in relation are the weights.
  constexpr double kTolerance = 1e-5;
  for (const int head_dim : kHeadDims) {
    const AttentionOperands operands(target, key, value, head_dim, kMostPositions, 3);
    for (const int64_t n : {int64_t{1}, int64_t{63}, int64_t{513}, kMostPositions}) {
      const std::vector<float> got = attend(target, operands.query(5, 1, n));
      const std::vector<double> want = plain_attention(operands, 5, n);
      for (size_t d = 0; d < got.size(); ++d) {
        ASSERT_NEAR(got[d], want[d], kTolerance) << "head_dim " << head_dim << ", " << n;
      }
    }
  }
}

std::string cache_test_name(const ::testing::TestParamInfo<EveryTargetAndCache::ParamType>& param) {
  const auto& [target, key, value] = param.param;
  return test_name(*target) + "_" + name_of(key) + "_" + name_of(value);
}

INSTANTIATE_TEST_SUITE_P(Attention, EveryTargetAndCache,
                         ::testing::Combine(::testing::ValuesIn(targets_that_run_here()),
                                            ::testing::ValuesIn(kAllCacheTypes),
                                            ::testing::ValuesIn(kAllCacheTypes)),
                         cache_test_name);

class Partials : public EveryTarget {
 protected:
  static AttentionPartial random_partial(Numbers& numbers, float max) {
    AttentionPartial partial{};
    partial.max = max;
    partial.sum = 1.0f + 100.0f * std::fabs(numbers.unit());
    for (float& x : partial.out) x = 50.0f * numbers.unit();
    return partial;
  }
};

TEST_P(Partials, MergeToTheScalarBits) {
  Numbers numbers(4);
  for (const int head_dim : kHeadDims) {
    for (const float max : {-300.0f, -90.0f, -3.0f, 0.0f, 0.01f, 5.0f, 88.0f, 200.0f}) {
      AttentionPartial got = random_partial(numbers, 0.0f), want = got;
      const AttentionPartial next = random_partial(numbers, max);
      target.merge_partial(&got, next, head_dim);
      scalar.merge_partial(&want, next, head_dim);
      ASSERT_TRUE(same_partial(got, want, head_dim)) << head_dim << ", maximum " << max;
    }
  }
}

TEST_P(Partials, FinishToTheScalarBits) {
  Numbers numbers(5);
  for (const int head_dim : kHeadDims) {
    const AttentionPartial partial = random_partial(numbers, 1.0f);
    const auto bytes = static_cast<size_t>(head_dim) * sizeof(float);
    const GuardedBuffer got(bytes), want(bytes);
    target.finish_partial(partial, got.as<float>(), head_dim);
    scalar.finish_partial(partial, want.as<float>(), head_dim);
    const auto width = static_cast<size_t>(head_dim);
    ASSERT_TRUE(same_bits({got.as<float>(), width}, {want.as<float>(), width})) << head_dim;
  }
}

INSTANTIATE_TEST_SUITE_P(Attention, Partials, ::testing::ValuesIn(targets_that_run_here()),
                         [](const auto& param) { return test_name(*param.param); });

}  // namespace
}  // namespace freshet::testing
