#include "tasks/work.h"

#include <freshet/synth.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace freshet {
namespace {

/// The plan's tensors as views of nothing: counting reads no data.
std::vector<Tensor> tensors_of(const SynthPlan& plan) {
  std::vector<Tensor> tensors;
  for (const SynthTensor& planned : plan.tensors) {
    Tensor tensor;
    tensor.name = planned.name;
    tensor.dtype = *dtype_from_name(planned.format);
    std::ranges::copy(planned.dims, tensor.dims.begin());
    tensor.n_dims = static_cast<int>(planned.dims.size());
    tensor.bytes = planned.bytes;
    tensors.push_back(tensor);
  }
  return tensors;
}

TEST(Work, OfTheTwentyFourBillion) {
  const SynthPlan plan = plan_synth(synth_shape("24b"), "q4_k_m");
  const ModelWork work = count_work(tensors_of(plan), 4);
  EXPECT_EQ(work.routed_layers, 38u);
  EXPECT_EQ(work.head_products, 65536u * 2048);
  // 1.434 G routed, 0.503 G convolutions, 0.105 G attention, 0.145 G dense, 5 M router.
  EXPECT_NEAR(static_cast<double>(work.row_products), 2.192e9, 0.002e9);
  EXPECT_EQ(work.float_products, 38u * 2048 * 64);
  EXPECT_NEAR(static_cast<double>(work.step_bytes(38 * 4)), 1.434e9, 0.001e9);
}

TEST(Work, AllExpertsTogetherAreTheWholeFile) {
  const SynthPlan plan = plan_synth(synth_shape("8b"), "q4_0");
  const ModelWork work = count_work(tensors_of(plan), 4);
  EXPECT_EQ(work.step_bytes(22 * 32), plan.tensor_bytes);
}

TEST(Work, OfAnUntiedDenseModelLeavesTheEmbeddingOut) {
  SynthShape shape = synth_shape("tiny");
  const SynthPlan tied = plan_synth(shape, "f16");
  shape.tied = false;
  const SynthPlan untied = plan_synth(shape, "f16");
  const ModelWork a = count_work(tensors_of(tied), 0), b = count_work(tensors_of(untied), 0);
  EXPECT_EQ(a.shared_bytes, b.shared_bytes);
  EXPECT_EQ(a.head_products, b.head_products);
  EXPECT_EQ(a.row_products, b.row_products);
  EXPECT_EQ(a.float_products, a.row_products);
  EXPECT_EQ(a.shared_bytes, tied.tensor_bytes);
}

}  // namespace
}  // namespace freshet
