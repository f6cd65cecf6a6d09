#include <freshet/error.h>
#include <freshet/roofline.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "backend/timed_backend.h"
#include "engine/engine_impl.h"
#include "support/tiny_models.h"
#include "tasks/work.h"

namespace freshet {
namespace {

BenchOptions quick() { return {.repetitions = 1, .roof_bytes = 1}; }

const RooflineOperation& operation(const Roofline& roofline, const std::string& name) {
  return *std::ranges::find(roofline.operations, name, &RooflineOperation::name);
}

template <class F>
uint64_t sum(const Roofline& roofline, F of) {
  uint64_t total = 0;
  for (const RooflineOperation& o : roofline.operations) total += o.*of;
  return total;
}

/// The model's weights, and those of one of its rows.
struct Facts {
  ModelWork work;
  uint64_t embedding_row_bytes;
};

Facts facts_of(const std::string& path, int64_t n_experts_used) {
  const GgufFile file(path);
  const auto embedding = std::ranges::find(file.tensors(), "token_embd.weight", &Tensor::name);
  return {count_work(file.tensors(), n_experts_used), embedding->row_bytes()};
}

TEST(Roofline, OfADecodedTokenReadsEveryWeightThatItNeedsOnceAndItsPast) {
  const SynthShape shape = testing::tiny_dense();
  const std::string& path = testing::model_file(shape, "q8_0");
  const Facts facts = facts_of(path, 0);
  const Roofline roofline = measure_roofline(path, {}, {.n_gen = 1, .n_depth = 10}, quick());
  ASSERT_EQ(roofline.passes, 1u);
  const auto n_attention = static_cast<uint64_t>(shape.attention_layers.size());
  const uint64_t n_conv = static_cast<uint64_t>(shape.n_layers) - n_attention;
  const uint64_t head_dim = static_cast<uint64_t>(shape.hidden / shape.n_heads);
  // Eleven positions of keys and values as f16; two earlier inputs of each convolution as floats.
  const uint64_t past =
      n_attention * 11 * 2 * static_cast<uint64_t>(shape.n_kv_heads) * head_dim * 2;
  const uint64_t state = n_conv * 2 * static_cast<uint64_t>(shape.hidden) * 4;
  EXPECT_EQ(sum(roofline, &RooflineOperation::bytes),
            facts.work.shared_bytes + facts.embedding_row_bytes + past + state);
  EXPECT_EQ(sum(roofline, &RooflineOperation::byte_products),
            facts.work.row_products + facts.work.head_products);
}

TEST(Roofline, OfAPromptCountsEachRowsProductsAndTheHeadOnce) {
  const std::string& path = testing::model_file(testing::tiny_dense(), "f16");
  const Facts facts = facts_of(path, 0);
  const Roofline roofline = measure_roofline(path, {}, {.n_prompt = 12}, quick());
  const SynthShape shape = testing::tiny_dense();
  const uint64_t n_attention = shape.attention_layers.size();
  const uint64_t n_conv = static_cast<uint64_t>(shape.n_layers) - n_attention;
  const uint64_t hidden = static_cast<uint64_t>(shape.hidden);
  // 1 + 2 + ... + 12 positions met, by queries and by weights; three taps per channel.
  const uint64_t attention = n_attention * 78 * 2 * hidden, taps = n_conv * 12 * 3 * hidden;
  EXPECT_EQ(sum(roofline, &RooflineOperation::byte_products), 0u);
  EXPECT_EQ(sum(roofline, &RooflineOperation::float_products),
            12 * facts.work.row_products + facts.work.head_products + attention + taps);
  EXPECT_EQ(operation(roofline, "attend").float_products, attention);
}

TEST(Roofline, CountsTheExpertsThatHadRowsAndTheRowsRouted) {
  const SynthShape shape = testing::tiny_moe();
  const std::string& path = testing::model_file(shape, "q8_0");
  const Facts facts = facts_of(path, shape.n_experts_used);
  const Roofline roofline = measure_roofline(path, {}, {.n_gen = 3}, quick());
  const auto routed = static_cast<uint64_t>(shape.n_layers - shape.n_dense);
  const auto used = static_cast<uint64_t>(shape.n_experts_used);
  ASSERT_EQ(facts.work.routed_layers, routed);
  EXPECT_EQ(operation(roofline, "route").calls, 3 * routed);
  EXPECT_EQ(
      operation(roofline, "expert_gate_up").bytes + operation(roofline, "expert_down_add").bytes,
      3 * routed * used * facts.work.expert_bytes);
  const auto expert_products = static_cast<uint64_t>(3 * shape.hidden * shape.expert_ffn);
  EXPECT_EQ(operation(roofline, "expert_gate_up").byte_products +
                operation(roofline, "expert_down_add").byte_products,
            3 * routed * used * expert_products);
}

TEST(Roofline, HoldsEveryOperationAgainstARoofAndLosesNoTime) {
  const Roofline roofline = measure_roofline("", {}, {.n_gen = 4, .n_parallel = 2}, quick());
  EXPECT_EQ(roofline.passes, 4u);
  EXPECT_EQ(roofline.operations.back().name, "rest");
  double seconds = 0;
  for (const RooflineOperation& o : roofline.operations) {
    seconds += o.seconds;
    EXPECT_EQ(o.bound.has_value(), o.calls > 0) << o.name;
    EXPECT_EQ(o.roof_seconds > 0, o.calls > 0) << o.name;
  }
  EXPECT_NEAR(seconds, roofline.seconds, 1e-9);
  EXPECT_GT(roofline.read_roof, 0);
  EXPECT_GT(roofline.byte_roof, 0);
  EXPECT_GT(roofline.float_roof, 0);
}

TEST(TimedBackend, GivesTheBitsOfTheBackendWithin) {
  const std::string& path = testing::model_file(testing::tiny_moe(), "q8_0");
  const BackendWrapper wrap = [](std::unique_ptr<Backend> backend) {
    return std::make_unique<TimedBackend>(std::move(backend), kernels::CacheType::kF16,
                                          kernels::CacheType::kF16);
  };
  Engine plain = Engine::open(path);
  Engine timed(
      std::make_unique<Engine::Impl>(std::make_unique<GgufFile>(path), EngineOptions{}, wrap));
  const std::vector<TokenId> tokens = {3, 141, 59, 26};
  Sequence a = plain.new_sequence(), b = timed.new_sequence();
  plain.read(a, tokens);
  timed.read(b, tokens);
  EXPECT_TRUE(std::ranges::equal(a.logits(), b.logits()));
  EXPECT_EQ(plain.impl().backend->experts_touched(), timed.impl().backend->experts_touched());
}

TEST(Roofline, RefusesATestThatReadsAndWrites) {
  EXPECT_THROW((void)measure_roofline("", {}, {.n_prompt = 1, .n_gen = 1}, quick()), Error);
}

}  // namespace
}  // namespace freshet
