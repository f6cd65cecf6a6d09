#include <freshet/synth.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "gguf/reader.h"
#include "kernels/formats/codec.h"
#include "support/temporary_folder.h"
#include "tasks/synth_vocabulary.h"
#include "text/tokenizer_gguf.h"

namespace freshet {
namespace {

using testing::TemporaryFolder;

uint64_t tensor_bytes(const char* shape, const char* type) {
  return plan_synth(synth_shape(shape), type).tensor_bytes;
}

std::string format_of(const SynthPlan& plan, const std::string& name) {
  for (const SynthTensor& tensor : plan.tensors) {
    if (tensor.name == name) return std::string(tensor.format);
  }
  return "absent";
}

int count_of(const SynthPlan& plan, std::string_view format) {
  int n = 0;
  for (const SynthTensor& tensor : plan.tensors) n += tensor.format == format ? 1 : 0;
  return n;
}

/// A model with nothing in common with the family's sizes.
SynthShape odd_shape() {
  return {.name = "odd",
          .hidden = 96,
          .n_layers = 3,
          .attention_layers = {0, 2},
          .n_heads = 3,
          .n_kv_heads = 1,
          .ffn = 160,
          .n_experts = 5,
          .n_dense = 1,
          .n_experts_used = 2,
          .expert_ffn = 32,
          .vocab = 300};
}

TEST(SynthPlan, HasThePublishedSizesOfThe24B) {
  EXPECT_EQ(tensor_bytes("24b", "q4_k_m"), 14'413'068'800u);
  EXPECT_EQ(tensor_bytes("24b", "q4_0"), 13'465'000'448u);
  EXPECT_EQ(tensor_bytes("24b", "q5_k_m"), 16'916'412'928u);
  EXPECT_EQ(tensor_bytes("24b", "q6_k"), 19'576'216'064u);
  EXPECT_EQ(tensor_bytes("24b", "q8_0"), 25'349'560'832u);
  const SynthPlan plan = plan_synth(synth_shape("24b"), "Q4_K_M");
  EXPECT_EQ(plan.parameters, 23'843'661'440u);
  EXPECT_EQ(plan.tensors.size(), 428u);
  EXPECT_EQ(count_of(plan, "F32"), 207);
  EXPECT_EQ(count_of(plan, "Q4_K"), 195);
  EXPECT_EQ(count_of(plan, "Q6_K"), 26);
}

TEST(SynthPlan, HasThePublishedParametersOfTheOthers) {
  const auto parameters = [](const char* shape) {
    return plan_synth(synth_shape(shape), "f16").parameters;
  };
  EXPECT_EQ(parameters("8b"), 8'339'930'560u);
  EXPECT_EQ(parameters("2.6b"), 2'569'272'320u);
  EXPECT_EQ(parameters("1.2b"), 1'170'340'608u);
  EXPECT_EQ(parameters("700m"), 742'489'344u);
  EXPECT_EQ(parameters("350m"), 354'483'968u);
}

TEST(SynthPlan, HasThePublishedCensusOfThe8B) {
  const SynthPlan plan = plan_synth(synth_shape("8b"), "q4_k_m");
  EXPECT_EQ(plan.tensors.size(), 256u);
  EXPECT_EQ(count_of(plan, "F32"), 123);
  EXPECT_EQ(count_of(plan, "Q4_K"), 118);
  EXPECT_EQ(count_of(plan, "Q6_K"), 15);
}

TEST(SynthPlan, GivesMoreBitsWhereTheQuantiserDoes) {
  const SynthPlan plan = plan_synth(synth_shape("24b"), "q4_k_m");
  EXPECT_EQ(format_of(plan, "blk.0.ffn_down.weight"), "Q6_K");
  EXPECT_EQ(format_of(plan, "blk.4.ffn_down_exps.weight"), "Q6_K");
  EXPECT_EQ(format_of(plan, "blk.5.ffn_down_exps.weight"), "Q4_K");
  EXPECT_EQ(format_of(plan, "blk.7.ffn_down_exps.weight"), "Q6_K");
  EXPECT_EQ(format_of(plan, "blk.35.ffn_down_exps.weight"), "Q6_K");
  EXPECT_EQ(format_of(plan, "blk.2.attn_v.weight"), "Q6_K");
  EXPECT_EQ(format_of(plan, "blk.6.attn_v.weight"), "Q4_K");
  EXPECT_EQ(format_of(plan, "blk.14.attn_v.weight"), "Q6_K");
  EXPECT_EQ(format_of(plan, "token_embd.weight"), "Q6_K");
  EXPECT_EQ(format_of(plan, "blk.2.ffn_gate_inp.weight"), "F32");
}

TEST(SynthPlan, TakesSmallerBlocksWhereRowsDoNotDivide) {
  const SynthPlan plan = plan_synth(odd_shape(), "q4_k_m");
  EXPECT_EQ(format_of(plan, "blk.0.attn_q.weight"), "Q5_0");
  EXPECT_EQ(format_of(plan, "token_embd.weight"), "Q8_0");
  SynthShape shape = odd_shape();
  shape.hidden = 60;
  EXPECT_EQ(format_of(plan_synth(shape, "q4_0"), "blk.0.attn_q.weight"), "F16");
}

TEST(SynthPlan, PureMeansTheEmbeddingToo) {
  EXPECT_EQ(format_of(plan_synth(synth_shape("tiny"), "q3_k", true), "token_embd.weight"), "Q3_K");
}

TEST(SynthPlan, RefusesWhatIsNoModel) {
  EXPECT_THROW((void)synth_shape("25b"), Error);
  EXPECT_THROW((void)plan_synth(synth_shape("tiny"), "q9_k"), Error);
  SynthShape shape = odd_shape();
  shape.n_heads = 5;
  EXPECT_THROW((void)plan_synth(shape, "f32"), Error);
  shape = odd_shape();
  shape.attention_layers = {2, 0};
  EXPECT_THROW((void)plan_synth(shape, "f32"), Error);
  shape = odd_shape();
  shape.vocab = 269;
  EXPECT_THROW((void)plan_synth(shape, "f32"), Error);
}

TEST(SynthWrite, MakesAFileThatTheReaderUnderstands) {
  const SynthPlan plan = plan_synth(synth_shape("nano-moe"), "q4_k_m");
  const std::vector<std::byte> image = synth_to_bytes(plan, 1);
  const GgufFile file(image, "synthetic");
  EXPECT_EQ(file.metadata().require<std::string_view>("general.architecture"), "lfm2moe");
  EXPECT_EQ(file.metadata().require<uint32_t>("lfm2moe.expert_used_count"), 4u);
  const auto kv = file.metadata().get_array<int32_t>("lfm2moe.attention.head_count_kv");
  EXPECT_EQ(kv, (std::vector<int32_t>{0, 0, 2, 0, 0, 2, 0}));
  ASSERT_EQ(file.tensors().size(), plan.tensors.size());
  for (const SynthTensor& tensor : plan.tensors) {
    const Tensor* read = file.find(tensor.name);
    ASSERT_NE(read, nullptr) << tensor.name;
    EXPECT_EQ(info(read->dtype).name, tensor.format);
    EXPECT_EQ(read->bytes, tensor.bytes);
  }
}

TEST(SynthWrite, HasAVocabularyThatTheTokenizerTakes) {
  const std::vector<std::byte> image = synth_to_bytes(plan_synth(synth_shape("tiny"), "f16"), 1);
  const GgufFile file(image, "synthetic");
  const Vocabulary vocabulary(vocabulary_spec(file.metadata()));
  EXPECT_EQ(vocabulary.size(), 1024);
  EXPECT_EQ(vocabulary.find_text("<|im_end|>"), 7);
  EXPECT_EQ(vocabulary.type(1023), TokenType::kUnused);
}

TEST(SynthWrite, WeightsHaveTheDeviationOfThePlan) {
  for (const std::string& type : synth_types()) {
    const SynthPlan plan = plan_synth(synth_shape("nano"), type, true);
    const std::vector<std::byte> image = synth_to_bytes(plan, 5);
    const GgufFile file(image, type);
    for (const SynthTensor& tensor : plan.tensors) {
      const Tensor& read = *file.find(tensor.name);
      std::vector<float> row(static_cast<size_t>(read.dims[0]));
      double sum = 0, squares = 0;
      for (int64_t r = 0; r < read.rows(); ++r) {
        kernels::decode_row(read.dtype, read.row(r), row.data(), read.dims[0]);
        for (const float w : row) {
          sum += w;
          squares += w * w;
        }
      }
      const auto n = static_cast<double>(read.elements());
      if (n < 50000) continue;  // too few groups for their means to cancel
      EXPECT_NEAR(std::sqrt(squares / n) / tensor.deviation, 1.0, 0.15) << type << tensor.name;
      EXPECT_LT(std::abs(sum / n) / tensor.deviation, 0.05) << type << tensor.name;
    }
  }
}

TEST(SynthWrite, DependsOnTheSeedAndOnNothingElse) {
  const SynthPlan plan = plan_synth(synth_shape("micro"), "q8_0");
  EXPECT_EQ(synth_to_bytes(plan, 3), synth_to_bytes(plan, 3));
  EXPECT_NE(synth_to_bytes(plan, 3), synth_to_bytes(plan, 4));
}

TEST(SynthWrite, WritesToDiskWhatItMakesInMemory) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "model.gguf";
  const SynthPlan plan = plan_synth(odd_shape(), "q5_k_m");
  uint64_t last = 0;
  write_synth(plan, path, 9, [&](uint64_t done, uint64_t total) {
    EXPECT_GT(done, last);
    EXPECT_EQ(total, plan.tensor_bytes);
    last = done;
  });
  EXPECT_EQ(last, plan.tensor_bytes);
  const std::vector<std::byte> image = synth_to_bytes(plan, 9);
  std::ifstream file(path, std::ios::binary);
  const std::string written{std::istreambuf_iterator<char>(file), {}};
  ASSERT_EQ(written.size(), image.size());
  EXPECT_TRUE(
      std::equal(image.begin(), image.end(), reinterpret_cast<const std::byte*>(written.data())));
}

TEST(SynthVocabulary, IsAsLargeAsAskedFor) {
  for (const int64_t n : {270, 300, 512, 4096, 65536}) {
    const SynthVocabulary v = synth_vocabulary(n);
    EXPECT_EQ(v.tokens.size(), static_cast<size_t>(n));
    EXPECT_EQ(v.types.size(), static_cast<size_t>(n));
  }
  EXPECT_GT(synth_vocabulary(65536).merges.size(), 64'000u);
}

}  // namespace
}  // namespace freshet
